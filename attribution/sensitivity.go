package attribution

import "slices"

// without runs the question as if the exhibits that keep refuses had never
// been brought, and says what remains of the leader.
func (a *analysis) without(removed string, keep func(exhibit) bool) Without {
	a.spareSel = a.d.sel(a.spareSel, keep)
	a.spare.run(a.m, a.spareSel)
	first := a.spare.first()
	return Without{Removed: removed, P: probability(a.spare.p[a.leader]), First: a.name(first), Changed: first != a.first}
}

// listSensitivity leaves out each item that weighs, each origin and each
// family in turn.
func (a *analysis) listSensitivity() {
	counted := a.counted()
	slices.Sort(counted) // exhibits stand by item id
	for _, i := range counted {
		gone := a.d.weighed[i].item
		a.r.WithoutItem = append(a.r.WithoutItem,
			a.without(a.d.items[gone].ID, func(x exhibit) bool { return x.item != gone }))
	}
	for _, o := range a.origins() {
		a.r.WithoutOrigin = append(a.r.WithoutOrigin, a.without(o, func(x exhibit) bool {
			return slices.ContainsFunc(a.d.items[x.item].Origins, func(other string) bool { return other != o })
		}))
	}
	for _, f := range families {
		gone := func(i int) bool { return a.d.facts[a.d.weighed[i].fact].family == f }
		if slices.ContainsFunc(counted, gone) {
			a.r.WithoutFamily = append(a.r.WithoutFamily,
				a.without(f, func(x exhibit) bool { return a.d.facts[x.fact].family != f }))
		}
	}
}

// origins lists all origins of items that could weigh.
func (a *analysis) origins() []string {
	var all []string
	for _, x := range a.d.weighed {
		all = append(all, a.d.items[x.item].Origins...)
	}
	return sorted(all)
}

// framing takes away, again and again, the observation whose loss hurts the
// leader most, until the leader is not first or below the bound for a name.
// An observation goes with all items that make it: whoever plants it in one
// place can plant it in two.
func (a *analysis) framing() Framing {
	gone := make([]bool, len(a.d.facts))
	keep := func(x exhibit) bool { return !gone[x.fact] }
	var f Framing
	first, p := a.first, probability(a.out.p[a.leader])
	left := slices.Clone(a.counted())
	for first == a.leader && p >= gateP && len(left) > 0 {
		worst := a.worstLoss(left, gone)
		gone[worst] = true
		w := a.without("", keep)
		f.Cost++
		f.Removed = append(f.Removed, a.removal(worst, w))
		first, p = a.spare.first(), w.P
		left = append(left[:0], slices.Concat(a.spareSel.techniques, a.spareSel.software, a.spareSel.judgements)...)
	}
	return f
}

// worstLoss gives the fact, among those of the exhibits left, without which
// the leader's P is lowest; of equals the first by item id.
func (a *analysis) worstLoss(left []int, gone []bool) int {
	slices.Sort(left)
	worst, lowest := -1, 2.0
	for _, i := range left {
		f := a.d.weighed[i].fact
		a.spareSel = a.d.sel(a.spareSel, func(x exhibit) bool { return !gone[x.fact] && x.fact != f })
		a.spare.run(a.m, a.spareSel)
		if p := a.spare.p[a.leader]; p < lowest {
			worst, lowest = f, p
		}
	}
	return worst
}

func (a *analysis) removal(fact int, w Without) Removal {
	r := Removal{P: w.P, First: w.First}
	for _, x := range a.d.weighed {
		if x.fact == fact {
			it := a.d.items[x.item]
			r.Items, r.Family, r.Value = append(r.Items, it.ID), it.Family, it.Value
		}
	}
	return r
}
