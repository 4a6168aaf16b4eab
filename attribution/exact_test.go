package attribution

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// tolerance is relative; half an ulp is about 1.1e-16.
const tolerance = 1e-14

// smallestNormal is 2⁻¹⁰²². Below it math.Log of Go 1.26 on amd64 is wrong (it
// gives −709.09 for 5e-324), so that it is no yardstick there.
const smallestNormal = 0x1p-1022

func near(got, want float64) bool {
	return got == want || math.Abs(got-want) <= tolerance*math.Abs(want)
}

func TestLogarithmAgreesWithTheStandardLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.OneOf(
			rapid.Float64Range(smallestNormal, math.MaxFloat64),
			rapid.Float64Range(.5, 2),
			rapid.Float64Range(1-1e-9, 1+1e-9),
		).Draw(t, "x")
		if got, want := ln(x), math.Log(x); !near(got, want) {
			t.Errorf("ln(%v) = %v, want %v", x, got, want)
		}
	})
}

func TestExponentialAgreesWithTheStandardLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.OneOf(rapid.Float64Range(-708, 709.7), rapid.Float64Range(-1, 1)).Draw(t, "x")
		if got, want := exp(x), math.Exp(x); !near(got, want) {
			t.Errorf("exp(%v) = %v, want %v", x, got, want)
		}
	})
}

func TestExactAtTheEdges(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	tests := []struct {
		name      string
		got, want float64
	}{
		{"ln 1", ln(1), 0},
		{"ln 0", ln(0), -inf},
		{"ln ∞", ln(inf), inf},
		{"ln −1", ln(-1), nan},
		{"ln NaN", ln(nan), nan},
		{"ln of the smallest", ln(math.SmallestNonzeroFloat64), -744.4400719213812}, /* −1074·ln 2 */
		{"exp 0", exp(0), 1},
		{"exp −∞", exp(-inf), 0},
		{"exp ∞", exp(inf), inf},
		{"exp NaN", exp(nan), nan},
		{"exp of much", exp(1e300), inf},
	}
	for _, tt := range tests {
		if tt.got != tt.want && !(math.IsNaN(tt.got) && math.IsNaN(tt.want)) {
			t.Errorf("%s = %v, want %v", tt.name, tt.got, tt.want)
		}
	}
}

func TestExactOnAGrid(t *testing.T) {
	for i := range 400_000 {
		x := math.Ldexp(1+float64(i)/400_000, i%2000-1000)
		if got, want := ln(x), math.Log(x); !near(got, want) {
			t.Fatalf("ln(%v) = %v, want %v", x, got, want)
		}
		y := float64(i)/300 - 660
		if got, want := exp(y), math.Exp(y); !near(got, want) {
			t.Fatalf("exp(%v) = %v, want %v", y, got, want)
		}
	}
}

func TestGeneratorIsTheSameEverywhere(t *testing.T) {
	// Computed by this generator once; a change would change every interval.
	g := newGenerator([32]byte{})
	for i, want := range []uint64{0x99ec5f36cb75f2b4, 0xbf6e1f784956452a, 0x1a5f849d4933e6e0} {
		if got := g.next(); got != want {
			t.Errorf("draw %d = %#x, want %#x", i, got, want)
		}
	}
	for range 1000 {
		if n := g.below(7); n < 0 || n > 6 {
			t.Fatalf("below(7) = %d", n)
		}
	}
}

func TestIntervalTakesTheNearestRank(t *testing.T) {
	var sample []float64
	for i := range 200 {
		sample = append(sample, float64(200-i)) // 1 to 200
	}
	if low, high := interval(sample); low != 10 || high != 190 {
		t.Errorf("interval = %v to %v, want 10 to 190", low, high)
	}
	if low, high := interval([]float64{3}); low != 3 || high != 3 {
		t.Errorf("interval of one = %v to %v", low, high)
	}
}
