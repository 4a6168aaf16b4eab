package finding_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"solferino/finding"
	"solferino/record"
)

// full is a document in which every part stands once.
func full() finding.Document {
	return finding.Document{
		Format: finding.Format, Institution: "The Reef Institute", Notice: "TEST", Case: "case/2026-001", Version: 2, Change: "a memo came to light",
		Title: "The night the harbours went dark", Incident: finding.Incident{Date: "2026-03-01", Victims: []string{"XV", "XW"}, Summary: "Three radios failed."},
		Outcome:    finding.Attributed,
		Sentences:  finding.Sentences{Who: "It is likely that Red Otter did this.", Confidence: "Confidence is low.", State: "No state is named."},
		Hypotheses: []finding.Hypothesis{{Actor: "G1", Name: "Red Otter", P: .7, Low: .5, High: .8, Word: "likely"}, {Name: "none of the listed", P: .3, Low: .2, High: .5, Word: "unlikely"}},
		Refusals:   []string{"too few sources"}, Confidence: finding.Confidence{Level: "low", Drivers: []string{"one source"}},
		FramingCost: 1, Framing: []string{"software S1"},
		Items:    []finding.Item{{ID: "x-1/o1", Exhibit: "x-1", Family: "technique", Value: "T1", Name: "a way", Origins: []string{"press"}, Weight: .7, Support: -1.2, Judgement: "ana: twice as likely"}},
		LeftOut:  []finding.LeftOut{{ID: "x-1/o2", Value: "T2", Reason: "it was contradicted"}},
		Without:  []finding.Without{{What: "item x-1/o1", First: "Blue Otter", P: .2, Changed: true}, {What: "origin press", First: "Red Otter", P: .75}},
		Excluded: []finding.Source{{ID: "50", Name: "A book"}}, Effect: "One source excluded.", Record: "Right in 31 of 100.",
		Exhibits: []finding.Exhibit{{ID: "x-1", Title: "A letter", Source: "press", URL: "https://press.example/", Published: "2026", Basis: "recall", Grade: "B2",
			TLP: "clear", Origins: []string{"press"}, Hands: []string{"ana", "ben"}, InTransit: "person/carl", Derived: 2}},
		Claims:  []finding.Claim{{By: "A ministry", Date: "2026-03-02", Says: "Says that XA did it.", Accused: "XA", Source: "a statement", Basis: "seen"}},
		Notices: []finding.Notice{{State: "XA", Sent: "2026-03-03", Text: "Was it you?", Reply: "It was not."}},
		Panel: finding.Panel{Round: 2, Statute: "reef, version 1", Seats: []finding.Seat{{Person: "person/r1", State: "KE", Region: "africa", Sector: "academia", Vote: "dissent", Reason: "no"}},
			Recused: []finding.Recused{{Person: "person/r2", Reason: "a cousin"}}, Dissent: 1, Dissents: []finding.Opinion{{Person: "person/r1", Text: "I see it otherwise."}}, Checkpoint: 12},
		Clauses: []finding.Clause{{Clause: "gge-2015#13f", Instrument: "UN GGE 2015", Text: "Do not.", Mark: "paraphrase", State: "XA", Date: "2026-03-01", Force: "voluntary",
			Since: "2015-12-23", By: "endorse", Verdict: finding.Undetermined, Elements: elements(finding.Undetermined)}},
		WouldChange: []string{"Proof that S1 was planted."}, Limits: []string{"Nothing is certain."},
		Knowledge: finding.Knowledge{Version: "16.1", Digest: record.Sum(nil), Engine: "1", Result: record.Sum([]byte("r"))},
	}
}

// empty has nothing where something may be missing.
func empty() finding.Document { return finding.Document{Format: finding.Format} }

func TestDocumentsAreReadAsTheyWereWritten(t *testing.T) {
	for name, want := range map[string]finding.Document{"full": full(), "empty": empty()} {
		b, err := want.Encode()
		if err != nil {
			t.Fatal(err)
		}
		got, err := finding.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		again, err := got.Encode()
		if err != nil || !bytes.Equal(b, again) {
			t.Errorf("%s: written again it is %s, %v", name, again, err)
		}
		if name == "full" {
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("Decode∘Encode (-want +got):\n%s", diff)
			}
		}
	}
}

