package attribution

import "fmt"

// band is a word of estimative probability and where it begins; it ends,
// exclusively, where the next begins.
type band struct {
	from float64
	word string
}

// bands are those of US Intelligence Community Directive 203, as published by
// CISA and OASIS in the decision-point set "basic:CIS_WEP:1.0.0".
var bands = []band{
	{0, "almost no chance"},
	{.05, "very unlikely"},
	{.20, "unlikely"},
	{.45, "roughly even chance"},
	{.55, "likely"},
	{.80, "very likely"},
	{.95, "almost certain"},
}

// Word gives the word for the probability p.
func Word(p float64) string {
	word := bands[0].word
	for _, b := range bands {
		if p >= b.from {
			word = b.word
		}
	}
	return word
}

// Percent gives p in whole per cent, as it may be printed: never 0 and never
// 100 %, which would claim what no evidence shows.
func Percent(p float64) string {
	whole := int(float64(p*100) + .5)
	switch {
	case p < .01:
		return "less than 1 %"
	case p > .99:
		return "more than 99 %"
	}
	return fmt.Sprintf("%d %%", whole)
}
