package evidence_test

import (
	"strings"
	"testing"

	"solferino/evidence"
	"solferino/record"
)

const (
	letter = "x-00000000000000a1"
	memo   = "x-00000000000000b2"
)

func attachment(name string) record.Attachment {
	return record.Attachment{Commit: record.Sum([]byte("commit " + name)), Blob: record.Sum([]byte("blob " + name))}
}

func received(id string) evidence.Received {
	return evidence.Received{Exhibit: id, Content: attachment("content"), Manifest: attachment("manifest"),
		Grade: evidence.Grade{Source: "B", Info: "2"}, TLP: evidence.Amber, Consent: []evidence.Use{evidence.ForAnalysis, evidence.ForReview},
		Origins: []string{"e-isac", "sans.org"}, Supplier: "org/otter"}
}

func derived(id string) evidence.Derived {
	return evidence.Derived{Exhibit: id, Tool: "reader", Version: "1", Output: attachment("output"), Count: 2}
}

func contradicted(id, observation, by string) evidence.Contradicted {
	return evidence.Contradicted{Exhibit: id, Observation: observation, By: by, Reason: attachment("reason")}
}

func TestReceptionMakesSense(t *testing.T) {
	tests := map[string]struct {
		change func(a *evidence.Received)
		ok     bool
	}{
		"as it should be":               {func(*evidence.Received) {}, true},
		"for custody only":              {func(a *evidence.Received) { a.Consent = nil }, true},
		"from the public":               {func(a *evidence.Received) { a.Supplier = "public/intake-7" }, true},
		"from a person":                 {func(a *evidence.Received) { a.Supplier = "person/ana" }, true},
		"no id":                         {func(a *evidence.Received) { a.Exhibit = "" }, false},
		"an id that tells something":    {func(a *evidence.Received) { a.Exhibit = "x-letter" }, false},
		"an id in capitals":             {func(a *evidence.Received) { a.Exhibit = "x-00000000000000A1" }, false},
		"an id that is too long":        {func(a *evidence.Received) { a.Exhibit += "0" }, false},
		"no content":                    {func(a *evidence.Received) { a.Content = record.Attachment{} }, false},
		"no manifest":                   {func(a *evidence.Received) { a.Manifest = record.Attachment{} }, false},
		"a grade off the scale":         {func(a *evidence.Received) { a.Grade.Source = "G" }, false},
		"half a grade":                  {func(a *evidence.Received) { a.Grade.Info = "" }, false},
		"a mark that nobody knows":      {func(a *evidence.Received) { a.TLP = "white" }, false},
		"no mark":                       {func(a *evidence.Received) { a.TLP = "" }, false},
		"a use that nobody knows":       {func(a *evidence.Received) { a.Consent = []evidence.Use{"sale"} }, false},
		"uses out of order":             {func(a *evidence.Received) { a.Consent = []evidence.Use{evidence.ForReview, evidence.ForAnalysis} }, false},
		"a use named twice":             {func(a *evidence.Received) { a.Consent = []evidence.Use{evidence.ForReview, evidence.ForReview} }, false},
		"no origin":                     {func(a *evidence.Received) { a.Origins = nil }, false},
		"origins out of order":          {func(a *evidence.Received) { a.Origins = []string{"sans.org", "e-isac"} }, false},
		"an origin twice, for weight":   {func(a *evidence.Received) { a.Origins = []string{"e-isac", "e-isac"} }, false},
		"an origin in capitals":         {func(a *evidence.Received) { a.Origins = []string{"E-ISAC"} }, false},
		"an origin with a space":        {func(a *evidence.Received) { a.Origins = []string{"e isac"} }, false},
		"an origin that is long":        {func(a *evidence.Received) { a.Origins = []string{strings.Repeat("a", 65)} }, false},
		"an origin that is a hyphen":    {func(a *evidence.Received) { a.Origins = []string{"-"} }, false},
		"from nobody":                   {func(a *evidence.Received) { a.Supplier = "" }, false},
		"from somebody without a noun":  {func(a *evidence.Received) { a.Supplier = "otter" }, false},
		"from somebody with no spelled": {func(a *evidence.Received) { a.Supplier = "org/Otter & Sons" }, false},
	}
	for name, tt := range tests {
		a := received(letter)
		tt.change(&a)
		if err := a.Validate(); (err == nil) != tt.ok {
			t.Errorf("%s: Validate() = %v", name, err)
		}
	}
}

func TestOtherActsMakeSense(t *testing.T) {
	change := func(by func(a *evidence.Derived)) evidence.Derived {
		a := derived(letter)
		by(&a)
		return a
	}
	tests := map[string]struct {
		act record.Act
		ok  bool
	}{
		"offered":                       {evidence.Offered{Exhibit: letter, To: "person/ana"}, true},
		"offered to nobody":             {evidence.Offered{Exhibit: letter}, false},
		"offered, nothing":              {evidence.Offered{To: "person/ana"}, false},
		"accepted":                      {evidence.Accepted{Exhibit: letter}, true},
		"accepted, nothing":             {evidence.Accepted{}, false},
		"derived":                       {change(func(*evidence.Derived) {}), true},
		"derived, and nothing found":    {change(func(a *evidence.Derived) { a.Count = 0 }), true},
		"derived, as much as may be":    {change(func(a *evidence.Derived) { a.Count = evidence.MaxObservations }), true},
		"derived, too much":             {change(func(a *evidence.Derived) { a.Count = evidence.MaxObservations + 1 }), false},
		"derived, less than nothing":    {change(func(a *evidence.Derived) { a.Count = -1 }), false},
		"derived by no tool":            {change(func(a *evidence.Derived) { a.Tool = "" }), false},
		"derived by no version":         {change(func(a *evidence.Derived) { a.Version = "" }), false},
		"derived from nothing":          {change(func(a *evidence.Derived) { a.Exhibit = "" }), false},
		"derived, no output":            {change(func(a *evidence.Derived) { a.Output = record.Attachment{} }), false},
		"contradicted":                  {contradicted(letter, "o1", memo), true},
		"contradicted, no observation":  {contradicted(letter, "", memo), false},
		"contradicted, no exhibit":      {contradicted("", "o1", memo), false},
		"contradicted by no exhibit":    {contradicted(letter, "o1", ""), false},
		"contradicted for no reason":    {evidence.Contradicted{Exhibit: letter, Observation: "o1", By: memo}, false},
		"contradicted with half a blob": {evidence.Contradicted{Exhibit: letter, Observation: "o1", By: memo, Reason: record.Attachment{Commit: record.Sum(nil)}}, false},
	}
	for name, tt := range tests {
		if err := tt.act.Validate(); (err == nil) != tt.ok {
			t.Errorf("%s: Validate() = %v", name, err)
		}
	}
}
