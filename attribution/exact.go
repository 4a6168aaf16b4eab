package attribution

import "math"

// The logarithm and the exponential of the standard library have versions in
// assembly on some machines, whose last bit differs. These two use only
// additions, products, quotients and scaling by powers of two, each of which
// IEEE 754 rounds in one way, and wrap every product so that none is fused
// with an addition (Go specification, "Floating-point operators").

// ln 2 in two parts: ln2High has 32 bits, so that its product with any
// exponent of a float64 is exact; ln2Low is the rest. Computed from 60
// decimal digits of ln 2.
const (
	ln2     = 0.693147180559945309417232121458176568075500134360255254120680
	ln2High = 2977044471.0 / (1 << 32)
	ln2Low  = ln2 - ln2High
)

// ln gives the natural logarithm of x, within 1e-14 of the true value
// relative to it. It gives -Inf for 0 and NaN for less.
//
// With x = m·2ᵉ, √½ ≤ m < √2, and s = (m−1)/(m+1):
// ln x = e·ln 2 + 2·(s + s³/3 + s⁵/5 + …), and |s| < .172 ends the series
// after twelve terms.
func ln(x float64) float64 {
	switch {
	case math.IsNaN(x) || x < 0:
		return math.NaN()
	case x == 0:
		return math.Inf(-1)
	case math.IsInf(x, 1):
		return x
	}
	m, e := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m *= 2
		e--
	}
	s := (m - 1) / (m + 1)
	s2 := float64(s * s)
	series := 0.0
	for n := 23.0; n >= 3; n -= 2 {
		series = float64(s2 * (1/n + series))
	}
	k := float64(e)
	tail := float64(float64(2*s)*series) + float64(k*ln2Low)
	return float64(k*ln2High) + (float64(2*s) + tail)
}

// exp gives e to the power x, within 1e-14 of the true value relative to it:
// 0 below the smallest float64, +Inf above the largest.
//
// With k the whole number next to x/ln 2 and r = x − k·ln 2, eˣ = 2ᵏ·eʳ, and
// |r| < .347 ends the Taylor series of eʳ after fourteen terms.
func exp(x float64) float64 {
	switch {
	case math.IsNaN(x):
		return x
	case x > 710:
		return math.Inf(1)
	case x < -746:
		return 0
	}
	k := math.Floor(x/ln2 + .5)
	r := x - float64(k*ln2High) - float64(k*ln2Low)
	sum := 1.0
	for n := 14.0; n >= 1; n-- {
		sum = 1 + float64(r*sum)/n
	}
	return math.Ldexp(sum, int(k))
}
