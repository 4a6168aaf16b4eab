package attribution

import (
	"fmt"
	"slices"
	"strings"
)

// profiles is the knowledge as dense arrays, without the excluded sources:
// what Rank counts in, again for every resample, without reading ids.
type profiles struct {
	actors     []Actor        // the candidates, by id: every actor that some source reports on
	actor      map[string]int // id → position in actors
	techniques map[string]int // id → number
	software   map[string]int // id → number
	catalogue  []Software     // by number

	reports []sighting
	span    [][2]int // by actor: its reports are reports[span[0]:span[1]]

	// vocabulary is the number of techniques that any report mentions, excluded
	// ones too: among those the pooled rate shares out what was never seen.
	vocabulary int

	reported []bool // by software number: some report, excluded ones too, names it
	left     []bool // by software number: some report that is left names it
	excluded []ExcludedSource
}

// sighting is a report in numbers.
type sighting struct {
	actor      int
	techniques []int
	software   []int
}

// compile counts nothing yet; it only translates. It refuses an excluded
// source that the knowledge does not have: a mistyped id would let the
// incident's own report vote.
func compile(k *Knowledge, excluded []string) (*profiles, error) {
	p := &profiles{actor: map[string]int{}, techniques: map[string]int{}, software: map[string]int{}}
	for i, t := range k.Techniques {
		p.techniques[t.ID] = i
	}
	for i, s := range k.Software {
		p.software[s.ID] = i
	}
	p.catalogue = k.Software
	p.reported, p.left = make([]bool, len(k.Software)), make([]bool, len(k.Software))
	if err := p.exclude(k, excluded); err != nil {
		return nil, err
	}
	p.findCandidates(k)
	if len(p.actors) == 0 {
		return nil, fmt.Errorf("the knowledge has no report on any actor: %w", ErrQuestion)
	}
	p.span = make([][2]int, len(p.actors))
	mentioned := make([]bool, len(k.Techniques))
	for _, r := range k.Reports {
		s := p.translate(r)
		for _, t := range s.techniques {
			mentioned[t] = true
		}
		for _, o := range s.software {
			p.reported[o] = true
		}
		if _, out := slices.BinarySearch(excluded, r.Source); !out {
			p.add(s)
		}
	}
	for _, m := range mentioned {
		if m {
			p.vocabulary++
		}
	}
	return p, nil
}

func (p *profiles) findCandidates(k *Knowledge) {
	reportedOn := map[string]bool{}
	for _, r := range k.Reports {
		reportedOn[r.Actor] = true
	}
	for _, a := range k.Actors {
		if reportedOn[a.ID] {
			p.actor[a.ID] = len(p.actors)
			p.actors = append(p.actors, a)
		}
	}
}

// exclude notes what leaving the sources out removes. Ids come sorted.
func (p *profiles) exclude(k *Knowledge, ids []string) error {
	for _, id := range ids {
		at, known := slices.BinarySearchFunc(k.Sources, id, func(s Source, id string) int {
			return strings.Compare(s.ID, id)
		})
		if !known {
			return fmt.Errorf("excluded source %q is not in the knowledge: %w", id, ErrQuestion)
		}
		x := ExcludedSource{ID: id, Name: k.Sources[at].Name}
		for _, r := range k.Reports {
			if r.Source == id {
				x.Reports++
				x.Edges += len(r.Objects)
			}
		}
		p.excluded = append(p.excluded, x)
	}
	return nil
}

func (p *profiles) translate(r Report) sighting {
	s := sighting{actor: p.actor[r.Actor]}
	for _, o := range r.Objects {
		if t, ok := p.techniques[o]; ok {
			s.techniques = append(s.techniques, t)
		} else {
			s.software = append(s.software, p.software[o])
		}
	}
	return s
}

// add takes one report in. Reports come by actor.
func (p *profiles) add(s sighting) {
	for _, o := range s.software {
		p.left[o] = true
	}
	if p.span[s.actor][1] == 0 {
		p.span[s.actor] = [2]int{len(p.reports), len(p.reports)}
	}
	p.reports = append(p.reports, s)
	p.span[s.actor][1] = len(p.reports)
}
