package finding_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"solferino/finding"
)

func TestPercent(t *testing.T) {
	for _, tt := range []struct {
		p    float64
		want string
	}{
		{0, "under 1 %"}, {.0001, "under 1 %"}, {.0099, "under 1 %"}, {.01, "1 %"}, {.0149, "1 %"}, {.016, "2 %"}, {.5, "50 %"},
		{.876, "88 %"}, {.99, "99 %"}, {.9901, "over 99 %"}, {.9999, "over 99 %"}, {1, "over 99 %"},
	} {
		if got := finding.Percent(tt.p); got != tt.want {
			t.Errorf("Percent(%v) = %q, want %q", tt.p, got, tt.want)
		}
	}
}

var certain = regexp.MustCompile(`\b(0|100) ?%`)

// Nothing is certain here and nothing impossible; and who is likelier never
// reads as less likely.
func TestPercentIsNeverCertain(t *testing.T) {
	number := func(s string) (n float64) {
		switch s {
		case "under 1 %":
			return .5
		case "over 99 %":
			return 99.5
		}
		if _, err := fmt.Sscanf(s, "%f %%", &n); err != nil {
			t.Fatalf("%q is no percentage", s)
		}
		return n
	}
	rapid.Check(t, func(r *rapid.T) {
		p, q := rapid.Float64Range(0, 1).Draw(r, "p"), rapid.Float64Range(0, 1).Draw(r, "q")
		if certain.MatchString(finding.Percent(p)) {
			r.Fatalf("Percent(%v) = %q", p, finding.Percent(p))
		}
		if p < q && number(finding.Percent(p)) > number(finding.Percent(q)) {
			r.Fatalf("Percent(%v) = %q, Percent(%v) = %q", p, finding.Percent(p), q, finding.Percent(q))
		}
		h := finding.Hypothesis{P: p, Low: min(p, q), High: max(p, q), Word: "likely"}
		if certain.MatchString(h.Likelihood()) {
			r.Fatalf("Likelihood() = %q", h.Likelihood())
		}
	})
}

func TestLikelihood(t *testing.T) {
	for _, tt := range []struct {
		h    finding.Hypothesis
		want string
	}{
		{finding.Hypothesis{P: .88, Low: .15, High: .93, Word: "very likely"}, "88 % (15 to 93 %), very likely"},
		{finding.Hypothesis{P: .004, Low: .0001, High: .02, Word: "almost no chance"}, "under 1 % (under 1 to 2 %), almost no chance"},
		{finding.Hypothesis{P: .97, Low: .9, High: .9999, Word: "almost certain"}, "97 % (90 to over 99 %), almost certain"},
	} {
		if got := tt.h.Likelihood(); got != tt.want {
			t.Errorf("Likelihood() = %q, want %q", got, tt.want)
		}
	}
}

// The good and the bad, one line each.
func TestLint(t *testing.T) {
	good := []string{
		"",
		"It is very likely that Red Otter did this: 88 % (15 to 93 %).",
		"Confidence in the evidence and the method: low.",
		"It is likely. Confidence is low.",
		"It is likely; confidence is low.",
		"It is likely\nConfidence is low",
		"One family brings 100 % of the support.",
		"We took them into our confidence.",
		"An unlikeliness of 3 parts does not count, in confidence.",
		"The remotest harbour spoke with confidence.",
	}
	for _, text := range good {
		if mixed := finding.Lint(text); len(mixed) > 0 {
			t.Errorf("Lint(%q) = %q", text, mixed)
		}
	}
	bad := []string{
		"With high confidence it is very likely that Red Otter did this",
		"It is likely with low confidence",
		"CONFIDENCE is high that it is UNLIKELY",
		"A confidence of 88 % in the name",
		"A confidence of 88% in the name",
		"There is almost no chance, said with moderate confidence",
		"Confidence: roughly even",
		"Confidence that it is improbable",
		"Confidence that it is highly probable",
		"Confidence that it is remote",
		"Confidence that it is almost certain",
		"Confidence that it is nearly certain",
		"Very unlikely, with confidence",
	}
	for _, text := range bad {
		if mixed := finding.Lint("Before it. " + text + ". After it."); !slices.Equal(mixed, []string{text}) {
			t.Errorf("Lint(%q) = %q", text, mixed)
		}
	}
	if mixed := finding.Lint(strings.Join(bad, "; ")); len(mixed) != len(bad) {
		t.Errorf("%d mixed sentences in one text, found %d", len(bad), len(mixed))
	}
}
