package attribution

// forgeableFrom is the forgeability from which an item counts as forgeable.
// Source: docs/method.md.
const forgeableFrom = .5

// versus is what something adds to the leader's score, in nats.
type versus struct {
	average  float64 // more than to the mean over all listed actors
	runnerUp float64 // more than to the second listed actor
}

// compare turns what is added to each actor into what it does for the leader.
func (a *analysis) compare(added func(g int) float64) versus {
	mean := 0.0
	for g := range a.p.actors {
		mean += added(g)
	}
	mean /= float64(len(a.p.actors))
	v := versus{average: added(a.leader) - mean}
	if a.runnerUp >= 0 {
		v.runnerUp = added(a.leader) - added(a.runnerUp)
	}
	return v
}

// contributions gives what each counted exhibit adds, in the order of counted.
// With the documentation they add up to the difference of the scores.
func (a *analysis) contributions() []versus {
	var list []versus
	for _, i := range a.all.techniques {
		list = append(list, a.compare(func(g int) float64 {
			return float64(weightTechniques*a.m.llr[i][g]) / root(a.all)
		}))
	}
	for _, i := range a.all.software {
		list = append(list, a.compare(func(g int) float64 {
			return float64(a.softwareWeight(i, g) * a.m.llr[i][g])
		}))
	}
	for _, i := range a.all.judgements {
		list = append(list, a.compare(func(g int) float64 { return a.judged(i, g) }))
	}
	return list
}

// softwareWeight is b for the software that says most about g, else b₂.
func (a *analysis) softwareWeight(i, g int) float64 {
	for _, s := range a.all.software {
		if a.m.llr[s][g] == a.out.best[g] {
			if s == i {
				return weightBest
			}
			return weightRest
		}
	}
	return weightRest
}

// judged is the share of exhibit i in what the judgements about g add, which
// is bounded as a whole.
func (a *analysis) judged(i, g int) float64 {
	sum := a.out.judgement[g]
	if sum == 0 {
		return a.m.llr[i][g]
	}
	return float64(a.m.llr[i][g] * (bound(sum) / sum))
}

func (a *analysis) documentation() Documentation {
	v := a.compare(func(g int) float64 { return a.m.breadth[g] })
	return Documentation{VsAverage: round(v.average), VsRunnerUp: round(v.runnerUp)}
}

// families are all that an item can count as, in the order of tables.
var families = []string{FamilyTechnique, FamilySoftware, FamilyJudgement}

// shares splits the support by family and by forgeability. Support is what
// speaks for the leader more than for an average actor; what speaks against
// is no support. All shares are 0 when nothing supports.
func (a *analysis) shares() (byFamily []FamilyShare, forgeable float64) {
	sums := make([]float64, len(families))
	forged, total := 0.0, 0.0
	counted := a.counted()
	for n, v := range a.contributions() {
		if v.average <= 0 {
			continue
		}
		x := a.d.weighed[counted[n]]
		for f, name := range families {
			if a.d.facts[x.fact].family == name {
				sums[f] += v.average
			}
		}
		if a.d.rel[x.item].phi >= forgeableFrom {
			forged += v.average
		}
		total += v.average
	}
	for f, name := range families {
		if sums[f] > 0 {
			byFamily = append(byFamily, FamilyShare{Family: name, Share: round(sums[f] / total)})
		}
	}
	if total > 0 {
		forgeable = round(forged / total)
	}
	return byFamily, forgeable
}