func TestDocumentsAreRefused(t *testing.T) {
	good, err := full().Encode()
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		in        []byte
		malformed bool
	}{
		"nothing":            {nil, true},
		"null":               {[]byte("null"), true},
		"a blank":            {append(bytes.Clone(good), ' '), true},
		"a member too many":  {bytes.Replace(good, []byte(`{"format"`), []byte(`{"guilty":true,"format"`), 1), true},
		"a member twice":     {bytes.Replace(good, []byte(`{"format"`), []byte(`{"format":"x","format"`), 1), true},
		"a member missing":   {bytes.Replace(good, []byte(`"notice":"TEST",`), nil, 1), true},
		"a later format":     {bytes.Replace(good, []byte(finding.Format), []byte("solferino/finding/2"), 1), false},
		"no format":          {bytes.Replace(good, []byte(finding.Format), nil, 1), false},
		"a word for a count": {bytes.Replace(good, []byte(`"version":2`), []byte(`"version":"2"`), 1), true},
	} {
		if _, err := finding.Decode(tt.in); err == nil || errors.Is(err, record.ErrMalformed) != tt.malformed {
			t.Errorf("%s: Decode() = %v", name, err)
		}
	}
}

// Nothing that a finding holds is left out of its text but what stands there in
// other words.
func TestTextLeavesNothingOut(t *testing.T) {
	text := full().Text()
	for _, want := range []string{
		"*** TEST ***", "The Reef Institute, finding on case/2026-001, version 2", "Changed since version 1: a memo came to light",
		"The night the harbours went dark", "2026-03-01. Three radios failed.", "XV, XW", "- Nothing is certain.", "Outcome: attributed",
		"It is likely that Red Otter did this.", "Confidence is low.", "No state is named.", "- not named: too few sources",
		"Red Otter (G1)", "none of the listed", "70 % (50 to 80 %), likely", "- one source", "Framing cost: 1", "software S1",
		"another comes first: Blue Otter", "- Proof that S1 was planted.", "Right in 31 of 100.", "A letter", "unconfirmed", "ana then ben", "in transit to person/carl",
		"-1.20  technique T1 a way", "ana: twice as likely", "left out: T2 [x-1/o2]: it was contradicted", "- 50 A book", "One source excluded.",
		"- 2026-03-02, A ministry: Says that XA did it.", "- XA was asked on 2026-03-03; reply: It was not.",
		"Round 2 under statute reef, version 1: 0 concur, 1 dissent, 0 abstain", "- person/r1 (KE, africa, academia): dissent. no",
		"- recused: person/r2, a cousin", "Dissent of person/r1:\nI see it otherwise.", "gge-2015#13f (UN GGE 2015), XA on 2026-03-01: force voluntary; undetermined",
		"Do not. [paraphrase]", "- element 0: undetermined. so it is", "since 2015-12-23 by endorse", "knowledge 16.1", "engine 1",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the text has no %q", want)
		}
	}
	if t.Failed() {
		t.Logf("the text:\n%s", text)
	}
}

func TestTextOfNothing(t *testing.T) {
	text := empty().Text()
	for _, odd := range []string{"***", "Changed since", "in transit", "%!", "<nil>"} {
		if strings.Contains(text, odd) {
			t.Errorf("the text of an empty document has %q:\n%s", odd, text)
		}
	}
}

// What is missing is said to be.
func TestTextSaysWhatIsMissing(t *testing.T) {
	d := full()
	d.Notices[0].Reply, d.Exhibits[0].InTransit, d.Exhibits[0].Published, d.Items[0].Judgement = "", "", "", ""
	d.Without = []finding.Without{{What: "a", P: .5}, {What: "b", P: .2}, {What: "c", P: .7}}
	text := d.Text()
	for _, want := range []string{"was asked on 2026-03-03; reply: none", "(press, none", "has from 20 % (without b) to 70 % (without c)"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text has no %q", want)
		}
	}
	for _, odd := range []string{"in transit", "judgement:", "another comes first"} {
		if strings.Contains(text, odd) {
			t.Errorf("the text has %q", odd)
		}
	}
}

func TestLeadingAndNone(t *testing.T) {
	if h, ok := full().Leading(); !ok || h.Actor != "G1" || h.Label() != "Red Otter (G1)" {
		t.Errorf("Leading() = %v, %v", h, ok)
	}
	if h := full().None(); h.P != .3 || h.Label() != "none of the listed" {
		t.Errorf("None() = %v", h)
	}
	if _, ok := empty().Leading(); ok {
		t.Errorf("somebody leads an empty document")
	}
	if h := empty().None(); h != (finding.Hypothesis{}) {
		t.Errorf("None() = %v", h)
	}
}

// Whatever bytes come in, decoding does not panic, takes only what Encode
// writes, and what it takes can be printed.
func FuzzDecode(f *testing.F) {
	for _, d := range []finding.Document{full(), empty()} {
		b, err := d.Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := finding.Decode(b)
		if err != nil {
			return
		}
		again, err := d.Encode()
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("Encode∘Decode = %s, %v, want %s", again, err, b)
		}
		if d.Text() == "" {
			t.Fatal("a finding without a text")
		}
	})
}
