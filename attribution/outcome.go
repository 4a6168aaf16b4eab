package attribution

import "math"

// outcome is the answer of one run, before rounding.
type outcome struct {
	score []float64 // by actor, in nats
	p     []float64 // by actor
	none  float64   // P of none of the listed

	techniques, best, software, judgement []float64 // by actor: scratch of score
}

func newOutcome(actors int) *outcome {
	all := make([]float64, 6*actors)
	cut := func(i int) []float64 { return all[i*actors : (i+1)*actors] }
	return &outcome{score: cut(0), p: cut(1), techniques: cut(2), best: cut(3), software: cut(4), judgement: cut(5)}
}

// run scores every actor by the evidence that s selects.
func (o *outcome) run(m *matrix, s selection) {
	clear(o.techniques)
	clear(o.judgement)
	addRows(o.techniques, m, s.techniques)
	addRows(o.judgement, m, s.judgements)
	o.addSoftware(m, s.software)
	for g := range o.score {
		o.score[g] = float64(weightTechniques*o.techniques[g])/root(s) +
			float64(weightBest*o.best[g]) + float64(weightRest*(o.software[g]-o.best[g])) +
			bound(o.judgement[g]) + m.breadth[g]
	}
	o.softmax(noneScore(s))
}

func addRows(sum []float64, m *matrix, exhibits []int) {
	for _, i := range exhibits {
		for g, x := range m.llr[i] {
			sum[g] += x
		}
	}
}

// addSoftware splits what software says into the best and the sum.
func (o *outcome) addSoftware(m *matrix, exhibits []int) {
	clear(o.best)
	clear(o.software)
	for n, i := range exhibits {
		for g, x := range m.llr[i] {
			o.software[g] += x
			if n == 0 || x > o.best[g] {
				o.best[g] = x
			}
		}
	}
}

// root is √n, by which the sum of n dependent techniques is divided.
func root(s selection) float64 { return math.Sqrt(float64(max(1, len(s.techniques)))) }

// bound keeps an actor's judgements together within what one software may say.
func bound(nats float64) float64 { return max(-capNats, min(capNats, nats)) }

// noneScore is what the evidence says for an actor who is not listed: little
// evidence and known software make one slightly likelier.
func noneScore(s selection) float64 {
	u := noneBase + float64(noneLength*(ln(float64(max(1, len(s.techniques))))-noneCentre))
	if len(s.software) > 0 {
		u += noneSoftware
	}
	return u
}

// softmax turns scores into probabilities that add up to 1 with none's.
func (o *outcome) softmax(none float64) {
	top := none
	for _, s := range o.score {
		top = max(top, s)
	}
	o.none = exp(none - top)
	sum := o.none
	for g, s := range o.score {
		o.p[g] = exp(s - top)
		sum += o.p[g]
	}
	o.none /= sum
	for g := range o.p {
		o.p[g] /= sum
	}
}

// leader gives the likeliest listed actor; of equals, the first by id.
func (o *outcome) leader() int {
	first := 0
	for g, p := range o.p {
		if p > o.p[first] {
			first = g
		}
	}
	return first
}

// first gives the likeliest hypothesis, −1 for none of the listed, which
// also wins against an equal.
func (o *outcome) first() int {
	g := o.leader()
	if o.p[g] > o.none {
		return g
	}
	return -1
}
