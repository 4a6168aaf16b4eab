package attribution

// The constants of engine 1. Source: docs/method.md, fitted
// on the development reports with the knowledge of ATT&CK v16.1 (159 actors).
const (
	mu         = 50. // pseudo-mentions of the pooled rate in every profile
	muSoftware = 2.  // the same for software, against half a use seen
	capNats    = 5.  // the most that one software, or all judgements, may say
	leafRate   = .5  // mentions that every technique of the knowledge starts with

	weightTechniques = 1.9581 // a
	weightBest       = 1.2541 // b, of the software that says most
	weightRest       = .2578  // b₂, of all other software
	weightBreadth    = 1.3883 // c, of ln(1 + breadth)

	noneBase     = 9.0277 // u, of "none of the listed"
	noneLength   = -.1808
	noneCentre   = 2.5
	noneSoftware = .6992
)

// rhoOf is ρmax by family, same source. A judgement's ratio is its author's
// own and is not lowered further, so its ρmax is 1.
var rhoOf = map[string]float64{FamilyTechnique: .7, FamilySoftware: .95, FamilyJudgement: 1}

// matrix says in nats what each exhibit says about each actor, for one tally.
type matrix struct {
	llr     [][]float64 // by exhibit, by actor
	breadth []float64   // by actor: c·ln(1 + breadth)
}

func newMatrix(p *profiles, d *docket) *matrix {
	m := &matrix{llr: make([][]float64, len(d.weighed)), breadth: make([]float64, len(p.actors))}
	for i := range m.llr {
		m.llr[i] = make([]float64, len(p.actors))
	}
	return m
}

// fill works the matrix out from a tally.
func (m *matrix) fill(p *profiles, d *docket, t *tally) {
	for g, n := range t.breadth {
		m.breadth[g] = float64(weightBreadth * ln(1+n))
	}
	for i, x := range d.weighed {
		f, rho := d.facts[x.fact], d.rel[x.item].rho
		switch f.family {
		case FamilyTechnique:
			fillTechnique(m.llr[i], t, f.slot, rho, p.vocabulary)
		case FamilySoftware:
			fillSoftware(m.llr[i], t.uses[f.slot], rho)
		default:
			m.llr[i][f.actor] = ln(mix(rho, d.items[x.item].Judgement.Ratio))
		}
	}
}

// mix bounds a likelihood ratio by how far the observation is relied on: the
// result is at least 1−ρ, so that no single mismatch can rule an actor out.
func mix(rho, ratio float64) float64 { return (1 - rho) + float64(rho*ratio) }

// fillTechnique smooths how often an actor is reported to use a technique, c
// of N, by the pooled rate p₀ over all actors: (c + μ·p₀)/(N + μ), over p₀.
func fillTechnique(row []float64, t *tally, slot int, rho float64, vocabulary int) {
	pooled := 0.0
	for _, c := range t.count[slot] {
		pooled += c
	}
	p0 := (pooled + leafRate) / (t.total + float64(leafRate*float64(vocabulary)))
	prior := float64(mu * p0)
	for g, c := range t.count[slot] {
		row[g] = ln(mix(rho, (c+prior)/(t.n[g]+mu)/p0))
	}
}

// fillSoftware does it for software, of which only matters whether any report
// says that the actor uses it: (½·use + ½·μS·p₀)/(½ + ½·μS), over p₀, at most
// capNats.
func fillSoftware(row []float64, uses []bool, rho float64) {
	users := 0.0
	for _, u := range uses {
		if u {
			users++
		}
	}
	p0 := (users + .5) / (float64(len(uses)) + 1)
	seen := func(use float64) float64 {
		p := (use/2 + float64(muSoftware*p0)/2) / (.5 + muSoftware/2)
		return min(capNats, ln(mix(rho, p/p0)))
	}
	yes, no := seen(1), seen(0)
	for g, u := range uses {
		row[g] = no
		if u {
			row[g] = yes
		}
	}
}
