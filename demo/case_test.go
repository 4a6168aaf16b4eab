package demo_test

import (
	"cmp"
	"fmt"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"solferino/attribution"
	"solferino/convention"
	"solferino/demo"
	"solferino/evidence"
	"solferino/finding"
	"solferino/party"
	"solferino/record"
)

// cases runs a test for each case.
func cases(t *testing.T, test func(t *testing.T, w demo.World, c demo.Case)) {
	w := load(t)
	if len(w.Cases) != 4 {
		t.Fatalf("%d cases, want 4", len(w.Cases))
	}
	for _, c := range w.Cases {
		t.Run(c.Slug, func(t *testing.T) { test(t, w, c) })
	}
}

func sortedOnce[T cmp.Ordered](list []T) bool {
	return slices.IsSorted(list) && len(slices.Compact(slices.Clone(list))) == len(list)
}

var labelForm = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{0,63}$`)

func TestCaseIsWellFormed(t *testing.T) {
	cases(t, func(t *testing.T, w demo.World, c demo.Case) {
		if err := record.Subject("case/" + c.Slug).Validate(); err != nil {
			t.Error(err)
		}
		day(t, "the incident", c.Date)
		if !sortedOnce(c.Victims) || !sortedOnce(c.Parties) || len(c.Victims) == 0 || len(c.Accused()) == 0 {
			t.Errorf("victims %v, parties %v, accused %v", c.Victims, c.Parties, c.Accused())
		}
		for _, s := range slices.Concat(c.Victims, c.Accused()) {
			if err := party.ValidState(s); err != nil {
				t.Error(err)
			}
		}
		for _, l := range c.Parties {
			if !labelForm.MatchString(l) {
				t.Errorf("party %q is no label", l)
			}
		}
		if n := strings.Count(c.Summary, ". ") + 1; n < 2 || n > 5 {
			t.Errorf("the summary has %d sentences, want 2 to 5", n)
		}
		if c.Name == "" || c.Notice == "" || strings.Contains(c.Title, "\n") || c.Title == "" {
			t.Errorf("name %q, title %q, notice of %d bytes", c.Name, c.Title, len(c.Notice))
		}
	})
}

func day(t *testing.T, of, date string) {
	t.Helper()
	if d, err := time.Parse(time.DateOnly, date); err != nil || d.Year() < 2015 || d.Year() > 2025 {
		t.Errorf("%s is dated %q", of, date)
	}
}

func TestClaimsAreAllowed(t *testing.T) {
	cases(t, func(t *testing.T, _ demo.World, c demo.Case) {
		last := ""
		for _, claim := range c.Claims {
			if err := claim.Validate(); err != nil {
				t.Errorf("%s: %v", claim.By, err)
			}
			day(t, claim.By, claim.Date)
			if claim.Date < last {
				t.Errorf("the claim of %s on %s is out of order", claim.By, claim.Date)
			}
			last = claim.Date
		}
	})
}

func TestExhibitsAreAllowed(t *testing.T) {
	cases(t, func(t *testing.T, _ demo.World, c demo.Case) {
		seen := map[string]bool{}
		for _, r := range c.Rounds {
			for _, x := range r.Exhibits {
				if seen[x.Name] {
					t.Errorf("%s stands twice", x.Name)
				}
				seen[x.Name] = true
				checkExhibit(t, c, x)
			}
		}
	})
}

func checkExhibit(t *testing.T, c demo.Case, x demo.Exhibit) {
	t.Helper()
	grade, err := evidence.ParseGrade(x.Grade)
	if err != nil {
		t.Errorf("%s: %v", x.Name, err)
	}
	whole := record.Attachment{Commit: record.Sum(nil), Blob: record.Sum(nil)}
	act := evidence.Received{Exhibit: "x-0000000000000000", Content: whole, Manifest: whole, Grade: grade,
		TLP: x.TLP, Consent: x.Consent, Origins: x.Origins, Supplier: x.Supplier}
	if err := act.Validate(); err != nil {
		t.Errorf("%s: %v", x.Name, err)
	}
	if x.Supplier.Noun() != "public" || len(x.Consent) != 3 {
		t.Errorf("%s: supplier %s, consent %v", x.Name, x.Supplier, x.Consent)
	}
	if u, err := url.Parse(x.URL); err != nil || u.Scheme != "https" || u.Host == "" {
		t.Errorf("%s: address %q", x.Name, x.URL)
	}
	if !regexp.MustCompile(`^20\d\d(-\d\d){0,2}$`).MatchString(x.Published) || x.Published < c.Date[:len(x.Published)] {
		t.Errorf("%s: published %q, the incident was on %s", x.Name, x.Published, c.Date)
	}
	if m := x.Manifest(); m.Basis != "seen" && m.Basis != "recall" || m.Title == "" || m.Source == "" || m.Size < 100 || m.Note == "" {
		t.Errorf("%s: manifest %+v", x.Name, m)
	}
	if _, err := evidence.EncodeObservations(x.Observations); err != nil {
		t.Errorf("%s: %v", x.Name, err)
	}
}

// TestObservationsAreKnown: techniques and software exist in the knowledge,
// each with a note in our words; judgements are signed by an analyst of the
// demonstration.
func TestObservationsAreKnown(t *testing.T) {
	k := knowledge(t)
	known := map[string]bool{}
	for _, x := range k.Techniques {
		known[evidence.Technique+x.ID] = true
	}
	for _, x := range k.Software {
		known[evidence.Software+x.ID] = true
	}
	cases(t, func(t *testing.T, w demo.World, c demo.Case) {
		for _, o := range observations(c) {
			learned := o.Family == evidence.Technique || o.Family == evidence.Software
			if learned && !known[o.Family+o.Value] || o.Note == "" {
				t.Errorf("%s %s %q: unknown, or without a note", o.ID, o.Family, o.Value)
			}
			if j := o.Judgement; j != nil && (learned || o.Forgeability < .7 || !isAnalyst(w, j.Author)) {
				t.Errorf("%s %q: judgement by %s with forgeability %v", o.ID, o.Value, j.Author, o.Forgeability)
			}
		}
	})
}

func observations(c demo.Case) (list []evidence.Observation) {
	for _, r := range c.Rounds {
		for _, x := range r.Exhibits {
			list = append(list, x.Observations...)
		}
	}
	return list
}

func isAnalyst(w demo.World, id record.Subject) bool {
	return slices.ContainsFunc(w.Officers, func(p demo.Person) bool {
		return p.ID == id && slices.Contains(p.Roles, party.Analyst)
	})
}

// TestExcludedIsWhole: excluded sources exist; what the knowledge cites for
// the use of circular software is excluded; exhibits that are sources of the
// knowledge are excluded.
func TestExcludedIsWhole(t *testing.T) {
	k := knowledge(t)
	cases(t, func(t *testing.T, _ demo.World, c demo.Case) {
		var sources, software []string
		for _, r := range c.Rounds {
			if !sortedOnce(r.Excluded.Sources) || !sortedOnce(r.Excluded.Software) || (len(r.Excluded.Sources) > 0) != (r.Excluded.Reason != "") {
				t.Errorf("excluded %+v", r.Excluded)
			}
			sources, software = append(sources, r.Excluded.Sources...), append(software, r.Excluded.Software...)
		}
		exhibits := map[string]bool{}
		for _, r := range c.Rounds {
			for _, x := range r.Exhibits {
				exhibits[x.URL] = true
			}
		}
		for _, s := range k.Sources {
			if exhibits[s.URL] && !slices.Contains(sources, s.ID) {
				t.Errorf("source %s is an exhibit and not excluded", s.ID)
			}
		}
		for _, s := range sources {
			if !slices.ContainsFunc(k.Sources, func(x attribution.Source) bool { return x.ID == s }) {
				t.Errorf("source %q is not in the knowledge", s)
			}
		}
		for _, r := range k.Reports {
			for _, s := range software {
				if slices.Contains(r.Objects, s) && !slices.Contains(sources, r.Source) {
					t.Errorf("source %s tells of %s and is not excluded", r.Source, s)
				}
			}
		}
		for _, s := range software {
			if !slices.ContainsFunc(observations(c), func(o evidence.Observation) bool { return o.Value == s }) {
				t.Errorf("%s is circular and no exhibit shows it", s)
			}
		}
	})
}

func TestRoundsCanBeReviewed(t *testing.T) {
	cases(t, func(t *testing.T, w demo.World, c demo.Case) {
		for i, r := range c.Rounds {
			if (i > 0) != (r.Change != "") || len(r.Exhibits) == 0 {
				t.Errorf("round %d: change %q, %d exhibits", i+1, r.Change, len(r.Exhibits))
			}
			against := 1
			if r.Abstain != nil {
				against++
				if r.Abstain.Seat == r.Dissent.Seat || r.Abstain.Seat >= w.Statute.Seats || r.Abstain.Reason == "" {
					t.Errorf("round %d: abstention %+v", i+1, r.Abstain)
				}
			}
			if d := r.Dissent; d.Seat < 0 || d.Seat >= w.Statute.Seats || d.Reason == "" || len(d.Opinion) < 300 || r.Concur == "" {
				t.Errorf("round %d: dissent %+v", i+1, d)
			}
			if w.Statute.Seats-against < w.Statute.Majority {
				t.Errorf("round %d: no majority is left", i+1)
			}
			checkContradictions(t, c, i)
		}
	})
}

func checkContradictions(t *testing.T, c demo.Case, round int) {
	t.Helper()
	shown := map[string][]evidence.Observation{}
	for _, r := range c.Rounds[:round+1] {
		for _, x := range r.Exhibits {
			shown[x.Name] = x.Observations
		}
	}
	for _, k := range c.Rounds[round].Contradictions {
		is := func(o evidence.Observation) bool { return o.ID == k.Observation }
		if !slices.ContainsFunc(shown[k.Exhibit], is) || shown[k.By] == nil || k.By == k.Exhibit || k.Reason == "" {
			t.Errorf("round %d: contradiction %+v", round+1, k)
		}
	}
}

// TestClausesStayOpen: every clause exists, is asked of an accused state, and
// is nowhere called broken, for no case reviewed who acts for a state.
func TestClausesStayOpen(t *testing.T) {
	reg := convention.BuiltIn()
	cases(t, func(t *testing.T, _ demo.World, c demo.Case) {
		for i := range c.Rounds {
			different := map[string]bool{}
			for _, a := range c.Assessed(i + 1) {
				different[a.Clause] = true
				if err := a.Validate(); err != nil {
					t.Errorf("%s: %v", a.Clause, err)
				}
				if _, found := reg.Clause(convention.ClauseID(a.Clause)); !found || !slices.Contains(c.Accused(), a.State) {
					t.Errorf("%s asked of %s", a.Clause, a.State)
				}
				if v := finding.Conclude(a.Elements); v != finding.Undetermined || a.Elements[0].Verdict != finding.Undetermined {
					t.Errorf("%s is %s for %s", a.Clause, v, a.State)
				}
			}
			if len(different) < 2 || len(different) > 4 {
				t.Errorf("round %d assesses %d clauses, want 2 to 4", i+1, len(different))
			}
		}
	})
}

// TestTextsAreClean reads every text: no sentence mixes likelihood with
// confidence, nothing is quoted, no space is left over.
func TestTextsAreClean(t *testing.T) {
	w := load(t)
	read := 0
	defer func() {
		if read < 1000 || finding.Lint("Likely, with high confidence.") == nil {
			t.Errorf("%d texts read, or the linter sees nothing", read)
		}
	}()
	texts(reflect.ValueOf(w), "", func(path, s string) {
		read++
		if mixed := finding.Lint(s); len(mixed) > 0 {
			t.Errorf("%s mixes likelihood and confidence: %q", path, mixed)
		}
		if s != strings.TrimSpace(s) || strings.Contains(s, "  ") || strings.ContainsAny(s, "\"“”„«»\n\t") {
			t.Errorf("%s: quotation marks or stray space in %q", path, s)
		}
	})
}

// texts calls f for every string under v.
func texts(v reflect.Value, path string, f func(path, s string)) {
	switch v.Kind() {
	case reflect.String:
		f(path, v.String())
	case reflect.Pointer:
		if !v.IsNil() {
			texts(v.Elem(), path, f)
		}
	case reflect.Slice:
		for i := range v.Len() {
			texts(v.Index(i), fmt.Sprintf("%s[%d]", path, i), f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			texts(v.Field(i), path+"."+v.Type().Field(i).Name, f)
		}
	}
}
