package casebook_test

import (
	"bytes"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"solferino/attribution"
	"solferino/casebook"
	"solferino/convention"
	"solferino/evidence"
	"solferino/finding"
	"solferino/record"
	"solferino/review"
)

func (h *house) compose(change string) finding.Document {
	h.t.Helper()
	d, err := casebook.Compose(h.folded(institution).Institution(), h.inquiry(), change, h.get)
	h.check(err)
	return d
}

const memoFound = "A memo came to light, and one trace fell."

// The findings of the story, as people read them.
func TestComposedFindingsReadAsBefore(t *testing.T) {
	const file = "testdata/findings.txtar"
	got := txtar.Format(&txtar.Archive{
		Comment: []byte("The findings of the story, as text. Written by:\n  go test ./casebook -run TestComposed -update\n\n"),
		Files: []txtar.File{
			{Name: "version 1", Data: []byte(story(t).at(t, "assessed").compose("").Text())},
			{Name: "version 2", Data: []byte(story(t).at(t, "assessed again").compose(memoFound).Text())},
		}})
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); diff != "" {
		t.Errorf("the findings read in another way (-want +got):\n%s", diff)
	}
}

// Likelihood and confidence never stand in one sentence. A point within a
// number ends none.
func TestComposedFindingsKeepLikelihoodFromConfidence(t *testing.T) {
	for at, change := range map[string]string{"assessed": "", "assessed again": memoFound} {
		text := story(t).at(t, at).compose(change).Text()
		for line := range strings.Lines(text) {
			for s := range strings.SplitSeq(line, ". ") {
				if mixed := finding.Lint(strings.ReplaceAll(s, ".", ",")); len(mixed) > 0 {
					t.Errorf("%s: %q speaks of both", at, mixed)
				}
			}
		}
	}
}

// Everybody who has the records composes the same bytes, again and elsewhere.
func TestComposeGivesEverybodyTheSameBytes(t *testing.T) {
	for at, change := range map[string]string{"assessed": "", "assessed again": memoFound} {
		h := story(t).at(t, at)
		first, err := h.compose(change).Encode()
		h.check(err)
		again, err := h.compose(change).Encode()
		h.check(err)
		elsewhere, err := story(t).at(t, at).compose(change).Encode()
		h.check(err)
		if !bytes.Equal(first, again) || !bytes.Equal(first, elsewhere) {
			t.Errorf("%s: composed three times, not the same bytes", at)
		}
		if d, err := finding.Decode(first); err != nil || d.Version != len(h.inquiry().Findings)+1 {
			t.Errorf("%s: Decode() = version %d, %v", at, d.Version, err)
		}
	}
}

// What the story issued is what anybody composes from the records before it.
func TestTheIssuedDocumentIsTheComposedOne(t *testing.T) {
	h := story(t).at(t, "end")
	for i, change := range []string{"", memoFound} {
		f := h.inquiry().Findings[i]
		past, err := h.book.Before(inquiry, f.Index)
		h.check(err)
		d, err := casebook.Compose(h.folded(institution).Institution(), past.Case(), change, h.get)
		h.check(err)
		want, err := d.Encode()
		h.check(err)
		if got := must(h.get(f.Document)); !bytes.Equal(got, want) {
			t.Errorf("version %d is not what is composed again", i+1)
		}
	}
}

func TestComposeShowsNothingOfAClosedExhibit(t *testing.T) {
	h := story(t).at(t, "assessed")
	d := h.compose("")
	i := slices.IndexFunc(d.Exhibits, func(x finding.Exhibit) bool { return x.ID == leak })
	x := d.Exhibits[i]
	if x.Title != "withheld" || x.Source != "" || x.URL != "" || x.TLP != "red" {
		t.Errorf("the closed exhibit is shown as %+v", x)
	}
}

