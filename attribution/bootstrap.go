package attribution

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// resampled holds P in every resample, for the actors asked for and for none.
type resampled struct {
	actors [][]float64
	none   []float64
}

// bootstrap draws the reports of every profile anew, with replacement and as
// many as there are, and answers the question from each draw: what another
// selection of published reports would have said. How broadly an actor is
// documented is no matter of the draw, which can only shrink it, and stays.
// The draws depend on the seed and the knowledge only, not on the items.
func (a *analysis) bootstrap(seed [32]byte, resamples int, actors []int) resampled {
	b := resampled{actors: make([][]float64, len(actors))}
	random := newGenerator(seed)
	times := make([]int, len(a.p.reports))
	t := newTally(a.p, len(a.d.techniques), len(a.d.software))
	m := newMatrix(a.p, a.d)
	for range resamples {
		a.draw(random, times)
		t.read(a.p, a.d, times)
		copy(t.breadth, a.t.breadth)
		m.fill(a.p, a.d, t)
		a.spare.run(m, a.all)
		for i, g := range actors {
			b.actors[i] = append(b.actors[i], a.spare.p[g])
		}
		b.none = append(b.none, a.spare.none)
	}
	return b
}

// draw sets how often each report is drawn for its actor.
func (a *analysis) draw(random *generator, times []int) {
	clear(times)
	for _, s := range a.p.span {
		for range s[1] - s[0] {
			times[s[0]+random.below(s[1]-s[0])]++
		}
	}
}

// interval gives the values that 5 % of the sample lie below and above, by
// the nearest rank.
func interval(sample []float64) (low, high float64) {
	s := slices.Sorted(slices.Values(sample))
	n := len(sample)
	return s[(n*5+99)/100-1], s[(n*95+99)/100-1]
}

// generator is xoshiro256** by D. Blackman and S. Vigna (public domain,
// prng.di.unimi.it), small and the same everywhere. It is for drawing
// samples, never for secrets.
type generator struct{ s [4]uint64 }

// newGenerator spreads each word of the seed by splitmix64 (same authors), so
// that no seed, not even zeros, gives the one state that xoshiro must not have.
func newGenerator(seed [32]byte) *generator {
	var g generator
	for i := range g.s {
		z := binary.LittleEndian.Uint64(seed[8*i:]) + uint64(i+1)*0x9e3779b97f4a7c15
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		g.s[i] = z ^ z>>31
	}
	return &g
}

func (g *generator) next() uint64 {
	s := &g.s
	out := bits.RotateLeft64(s[1]*5, 7) * 9
	t := s[1] << 17
	s[2] ^= s[0]
	s[3] ^= s[1]
	s[1] ^= s[2]
	s[0] ^= s[3]
	s[2] ^= t
	s[3] = bits.RotateLeft64(s[3], 45)
	return out
}

// below gives a number from 0 to n−1. Its bias, below n/2⁶⁴, is nothing here.
func (g *generator) below(n int) int {
	high, _ := bits.Mul64(g.next(), uint64(n))
	return int(high)
}
