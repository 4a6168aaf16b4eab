package attribution

import (
	"fmt"
	"slices"
	"strings"
)

// builder takes facts one at a time, each after what it refers to, and
// refuses the first that does not fit. Maps lead from ids to positions.
type builder struct {
	k                                     Knowledge
	sources, techniques, software, actors map[string]int
	reports                               map[[2]string]bool
}

func newBuilder() *builder {
	return &builder{
		sources: map[string]int{}, techniques: map[string]int{},
		software: map[string]int{}, actors: map[string]int{},
		reports: map[[2]string]bool{},
	}
}

func (b *builder) addHeader(version string, notices []string) error {
	b.k.Version = version
	b.k.Notices = slices.Clone(notices)
	return checkText(append([]string{version}, notices...)...)
}

func (b *builder) addSource(s Source) error {
	if err := define(b.sources, "source", s.ID, len(b.k.Sources)); err != nil {
		return err
	}
	if s.Year < 0 || s.Year > 9999 {
		return fmt.Errorf("source %q: year %d: %w", s.ID, s.Year, ErrKnowledge)
	}
	b.k.Sources = append(b.k.Sources, s)
	if s.URL == "" {
		return checkText(s.Name)
	}
	return checkText(s.Name, s.URL)
}

func (b *builder) addTechnique(t Technique) error {
	if err := define(b.techniques, "technique", t.ID, len(b.k.Techniques)); err != nil {
		return err
	}
	t.Tactics = sorted(t.Tactics)
	b.k.Techniques = append(b.k.Techniques, t)
	return checkText(append([]string{t.Name}, t.Tactics...)...)
}

func (b *builder) addSoftware(s Software) error {
	if _, taken := b.techniques[s.ID]; taken {
		return fmt.Errorf("software %q has the id of a technique: %w", s.ID, ErrKnowledge)
	}
	if err := define(b.software, "software", s.ID, len(b.k.Software)); err != nil {
		return err
	}
	if s.Type != Malware && s.Type != Tool {
		return fmt.Errorf("software %q: type %q is neither %s nor %s: %w", s.ID, s.Type, Malware, Tool, ErrKnowledge)
	}
	s.Aliases, s.Techniques = sorted(s.Aliases), sorted(s.Techniques)
	for _, t := range s.Techniques {
		if _, known := b.techniques[t]; !known {
			return fmt.Errorf("software %q does unknown technique %q: %w", s.ID, t, ErrKnowledge)
		}
	}
	b.k.Software = append(b.k.Software, s)
	return checkText(append([]string{s.Name}, s.Aliases...)...)
}

func (b *builder) addActor(a Actor) error {
	if err := define(b.actors, "actor", a.ID, len(b.k.Actors)); err != nil {
		return err
	}
	claims := a.Claims
	a.Aliases, a.Claims = sorted(a.Aliases), nil
	b.k.Actors = append(b.k.Actors, a)
	if err := checkText(append([]string{a.Name}, a.Aliases...)...); err != nil {
		return err
	}
	return each(claims, func(c Claim) error { return b.addClaim(a.ID, c) })
}

func (b *builder) addClaim(actor string, c Claim) error {
	at, known := b.actors[actor]
	if !known {
		return fmt.Errorf("claim about unknown actor %q: %w", actor, ErrKnowledge)
	}
	if _, known := b.sources[c.Source]; !known {
		return fmt.Errorf("claim about %q from unknown source %q: %w", actor, c.Source, ErrKnowledge)
	}
	relation := strings.HasPrefix(c.Kind, ClaimRelation) && len(c.Kind) > len(ClaimRelation)
	if c.Kind != ClaimCountry && c.Kind != ClaimSponsor && !relation {
		return fmt.Errorf("claim about %q of unknown kind %q: %w", actor, c.Kind, ErrKnowledge)
	}
	b.k.Actors[at].Claims = append(b.k.Actors[at].Claims, c)
	return checkText(c.Kind, c.Value, c.Confidence)
}

func (b *builder) addReport(r Report) error {
	if _, known := b.actors[r.Actor]; !known {
		return fmt.Errorf("report about unknown actor %q: %w", r.Actor, ErrKnowledge)
	}
	if _, known := b.sources[r.Source]; !known && r.Source != "" {
		return fmt.Errorf("report about %q from unknown source %q: %w", r.Actor, r.Source, ErrKnowledge)
	}
	key := [2]string{r.Actor, r.Source}
	if b.reports[key] {
		return fmt.Errorf("source %q reports twice about %q: %w", r.Source, r.Actor, ErrKnowledge)
	}
	b.reports[key] = true
	r.Objects = sorted(r.Objects)
	if len(r.Objects) == 0 {
		return fmt.Errorf("source %q reports nothing about %q: %w", r.Source, r.Actor, ErrKnowledge)
	}
	for _, o := range r.Objects {
		_, technique := b.techniques[o]
		_, software := b.software[o]
		if !technique && !software {
			return fmt.Errorf("source %q reports unknown object %q about %q: %w", r.Source, o, r.Actor, ErrKnowledge)
		}
	}
	b.k.Reports = append(b.k.Reports, r)
	return nil
}

// finish puts everything in canonical order. The builder is spent afterwards.
func (b *builder) finish() *Knowledge {
	k := &b.k
	slices.SortFunc(k.Sources, func(x, y Source) int { return strings.Compare(x.ID, y.ID) })
	slices.SortFunc(k.Techniques, func(x, y Technique) int { return strings.Compare(x.ID, y.ID) })
	slices.SortFunc(k.Software, func(x, y Software) int { return strings.Compare(x.ID, y.ID) })
	slices.SortFunc(k.Actors, func(x, y Actor) int { return strings.Compare(x.ID, y.ID) })
	for i := range k.Actors {
		claims := k.Actors[i].Claims
		slices.SortFunc(claims, compareClaims)
		k.Actors[i].Claims = slices.Compact(claims)
	}
	slices.SortFunc(k.Reports, func(x, y Report) int {
		if c := strings.Compare(x.Actor, y.Actor); c != 0 {
			return c
		}
		return strings.Compare(x.Source, y.Source)
	})
	return k
}

func compareClaims(x, y Claim) int {
	return slices.Compare(
		[]string{x.Kind, x.Value, x.Source, x.Confidence},
		[]string{y.Kind, y.Value, y.Source, y.Confidence})
}