// A result that names somebody, and one in which nobody fits: the words of the
// first screen follow from it.
func TestComposeSaysWhatTheResultSays(t *testing.T) {
	named := attribution.Hypothesis{ID: "G0001", Name: "Red Otter", P: .88, Low: .15, High: .93, Word: "very likely"}
	none := attribution.Hypothesis{ID: attribution.None, Name: "none of the listed", P: .12, Low: .07, High: .85, Word: "very unlikely"}
	tests := map[string]struct {
		result attribution.Result
		who    string
		leads  bool
	}{
		"somebody is named": {attribution.Result{Named: "G0001", Leader: "G0001", Hypotheses: []attribution.Hypothesis{named, none}},
			"It is very likely that Red Otter (G0001) did this: 88 % (15 to 93 %). None of the listed: 12 % (7 to 85 %), very unlikely.", true},
		"somebody leads and is not named": {attribution.Result{Leader: "G0001", Hypotheses: []attribution.Hypothesis{named, none}},
			"Nobody is named. Of the listed actors Red Otter (G0001) comes first: 88 % (15 to 93 %), very likely. None of the listed: 12 % (7 to 85 %), very unlikely.", true},
		"nobody fits": {attribution.Result{Hypotheses: []attribution.Hypothesis{none}}, "Nobody is named: no listed actor fits.", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := story(t).at(t, "concluded")
			h.vault[h.inquiry().Analyses[0].Result.Commit] = must(tt.result.Encode())
			d := h.compose("")
			if d.Sentences.Who != tt.who {
				t.Errorf("says %q, want %q", d.Sentences.Who, tt.who)
			}
			if _, leads := d.Leading(); leads != tt.leads || d.None().P != .12 {
				t.Errorf("leading: %v, none of the listed: %v", leads, d.None())
			}
		})
	}
}

// The finding prints five actors and what it takes to bring the first down.
func TestComposeShowsFiveActorsAndEveryDoubt(t *testing.T) {
	var r attribution.Result
	for i, id := range []string{"G1", "G2", "G3", "G4", "G5", "G6"} {
		r.Hypotheses = append(r.Hypotheses, attribution.Hypothesis{ID: id, Name: "Otter " + id, P: .3 - float64(i)/100})
	}
	r.Hypotheses = append(r.Hypotheses, attribution.Hypothesis{ID: attribution.None, Name: "none of the listed", P: .1})
	r.Leader, r.Named = "G1", "G1"
	r.Framing = attribution.Framing{Cost: 1, Removed: []attribution.Removal{{Family: "software", Value: "S1", P: .004, First: "G9"}}}
	r.WithoutOrigin = []attribution.Without{{Removed: "press", P: .2, First: "G2", Changed: true}, {Removed: "radio", P: .3, First: "G1"}}
	r.Judgements = []attribution.Contribution{{Item: "x-1/o1", Family: "language",
		Judgement: &attribution.Judgement{Actor: "G1", Ratio: 3, Author: "person/analyst", Reason: "a dialect"}}}
	h := story(t).at(t, "concluded")
	h.vault[h.inquiry().Analyses[0].Result.Commit] = must(r.Encode())
	d := h.compose("")
	if len(d.Hypotheses) != 6 || d.Hypotheses[5].Actor != "" {
		t.Errorf("hypotheses are %v, want five that name somebody, and none of the listed", d.Hypotheses)
	}
	want := []string{"Proof that software S1 was planted or misread: G9 would then come first, and Otter G1 would have under 1 %.",
		"Doubt about everything from press: Otter G2 would then come first.",
		"An actor that is not listed, once described in public by independent sources."}
	if diff := cmp.Diff(want, d.WouldChange); diff != "" {
		t.Errorf("WouldChange (-want +got):\n%s", diff)
	}
	if got := d.Items[0].Judgement; got != "person/analyst: 3 times as likely if G1 did it; a dialect" {
		t.Errorf("the judgement reads %q", got)
	}
}

func TestComposeRefuses(t *testing.T) {
	strangers := errors.New("the vault is shut")
	shut := func(record.Attachment) ([]byte, error) { return nil, strangers }
	tests := map[string]struct {
		at    string
		get   func(h *house) casebook.Contents
		wraps error
	}{
		"before any call":          {"noticed", open, casebook.ErrOutOfStep},
		"before the round is over": {"closed", open, review.ErrOutOfStep},
		"a vault that is shut":     {"assessed", func(*house) casebook.Contents { return shut }, strangers},
		"a result that is none":    {"assessed", instead(func(c *casebook.Case) record.Attachment { return c.Analyses[0].Result }), record.ErrMalformed},
		"a manifest that is none":  {"assessed", instead(func(c *casebook.Case) record.Attachment { return c.Shelf.Exhibits[0].Manifest }), record.ErrMalformed},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := story(t).at(t, tt.at)
			if _, err := casebook.Compose(h.folded(institution).Institution(), h.inquiry(), "", tt.get(h)); !errors.Is(err, tt.wraps) {
				t.Errorf("Compose() = %v, want %v", err, tt.wraps)
			}
		})
	}
}

func open(h *house) casebook.Contents { return h.get }

// instead gives nonsense for one attachment of the case.
func instead(of func(c *casebook.Case) record.Attachment) func(h *house) casebook.Contents {
	return func(h *house) casebook.Contents {
		h.vault[of(h.inquiry()).Commit] = []byte("nonsense\n")
		return h.get
	}
}

