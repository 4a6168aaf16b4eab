package finding_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"solferino/finding"
	"solferino/record"
)

func elements(verdicts ...finding.Verdict) []finding.Element {
	var list []finding.Element
	for i, v := range verdicts {
		list = append(list, finding.Element{Name: fmt.Sprintf("element %d", i), Verdict: v, Because: "so it is"})
	}
	return list
}

// A clause is broken only if every element is met; it is not broken if one is
// not; what is not known is never taken for either.
func TestConclude(t *testing.T) {
	const met, not, open = finding.Met, finding.NotMet, finding.Undetermined
	tests := []struct {
		of   []finding.Verdict
		want finding.Verdict
	}{
		{[]finding.Verdict{met}, met},
		{[]finding.Verdict{not}, not},
		{[]finding.Verdict{open}, open},
		{[]finding.Verdict{met, met}, met},
		{[]finding.Verdict{met, not}, not},
		{[]finding.Verdict{met, open}, open},
		{[]finding.Verdict{not, met}, not},
		{[]finding.Verdict{not, not}, not},
		{[]finding.Verdict{not, open}, not},
		{[]finding.Verdict{open, met}, open},
		{[]finding.Verdict{open, not}, not},
		{[]finding.Verdict{open, open}, open},
		{[]finding.Verdict{met, met, open}, open},
		{[]finding.Verdict{met, open, not}, not},
	}
	for _, tt := range tests {
		if got := finding.Conclude(elements(tt.of...)); got != tt.want {
			t.Errorf("Conclude(%q) = %q, want %q", tt.of, got, tt.want)
		}
	}
}

// Three values, as Kleene joins them: what is not known decides unless an
// element is known not to be met, and the order decides nothing. To learn what
// was not known never turns one known verdict into the other.
func TestConcludeNeverGuesses(t *testing.T) {
	all := []finding.Verdict{finding.Met, finding.NotMet, finding.Undetermined}
	rapid.Check(t, func(r *rapid.T) {
		of := rapid.SliceOfN(rapid.SampledFrom(all), 1, 8).Draw(r, "verdicts")
		got := finding.Conclude(elements(of...))
		if slices.Contains(of, finding.Undetermined) && got == finding.Met {
			r.Fatalf("%q concludes that the clause is broken", of)
		}
		if !slices.Contains(of, finding.NotMet) && got == finding.NotMet {
			r.Fatalf("%q concludes that the clause is not broken", of)
		}
		if again := finding.Conclude(elements(rapid.Permutation(of).Draw(r, "order")...)); again != got {
			r.Fatalf("%q concludes %q, in another order %q", of, got, again)
		}
		if i := slices.Index(of, finding.Undetermined); i >= 0 && got != finding.Undetermined {
			of[i] = rapid.SampledFrom(all).Draw(r, "learned")
			if later := finding.Conclude(elements(of...)); later != got {
				r.Fatalf("%q was concluded before all was known, and now %q", got, later)
			}
		}
	})
}

func TestAssessmentMakesSense(t *testing.T) {
	tests := map[string]struct {
		change func(a *finding.Assessed)
		ok     bool
	}{
		"as it should be":           {func(*finding.Assessed) {}, true},
		"no round":                  {func(a *finding.Assessed) { a.Round = 0 }, false},
		"no clause":                 {func(a *finding.Assessed) { a.Clause = "" }, false},
		"no state":                  {func(a *finding.Assessed) { a.State = "" }, false},
		"no date":                   {func(a *finding.Assessed) { a.Date = "" }, false},
		"no elements: a check box":  {func(a *finding.Assessed) { a.Elements = nil }, false},
		"an element without a name": {func(a *finding.Assessed) { a.Elements[1].Name = "" }, false},
		"an element for no reason":  {func(a *finding.Assessed) { a.Elements[1].Because = "" }, false},
		"an element left open":      {func(a *finding.Assessed) { a.Elements[1].Verdict = "" }, false},
		"an element answered yes":   {func(a *finding.Assessed) { a.Elements[1].Verdict = "yes" }, false},
	}
	for name, tt := range tests {
		a := finding.Assessed{Round: 1, Clause: "gge-2015#13f", State: "XA", Date: "2026-03-01", Elements: elements(finding.Met, finding.Undetermined)}
		tt.change(&a)
		if err := a.Validate(); (err == nil) != tt.ok {
			t.Errorf("%s: Validate() = %v", name, err)
		}
	}
}

func TestIssueAndWithdrawalMakeSense(t *testing.T) {
	issued := func(change func(a *finding.Issued)) finding.Issued {
		a := finding.Issued{Version: 1, Outcome: finding.Insufficient, Analysis: "00112233445566778899aabbccddeeff",
			Document: record.Attachment{Commit: record.Sum([]byte("c")), Blob: record.Sum([]byte("b"))}}
		change(&a)
		return a
	}
	tests := map[string]struct {
		act record.Act
		ok  bool
	}{
		"the first version":               {issued(func(*finding.Issued) {}), true},
		"somebody is named":               {issued(func(a *finding.Issued) { a.Outcome = finding.Attributed }), true},
		"a later version, and why":        {issued(func(a *finding.Issued) { a.Version, a.Change = 2, "new evidence" }), true},
		"a later version, and not why":    {issued(func(a *finding.Issued) { a.Version = 2 }), false},
		"the first, changed from nothing": {issued(func(a *finding.Issued) { a.Change = "new evidence" }), false},
		"version nought":                  {issued(func(a *finding.Issued) { a.Version = 0 }), false},
		"guilty":                          {issued(func(a *finding.Issued) { a.Outcome = "guilty" }), false},
		"no outcome":                      {issued(func(a *finding.Issued) { a.Outcome = "" }), false},
		"no analysis":                     {issued(func(a *finding.Issued) { a.Analysis = "" }), false},
		"no document":                     {issued(func(a *finding.Issued) { a.Document = record.Attachment{} }), false},
		"withdrawn":                       {finding.Withdrawn{Version: 1, Reason: "an error"}, true},
		"withdrawn for no reason":         {finding.Withdrawn{Version: 1}, false},
		"withdrawn, no version":           {finding.Withdrawn{Reason: "an error"}, false},
	}
	for name, tt := range tests {
		if err := tt.act.Validate(); (err == nil) != tt.ok {
			t.Errorf("%s: Validate() = %v", name, err)
		}
	}
}
