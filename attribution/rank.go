package attribution

import (
	"encoding/hex"
	"slices"
)

// The gates that a name must pass. Source: docs/method.md.
const (
	gateItems   = 5  // independent observations
	gateSources = 2  // independent origins
	gateP       = .7 // of the leader
)

// hypothesesShown is how many listed actors a result shows.
const hypothesesShown = 10

// Rank answers q from what k knows. Equal questions, in whatever order their
// lists stand, give equal bytes with equal knowledge. Errors wrap ErrQuestion
// or ErrKnowledge and leave no partial answer; evidence too thin for a name is
// no error but a result with refusals.
func Rank(k *Knowledge, q Question) (Result, error) {
	k, err := New(*k)
	if err != nil {
		return Result{}, err
	}
	if q, err = q.prepare(); err != nil {
		return Result{}, err
	}
	p, err := compile(k, q.ExcludedSources)
	if err != nil {
		return Result{}, err
	}
	d, err := open(p, q)
	if err != nil {
		return Result{}, err
	}
	a := analyse(k, p, d)
	a.r = Result{
		Engine:    EngineVersion,
		Knowledge: KnowledgeRef{Version: k.Version, Digest: k.Digest(), Notices: k.Notices},
		Seed:      hex.EncodeToString(q.Seed[:]), Resamples: q.Resamples,
		ExcludedSources: p.excluded, CircularSoftware: d.circular,
		ReferenceClass: forwardInTime,
	}
	a.listHypotheses(q.Seed, q.Resamples)
	a.listEvidence()
	a.listSensitivity()
	a.r.Framing = a.framing()
	a.judge()
	return a.r, nil
}

// analysis is one question being answered: the run over all evidence, and the
// result as far as it is written.
type analysis struct {
	k *Knowledge
	p *profiles
	d *docket

	t   *tally
	m   *matrix
	all selection
	out *outcome

	leader, runnerUp int // listed actors; runnerUp is −1 when there is only one
	first            int // hypothesis, −1 for none

	spare    *outcome // for runs without something
	spareSel selection

	r Result
}

func analyse(k *Knowledge, p *profiles, d *docket) *analysis {
	a := &analysis{k: k, p: p, d: d,
		t: newTally(p, len(d.techniques), len(d.software)), m: newMatrix(p, d),
		out: newOutcome(len(p.actors)), spare: newOutcome(len(p.actors))}
	a.t.read(p, d, nil)
	a.m.fill(p, d, a.t)
	a.all = d.sel(selection{}, func(exhibit) bool { return true })
	a.out.run(a.m, a.all)
	a.leader, a.first = a.out.leader(), a.out.first()
	a.runnerUp = -1
	for _, g := range a.order() {
		if g != a.leader {
			a.runnerUp = g
			break
		}
	}
	return a
}

// order lists the actors from the likeliest, equals by id.
func (a *analysis) order() []int {
	order := make([]int, len(a.p.actors))
	for g := range order {
		order[g] = g
	}
	slices.SortStableFunc(order, func(x, y int) int {
		switch {
		case a.out.p[x] > a.out.p[y]:
			return -1
		case a.out.p[x] < a.out.p[y]:
			return 1
		}
		return 0
	})
	return order
}

// name gives the id of a hypothesis.
func (a *analysis) name(g int) string {
	if g < 0 {
		return None
	}
	return a.p.actors[g].ID
}

func (a *analysis) listHypotheses(seed [32]byte, resamples int) {
	order := a.order()
	order = order[:min(hypothesesShown, len(order))]
	b := a.bootstrap(seed, resamples, order)
	for i, g := range order {
		x := a.p.actors[g]
		a.r.Hypotheses = append(a.r.Hypotheses, hypothesis(x.ID, x.Name, a.out.p[g], b.actors[i]))
	}
	none := hypothesis(None, "none of the listed", a.out.none, b.none)
	at, _ := slices.BinarySearchFunc(order, a.out.none, func(g int, none float64) int {
		if a.out.p[g] > none {
			return -1
		}
		return 1
	})
	a.r.Hypotheses = slices.Insert(a.r.Hypotheses, at, none)
	a.r.Leader = a.name(a.leader)
	if a.runnerUp >= 0 {
		a.r.RunnerUp = a.name(a.runnerUp)
	}
}

// hypothesis rounds. The interval is widened to hold p itself, which can lie
// outside: a resample never knows more than the profile it is drawn from.
func hypothesis(id, name string, p float64, resampled []float64) Hypothesis {
	low, high := interval(resampled)
	h := Hypothesis{ID: id, Name: name, P: probability(p),
		Low: probability(min(low, p)), High: probability(max(high, p))}
	h.Word, h.Percent = Word(h.P), Percent(h.P)
	return h
}
