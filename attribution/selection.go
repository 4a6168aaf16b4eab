package attribution

import "slices"

// selection is the evidence that one run counts: for each family, exhibits in
// the order of the docket, at most one for each fact.
type selection struct {
	techniques, software, judgements []int // positions in docket.weighed

	best []int // by fact: its exhibit, −1 for none; scratch that stays readable
}

func (s selection) count() int { return len(s.techniques) + len(s.software) + len(s.judgements) }

// sel picks, among the exhibits that keep lets through, the one relied on most
// for every fact, and drops techniques that counted malware implies. So a run
// without an item is exactly the run in which nobody had brought it.
func (d *docket) sel(s selection, keep func(exhibit) bool) selection {
	s.techniques, s.software, s.judgements = s.techniques[:0], s.software[:0], s.judgements[:0]
	s.best = s.best[:0]
	for range d.facts {
		s.best = append(s.best, -1)
	}
	for i, x := range d.weighed {
		if keep(x) && (s.best[x.fact] < 0 || d.rel[x.item].rho > d.rel[d.weighed[s.best[x.fact]].item].rho) {
			s.best[x.fact] = i
		}
	}
	for i, x := range d.weighed {
		if s.best[x.fact] != i {
			continue
		}
		f := d.facts[x.fact]
		switch {
		case f.family == FamilySoftware:
			s.software = append(s.software, i)
		case f.family == FamilyJudgement:
			s.judgements = append(s.judgements, i)
		case !slices.ContainsFunc(f.impliedBy, func(m int) bool { return s.best[m] >= 0 }):
			s.techniques = append(s.techniques, i)
		}
	}
	return s
}