// The question to the engine: all that weighs, with what was contradicted, and
// a seed that nobody chose.
func TestTheQuestionFollowsFromTheRecords(t *testing.T) {
	h := story(t).at(t, "computed again")
	q, err := h.inquiry().Question(h.get)
	h.check(err)
	got := map[string]string{}
	for _, i := range q.Items {
		got[i.ID] = i.Family + " " + i.Value + " " + i.Contradicted
	}
	want := map[string]string{letter + "/o1": "technique T1018 ", letter + "/o2": "technique T1078 " + memo, letter + "/o3": "technique T1133 ",
		letter + "/o4": "technique T1562.001 ", memo + "/o1": "technique T1021.002 ", memo + "/o2": "software S0089 "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
	if !slices.Equal(q.ExcludedSources, []string{"50", "51"}) || !slices.Equal(q.Circular, []string{"S0604"}) {
		t.Errorf("excluded are %v and %v", q.ExcludedSources, q.Circular)
	}
	h.say(analyst, inquiry, attribution.Excluded{Sources: []string{"51", "52"}, Software: []string{}, Reason: h.attach("one more")})
	other, err := h.inquiry().Question(h.get)
	h.check(err)
	if q.Seed == other.Seed || q.Seed == [32]byte{} {
		t.Errorf("the seed does not follow from what is asked")
	}
	if !slices.Equal(other.ExcludedSources, []string{"50", "51", "52"}) {
		t.Errorf("excluded in two acts are %v", other.ExcludedSources)
	}
}

func TestTheQuestionRefusesWhatIsNotThere(t *testing.T) {
	h := story(t).at(t, "accepted")
	d := h.derived(letter, "T1018")
	d.Count = 2
	h.say(analyst, inquiry, d)
	if _, err := h.inquiry().Question(h.get); err == nil || !strings.Contains(err.Error(), "says 2 observations and holds 1") {
		t.Errorf("Question() = %v, want the count to be missed", err)
	}
	h = story(t).at(t, "derived")
	h.vault[h.inquiry().Shelf.Exhibits[0].Derived[0].Output.Commit] = []byte("nonsense")
	if _, _, err := casebook.Compute(h.inquiry(), knowledge(), h.get); !errors.Is(err, record.ErrMalformed) {
		t.Errorf("Compute() = %v, want record.ErrMalformed", err)
	}
}

// Only techniques, software and what an analyst judged can be weighed; the
// second reading of an exhibit has ids of its own.
func TestTheQuestionTakesWhatCanBeWeighed(t *testing.T) {
	h := story(t).at(t, "derived")
	list := []evidence.Observation{
		{ID: "o1", Family: evidence.Infrastructure, Value: "otter.example"},
		{ID: "o2", Family: evidence.Language, Value: "a dialect", Extraction: .5, Forgeability: .9,
			Judgement: &evidence.Judgement{Actor: "G0034", Ratio: 2, Author: analyst, Reason: "heard before"}},
	}
	h.say(analyst, inquiry, evidence.Derived{Exhibit: letter, Tool: "ear", Version: "1", Count: 2,
		Output: h.attach(string(must(evidence.EncodeObservations(list))))})
	q, err := h.inquiry().Question(h.get)
	h.check(err)
	got := q.Items[len(q.Items)-1]
	want := attribution.Item{ID: letter + "/2/o2", Family: evidence.Language, Value: "a dialect", Origins: []string{"northlight"}, SourceGrade: "B",
		InfoGrade: "2", Forgeability: .9, Extraction: .5,
		Judgement: &attribution.Judgement{Actor: "G0034", Ratio: 2, Author: string(analyst), Reason: "heard before"}}
	if diff := cmp.Diff(want, got); diff != "" || len(q.Items) != 5 {
		t.Errorf("%d items, the last (-want +got):\n%s", len(q.Items), diff)
	}
}

// A contradiction means one reading of an exhibit, by "o1" the first and by
// "2/o1" the second; its words stand beside what it takes away.
func TestAContradictionMeansOneReading(t *testing.T) {
	for observation, want := range map[string]string{"o1": letter + "/o1", "2/o1": letter + "/2/o1"} {
		h := story(t).at(t, "derived")
		h.say(analyst, inquiry, h.derived(letter, "S0089"))
		h.check(h.submit(contradicts(letter, observation, leak)(h)))
		q, err := h.inquiry().Question(h.get)
		h.check(err)
		for _, i := range q.Items {
			if (i.Contradicted != "") != (i.ID == want) {
				t.Errorf("%s is contradicted: %s by %q", observation, i.ID, i.Contradicted)
			}
		}
		h.review(h.compute(), review.Concur, review.Concur, review.Concur, review.Concur)
		out := h.compose("").LeftOut
		if i := slices.IndexFunc(out, func(l finding.LeftOut) bool { return l.ID == want }); i < 0 || !strings.HasSuffix(out[i].Reason, ": why") {
			t.Errorf("%s: left out are %+v", observation, out)
		}
	}
}

// A public bundle holds what the finding rests on, once, and nothing closed.
func TestThePublicBundleHoldsNothingClosed(t *testing.T) {
	h := story(t).at(t, "end")
	c := h.inquiry()
	list := c.Attachments()
	holds := func(a record.Attachment) bool { return slices.Contains(list, a) }
	closed, _ := c.Shelf.Exhibit(leak)
	if holds(closed.Content) || holds(closed.Manifest) {
		t.Errorf("the closed exhibit is in the bundle")
	}
	shown, _ := c.Shelf.Exhibit(letter)
	for what, a := range map[string]record.Attachment{
		"title": c.Title, "exhibit": shown.Content, "manifest": shown.Manifest, "observations": shown.Derived[0].Output,
		"contradiction": shown.Contradicted[0].Reason, "exclusion": c.Excluded[0].Reason, "question": c.Analyses[1].Question,
		"result": c.Analyses[0].Result, "notice": c.Notices[0].Text, "reply": c.Notices[0].Reply.Text,
		"dissent": c.Benches[0].Dissents[0].Opinion, "finding": c.Findings[1].Document,
	} {
		if !holds(a) {
			t.Errorf("the %s is not in the bundle", what)
		}
	}
	if !slices.IsSortedFunc(list, func(a, b record.Attachment) int { return strings.Compare(string(a.Commit), string(b.Commit)) }) {
		t.Errorf("attachments are not sorted")
	}
}

func TestPublishable(t *testing.T) {
	all := []evidence.Use{evidence.ForAnalysis, evidence.ForPublication}
	tests := map[string]struct {
		tlp     evidence.TLP
		consent []evidence.Use
		want    bool
	}{
		"clear, and allowed":      {evidence.Clear, all, true},
		"clear, for analysis":     {evidence.Clear, all[:1], false},
		"clear, for custody only": {evidence.Clear, nil, false},
		"green, and allowed":      {evidence.Green, all, false},
		"red, and allowed":        {evidence.Red, all, false},
	}
	for name, tt := range tests {
		x := &evidence.Exhibit{Received: evidence.Received{TLP: tt.tlp, Consent: tt.consent}}
		if got := casebook.Publishable(x); got != tt.want {
			t.Errorf("%s: Publishable() = %v, want %v", name, got, tt.want)
		}
	}
}

// What a finding rests on: the case, the institution, who acted, what they
// cited, and who let those in; nobody else.
func TestReachIsWhatTheCaseRestsOn(t *testing.T) {
	h := story(t).at(t, "issued")
	kinds := casebook.Kinds()
	got := casebook.Reach(inquiry, institution, func(s record.Subject) []casebook.Entry {
		var list []casebook.Entry
		for _, o := range h.chain[s] {
			list = append(list, casebook.Entry{Record: must(kinds.Decode(o.Record)), Index: o.Index, Leaf: o.Leaf()})
		}
		return list
	})
	want := append(roster(), inquiry, institution, statute, "state/XA", trustee, registrar, secretary, custodian, analyst, counsel)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Reach() (-want +got):\n%s", diff)
	}
}

// A round asks the same clause of every state once, and notes how it stood.
func TestAnAssessmentNotesHowTheClauseStood(t *testing.T) {
	h := story(t).at(t, "assessed")
	if b := h.inquiry().Assessments[0].Binding; b.Force != convention.Voluntary || !strings.Contains(b.By, "A/RES/70/237") {
		t.Errorf("Binding = %+v", b)
	}
	act := assessed(1)
	act.Clause = "dgc-2017#1"
	h.say(counsel, inquiry, act, "state/XA")
	if b := h.inquiry().Assessments[1].Binding; b.Force > convention.Proposal || b.By != "" {
		t.Errorf("a proposal binds: %+v", b)
	}
	if clauses := h.compose("").Clauses; len(clauses) != 2 || clauses[1].Verdict != finding.Undetermined {
		t.Errorf("clauses are %+v", clauses)
	}
}
