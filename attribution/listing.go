package attribution

import (
	"slices"
	"strings"
)

// listEvidence writes down what weighs, how much, and what does not.
func (a *analysis) listEvidence() {
	for n, v := range a.contributions() {
		i := a.counted()[n]
		c := a.contribution(i, v)
		if c.Judgement != nil {
			a.r.Judgements = append(a.r.Judgements, c)
		} else {
			a.r.Items = append(a.r.Items, c)
		}
	}
	byItem := func(x, y Contribution) int { return strings.Compare(x.Item, y.Item) }
	slices.SortFunc(a.r.Items, byItem)
	slices.SortFunc(a.r.Judgements, byItem)
	a.r.Documentation = a.documentation()
	a.listLeftOut()
	a.countSources()
}

// counted lists the exhibits that weigh, family by family.
func (a *analysis) counted() []int {
	return slices.Concat(a.all.techniques, a.all.software, a.all.judgements)
}

func (a *analysis) contribution(i int, v versus) Contribution {
	x := a.d.weighed[i]
	it, rel := a.d.items[x.item], a.d.rel[x.item]
	c := Contribution{Item: it.ID, Family: it.Family, Value: it.Value, Origins: it.Origins,
		Rho: round(rel.rho), Forgeability: round(rel.phi),
		VsAverage: round(v.average), VsRunnerUp: round(v.runnerUp)}
	switch f := a.d.facts[x.fact]; f.family {
	case FamilyTechnique:
		c.Name = a.k.Techniques[a.d.techniques[f.slot]].Name
	case FamilySoftware:
		c.Name = a.k.Software[a.d.software[f.slot]].Name
	default:
		c.Judgement = it.Judgement
	}
	return c
}

// listLeftOut lists, by item, what does not weigh: by itself, because malware
// of the case implies it, or because another item says the same.
func (a *analysis) listLeftOut() {
	counts := make([]bool, len(a.d.items))
	for _, i := range a.counted() {
		counts[a.d.weighed[i].item] = true
	}
	left := slices.Clone(a.d.standing)
	for i, x := range a.d.weighed {
		if !counts[x.item] {
			left[x.item].Standing, left[x.item].Because = a.superseded(i)
		}
	}
	for i, l := range left {
		if !counts[i] {
			a.r.LeftOut = append(a.r.LeftOut, l)
		}
	}
}

// superseded says why exhibit i, which could weigh, does not.
func (a *analysis) superseded(i int) (standing, because string) {
	x := a.d.weighed[i]
	if best := a.all.best[x.fact]; best != i {
		return StandingRepeated, "item " + a.d.items[a.d.weighed[best].item].ID + " already says it"
	}
	var by []string
	for _, m := range a.d.facts[x.fact].impliedBy {
		by = append(by, a.k.Software[a.d.software[a.d.facts[m].slot]].Name)
	}
	return StandingImplied, strings.Join(by, " and ") + " does it anyway"
}

// countSources counts observations and the origins of all items behind them.
func (a *analysis) countSources() {
	a.r.IndependentItems = a.all.count()
	facts := make([]bool, len(a.d.facts))
	for _, i := range a.counted() {
		facts[a.d.weighed[i].fact] = true
	}
	var origins []string
	for _, x := range a.d.weighed {
		if facts[x.fact] {
			origins = append(origins, a.d.items[x.item].Origins...)
		}
	}
	a.r.IndependentSources = len(sorted(origins))
}
