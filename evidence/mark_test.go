package evidence_test

import (
	"testing"

	"solferino/evidence"
)

func TestGrades(t *testing.T) {
	for in, want := range map[string]string{
		"B2": "source usually reliable, information probably true",
		"a1": "source completely reliable, information confirmed by other independent sources",
		"F6": "source cannot be judged, information cannot be judged",
	} {
		g, err := evidence.ParseGrade(in)
		if err != nil || g.Words() != want {
			t.Errorf("ParseGrade(%q) = %v, %v, want %q", in, g.Words(), err, want)
		}
		again, err := evidence.ParseGrade(g.String())
		if err != nil || again != g {
			t.Errorf("ParseGrade(%q) = %v, %v, want %v", g.String(), again, err, g)
		}
	}
	for _, in := range []string{"", "B", "2", "B22", "G2", "B7", "B0", "2B", "Ä"} {
		if g, err := evidence.ParseGrade(in); err == nil {
			t.Errorf("ParseGrade(%q) = %v", in, g)
		}
	}
}

func TestMarksAreOrderedFromOpenToClosed(t *testing.T) {
	marks := []evidence.TLP{evidence.Clear, evidence.Green, evidence.Amber, evidence.AmberStrict, evidence.Red}
	for i, a := range marks {
		if err := a.Validate(); err != nil {
			t.Error(err)
		}
		for j, limit := range marks {
			if got := a.Within(limit); got != (i <= j) {
				t.Errorf("%s within %s: %v", a, limit, got)
			}
		}
	}
	for _, odd := range []evidence.TLP{"", "CLEAR", "white", "amber+", "TLP:RED"} {
		if odd.Validate() == nil {
			t.Errorf("%q is a mark", odd)
		}
	}
}

func TestUses(t *testing.T) {
	for _, u := range []evidence.Use{evidence.ForAnalysis, evidence.ForPublication, evidence.ForReview} {
		if err := u.Validate(); err != nil {
			t.Error(err)
		}
	}
	for _, odd := range []evidence.Use{"", "Analysis", "sale"} {
		if odd.Validate() == nil {
			t.Errorf("%q is a use", odd)
		}
	}
}
