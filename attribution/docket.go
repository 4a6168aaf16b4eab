package attribution

import (
	"fmt"
	"slices"
	"strings"
)

// docket is the evidence of one question, sorted into what weighs and what is
// left out, and translated into the numbers of the profiles.
type docket struct {
	items    []Item // by id
	rel      []reliance
	standing []LeftOut // by item; Standing is empty for what weighs

	weighed []exhibit
	facts   []fact

	techniqueSlot, softwareSlot []int // by number in the profiles: place in the tally, −1 for none
	techniques, software        []int // by slot: number in the profiles

	circular []CircularSoftware
}

// exhibit is an item that weighs. Exhibits stand in the order of item ids.
type exhibit struct {
	item int // position in docket.items
	fact int // position in docket.facts
}

// fact is what one or more items observe; it weighs once, by the item that is
// relied on most.
type fact struct {
	family    string
	slot      int   // of the technique or software
	actor     int   // whom a judgement is about
	impliedBy []int // facts: malware of the case that does this technique anyway
}

// The reasons for which an item weighs nothing.
const (
	StandingContradicted = "contradicted"
	StandingNoWeight     = "no weight"     // grade F or 6, extraction 0, or forgeability 1
	StandingUnknown      = "unknown"       // the knowledge does not know the value
	StandingCircular     = "circular"      // known from this incident alone
	StandingNoLikelihood = "no likelihood" // neither learned nor judged
	StandingImplied      = "implied"       // malware of the case does it anyway
	StandingRepeated     = "repeated"      // another item already says it
)

// open sorts the items of q, which was prepared.
func open(p *profiles, q Question) (*docket, error) {
	d := &docket{
		items:         q.Items,
		rel:           make([]reliance, len(q.Items)),
		standing:      make([]LeftOut, len(q.Items)),
		techniqueSlot: slices.Repeat([]int{-1}, len(p.techniques)),
		softwareSlot:  slices.Repeat([]int{-1}, len(p.software)),
	}
	if err := d.nameCircular(p, q.Circular); err != nil {
		return nil, err
	}
	known := map[string]int{} // what an item says → its fact
	for i, it := range d.items {
		if it.Judgement != nil {
			if _, ok := p.actor[it.Judgement.Actor]; !ok {
				return nil, fmt.Errorf("item %q: judgement about %q, on whom no source reports: %w", it.ID, it.Judgement.Actor, ErrQuestion)
			}
		}
		d.weigh(p, i, q.Circular)
		if d.standing[i].Standing == "" {
			d.enter(p, i, known)
		}
	}
	d.linkImplied(p)
	return d, nil
}

// weigh decides whether item i weighs, and how much it is relied on.
func (d *docket) weigh(p *profiles, i int, circular []string) {
	it := d.items[i]
	usual, rhoMax := DefaultForgeability(it.Family), rhoOf[it.family()]
	if at, ok := p.software[it.Value]; ok && it.Family == FamilySoftware && p.catalogue[at].Type == Tool {
		usual = toolForgeability
	}
	d.rel[i] = it.rely(usual, rhoMax)
	standing, because := d.stand(p, it, d.rel[i], circular)
	d.standing[i] = LeftOut{Item: it.ID, Family: it.Family, Value: it.Value, Standing: standing, Because: because}
}

// stand gives the reason for which it is left out, or two empty strings.
func (d *docket) stand(p *profiles, it Item, rel reliance, circular []string) (standing, because string) {
	_, isTechnique := p.techniques[it.Value]
	software, isSoftware := p.software[it.Value]
	switch {
	case it.Contradicted != "":
		return StandingContradicted, "contradiction " + it.Contradicted + " takes its weight away"
	case round(rel.quality) == 0:
		return StandingNoWeight, fmt.Sprintf("graded %s%s with forgeability %v and extraction %v, it carries no information",
			it.SourceGrade, it.InfoGrade, rel.phi, it.Extraction)
	case it.Family == FamilySoftware && slices.Contains(circular, it.Value):
		return StandingCircular, "known from this incident alone, it identifies nobody"
	case it.Family == FamilyTechnique && !isTechnique, it.Family == FamilySoftware && !isSoftware:
		return StandingUnknown, "the knowledge does not know it"
	case it.Family == FamilySoftware && !p.reported[software]:
		return StandingUnknown, "no source reports any actor to use it"
	case it.Family == FamilySoftware && !p.left[software]:
		return d.onlyExcluded(p.catalogue[software])
	case !it.learned() && it.Judgement == nil:
		return StandingNoLikelihood, "no likelihood is learned for its family and no analyst judged it"
	}
	return "", ""
}

// onlyExcluded notes software whose users are known from excluded sources alone.
func (d *docket) onlyExcluded(s Software) (standing, because string) {
	because = "only excluded sources report who uses it"
	c := CircularSoftware{ID: s.ID, Name: s.Name, Because: because}
	if !slices.Contains(d.circular, c) {
		d.circular = append(d.circular, c)
		slices.SortFunc(d.circular, func(x, y CircularSoftware) int { return strings.Compare(x.ID, y.ID) })
	}
	return StandingCircular, because
}

// nameCircular lists the software that the question calls circular. One that
// neither the knowledge nor an item knows is likely mistyped, and refused.
func (d *docket) nameCircular(p *profiles, ids []string) error {
	for _, id := range ids {
		c := CircularSoftware{ID: id, Because: "the case says that it is known from this incident alone"}
		at, known := p.software[id]
		if known {
			c.Name = p.catalogue[at].Name
		}
		observed := slices.ContainsFunc(d.items, func(it Item) bool { return it.Value == id })
		if !known && !observed {
			return fmt.Errorf("circular software %q is neither in the knowledge nor an item: %w", id, ErrQuestion)
		}
		d.circular = append(d.circular, c)
	}
	return nil
}

// enter makes item i an exhibit of its fact.
func (d *docket) enter(p *profiles, i int, known map[string]int) {
	it := d.items[i]
	f := fact{family: it.family()}
	says := it.Family + "\t" + it.Value
	if f.family == FamilyJudgement {
		f.actor = p.actor[it.Judgement.Actor]
		says += "\t" + it.Judgement.Actor
	}
	at, told := known[says]
	if !told {
		switch f.family {
		case FamilyTechnique:
			f.slot = d.slot(d.techniqueSlot, &d.techniques, p.techniques[it.Value])
		case FamilySoftware:
			f.slot = d.slot(d.softwareSlot, &d.software, p.software[it.Value])
		}
		at = len(d.facts)
		d.facts = append(d.facts, f)
		known[says] = at
	}
	d.weighed = append(d.weighed, exhibit{item: i, fact: at})
}

// slot gives number a place in the tally. Each fact has a number of its own.
func (d *docket) slot(slots []int, numbers *[]int, number int) int {
	slots[number] = len(*numbers)
	*numbers = append(*numbers, number)
	return slots[number]
}

// linkImplied notes for each technique which malware of the case does it.
func (d *docket) linkImplied(p *profiles) {
	bySlot := map[int]int{} // technique number → fact
	for i, f := range d.facts {
		if f.family == FamilyTechnique {
			bySlot[d.techniques[f.slot]] = i
		}
	}
	for i, f := range d.facts {
		if f.family != FamilySoftware {
			continue
		}
		s := p.catalogue[d.software[f.slot]]
		if s.Type != Malware {
			continue
		}
		for _, t := range s.Techniques {
			if at, ok := bySlot[p.techniques[t]]; ok {
				d.facts[at].impliedBy = append(d.facts[at].impliedBy, i)
			}
		}
	}
}
