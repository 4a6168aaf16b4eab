package attribution_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"solferino/attribution"
)

var update = flag.Bool("update", false, "rewrite goldens: go test ./attribution -update")

func TestRankOnDevelopmentCases(t *testing.T) {
	k := embedded(t)
	tests := []struct {
		name      string
		q         attribution.Question
		named     string
		leader    string
		least     float64 // P of the leader
		most      float64
		framing   int
		refusals  []string // words in each refusal
		confident string
	}{
		{"malware of one actor names it, barely", ukraine2015.question(), "G0034", "G0034", .87, .885, 1, nil, "low"},
		{"malware told of by the incident's sources does not", industroyer.question(), "", "G0034", .10, .20, 0, []string{"none of the listed"}, "low"},
		{"four techniques are too few", viasat.question(), "", "G0032", .55, .69, 0, []string{"4 independent items", "takes 0.7"}, "low"},
		{"a worm that everybody could have written", notPetya.question(), "", "G0082", .10, .35, 0, []string{"none of the listed"}, "low"},
		{"techniques of a false flag are inconclusive", olympicDestroyer.question(), "", "G0034", .40, .50, 0, []string{"takes 0.7"}, "low"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := rank(t, k, tt.q)
			if r.Named != tt.named || r.Leader != tt.leader {
				t.Errorf("named %q, leader %q, want %q and %q", r.Named, r.Leader, tt.named, tt.leader)
			}
			if p := of(r, tt.leader).P; p < tt.least || p > tt.most {
				t.Errorf("P = %v, want %v to %v", p, tt.least, tt.most)
			}
			if r.Framing.Cost != tt.framing {
				t.Errorf("framing cost %d, want %d", r.Framing.Cost, tt.framing)
			}
			if r.Confidence.Level != tt.confident {
				t.Errorf("confidence %q, want %q: %q", r.Confidence.Level, tt.confident, r.Confidence.Drivers)
			}
			if len(r.Refusals) != len(tt.refusals) {
				t.Fatalf("refusals %q, want %d", r.Refusals, len(tt.refusals))
			}
			for i, words := range tt.refusals {
				if !strings.Contains(r.Refusals[i], words) {
					t.Errorf("refusal %q does not say %q", r.Refusals[i], words)
				}
			}
		})
	}
}

func TestRankExplainsUkraine(t *testing.T) {
	r := rank(t, embedded(t), ukraine2015.question())

	h := of(r, "G0034")
	if h.Low < .05 || h.Low > .30 || h.High < .90 || h.High > .95 {
		t.Errorf("interval %v to %v, want about .15 to .93", h.Low, h.High)
	}
	if h.Word != "very likely" || h.Percent != "88 %" {
		t.Errorf("said as %q, %q", h.Word, h.Percent)
	}
	if got := r.Framing.Removed[0].Value; got != "S0089" {
		t.Errorf("the name rests on %q, want BlackEnergy", got)
	}
	var implied []string
	for _, l := range r.LeftOut {
		if l.Standing == attribution.StandingImplied {
			implied = append(implied, l.Value)
		}
	}
	if diff := cmp.Diff([]string{"T1056.001", "T1070.004", "T1071.001"}, implied); diff != "" {
		t.Errorf("implied techniques (-want +got):\n%s", diff)
	}
	for _, w := range r.WithoutFamily {
		if w.Removed == attribution.FamilySoftware && w.First == "G0034" {
			t.Error("Sandworm is first on techniques alone; the reference says it is not")
		}
	}
	for _, x := range r.ExcludedSources {
		if (x.ID == "353") != (x.Edges == 38) {
			t.Errorf("source %s: %d edges excluded", x.ID, x.Edges)
		}
	}
}

func TestRankNeedsOnlyExcludedSourcesToDropAName(t *testing.T) {
	k, d := embedded(t), ukraine2015
	d.excluded = append([]string{"350", "351", "352"}, d.excluded...)
	r := rank(t, k, d.question())
	if r.Named != "" {
		t.Errorf("named %q although every source on BlackEnergy is excluded", r.Named)
	}
	if got := len(r.CircularSoftware); got == 0 {
		t.Error("software known from excluded sources alone is not reported")
	}
}

func TestContradictionTakesAForgedArtefactBack(t *testing.T) {
	k := embedded(t)
	plainly := rank(t, k, olympicDestroyer.question())

	q := olympicDestroyer.question()
	q.Items = append(q.Items, artefact("G0032"))
	forged := rank(t, k, q)
	if before, after := of(plainly, "G0032").P, of(forged, "G0032").P; after < 10*before {
		t.Errorf("the artefact moves Lazarus from %v to %v only", before, after)
	}
	if len(forged.Judgements) != 1 || forged.Judgements[0].Judgement.Author != "analyst/7" {
		t.Errorf("judgements %+v, want the analyst's", forged.Judgements)
	}

	q.Items[len(q.Items)-1].Contradicted = "contradiction/3"
	contradicted := rank(t, k, q)
	if len(contradicted.LeftOut) != 1 || contradicted.LeftOut[0].Standing != attribution.StandingContradicted {
		t.Errorf("left out %+v, want the contradicted item", contradicted.LeftOut)
	}
	contradicted.LeftOut = nil
	if diff := cmp.Diff(plainly, contradicted); diff != "" {
		t.Errorf("the former numbers do not come back (-want +got):\n%s", diff)
	}
}

func TestWithoutAnItemIsTheQuestionWithoutIt(t *testing.T) {
	k, q := embedded(t), ukraine2015.question()
	r := rank(t, k, q)
	for _, w := range r.WithoutItem[:6] {
		fewer := q
		fewer.Items = nil
		for _, it := range q.Items {
			if it.ID != w.Removed {
				fewer.Items = append(fewer.Items, it)
			}
		}
		asked := rank(t, k, fewer)
		if got := of(asked, r.Leader).P; got != w.P {
			t.Errorf("without %s: P %v in the table, %v when asked", w.Removed, w.P, got)
		}
	}
}

func TestTwoItemsThatSayTheSameCountOnce(t *testing.T) {
	k, q := embedded(t), ukraine2015.question()
	before := rank(t, k, q)
	twin := q.Items[17] // BlackEnergy, seen by somebody else
	twin.ID, twin.Origins, twin.InfoGrade = "twin", []string{"vendor"}, "3"
	q.Items = append(q.Items, twin)
	r := rank(t, k, q)

	if of(r, "G0034").P != of(before, "G0034").P || r.IndependentItems != before.IndependentItems {
		t.Error("a repeated observation changes the numbers")
	}
	if r.IndependentSources != before.IndependentSources+1 {
		t.Errorf("%d sources, want one more than %d", r.IndependentSources, before.IndependentSources)
	}
	if r.Framing.Cost != 1 || len(r.Framing.Removed[0].Items) != 2 {
		t.Errorf("framing %+v, want both items of BlackEnergy at once", r.Framing)
	}
}

func TestRankRefusesAQuestion(t *testing.T) {
	k := embedded(t)
	tests := []struct {
		name   string
		change func(*attribution.Question)
		says   string
	}{
		{"excluded source is mistyped", func(q *attribution.Question) { q.ExcludedSources = []string{"35E"} }, `source "35E"`},
		{"circular software is mistyped", func(q *attribution.Question) { q.Circular = []string{"S9999"} }, `software "S9999"`},
		{"two items share an id", func(q *attribution.Question) { q.Items[1].ID = q.Items[0].ID }, "occurs twice"},
		{"family is unknown", func(q *attribution.Question) { q.Items[0].Family = "hunch" }, `family "hunch"`},
		{"item has no origin", func(q *attribution.Question) { q.Items[0].Origins = nil }, "needs an origin"},
		{"source is not graded", func(q *attribution.Question) { q.Items[0].SourceGrade = "" }, "A to F"},
		{"information is not graded", func(q *attribution.Question) { q.Items[0].InfoGrade = "7" }, "1 to 6"},
		{"extraction is above one", func(q *attribution.Question) { q.Items[0].Extraction = 1.5 }, "between 0 and 1"},
		{"technique is judged", func(q *attribution.Question) {
			q.Items[0].Judgement = &attribution.Judgement{Actor: "G0034", Ratio: 2, Author: "a", Reason: "b"}
		}, "takes no judgement"},
		{"judgement exceeds its bound", func(q *attribution.Question) {
			it := artefact("G0034")
			it.Judgement.Ratio = 21
			q.Items = append(q.Items, it)
		}, "1/20 and 20"},
		{"judgement has no reason", func(q *attribution.Question) {
			it := artefact("G0034")
			it.Judgement.Reason = ""
			q.Items = append(q.Items, it)
		}, "author and reason"},
		{"judgement is about nobody known", func(q *attribution.Question) { q.Items = append(q.Items, artefact("G9999")) }, `"G9999"`},
		{"too many resamples", func(q *attribution.Question) { q.Resamples = 1e6 }, "resamples"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := ukraine2015.question()
			tt.change(&q)
			_, err := attribution.Rank(k, q)
			if !errors.Is(err, attribution.ErrQuestion) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("Rank() = %v, want an error that says %q", err, tt.says)
			}
		})
	}
}

func TestEmptyQuestionIsRefusedANameNotAnAnswer(t *testing.T) {
	r := rank(t, embedded(t), attribution.Question{})
	if len(r.Refusals) != 3 || r.Hypotheses[0].ID != attribution.None {
		t.Errorf("refusals %q, first %q", r.Refusals, r.Hypotheses[0].ID)
	}
}

func TestResultBytesStayTheSame(t *testing.T) {
	// Another machine, compiler or year gives these bytes. When a change of
	// method changes them, EngineVersion rises with the golden.
	got, err := rank(t, embedded(t), ukraine2015.question()).Encode()
	if err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/ukraine-2015.json"
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("bytes differ from %s:\n%s", golden, cmp.Diff(string(want), string(got)))
	}
}
