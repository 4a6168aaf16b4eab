package attribution_test

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"solferino/attribution"
)

// village is a small knowledge, so that properties are checked quickly: five
// actors, twelve techniques, four pieces of software of which the first is
// malware that does the first two techniques.
func village(t testing.TB) *attribution.Knowledge {
	t.Helper()
	k := attribution.Knowledge{Version: "village"}
	for i := range 12 {
		k.Techniques = append(k.Techniques, attribution.Technique{ID: fmt.Sprintf("T%02d", i), Name: "technique"})
	}
	for i := range 4 {
		k.Software = append(k.Software, attribution.Software{ID: fmt.Sprintf("S%d", i), Name: "software", Type: attribution.Tool})
	}
	k.Software[0].Type, k.Software[0].Techniques = attribution.Malware, []string{"T00", "T01"}
	for i := range 6 {
		k.Sources = append(k.Sources, attribution.Source{ID: fmt.Sprint(i), Name: "source"})
	}
	for i := range 5 {
		a := fmt.Sprintf("G%d", i)
		k.Actors = append(k.Actors, attribution.Actor{ID: a, Name: "actor " + a})
		for s := range 1 + i {
			r := attribution.Report{Actor: a, Source: fmt.Sprint(s), Objects: []string{fmt.Sprintf("S%d", i%3)}}
			for x := range 2 + (i*s)%5 {
				r.Objects = append(r.Objects, fmt.Sprintf("T%02d", (x*(i+1)+s)%12))
			}
			k.Reports = append(k.Reports, r)
		}
	}
	checked, err := attribution.New(k)
	if err != nil {
		t.Fatal(err)
	}
	return checked
}

// drawItem draws any item that a question may hold; T12 and S4 are unknown.
func drawItem(t *rapid.T, id string) attribution.Item {
	it := attribution.Item{
		ID:           id,
		Family:       rapid.SampledFrom([]string{"technique", "software", "artefact", "infrastructure", "persona", "timing", "language"}).Draw(t, "family"),
		SourceGrade:  rapid.StringMatching(`[A-F]`).Draw(t, "source grade"),
		InfoGrade:    rapid.StringMatching(`[1-6]`).Draw(t, "info grade"),
		Forgeability: rapid.Float64Range(0, 1).Draw(t, "forgeability"),
		Extraction:   rapid.Float64Range(0, 1).Draw(t, "extraction"),
		Contradicted: rapid.SampledFrom([]string{"", "", "", "c1"}).Draw(t, "contradicted"),
		Origins:      rapid.SliceOfN(rapid.StringMatching(`[a-d]`), 1, 3).Draw(t, "origins"),
	}
	switch it.Family {
	case "technique":
		it.Value = fmt.Sprintf("T%02d", rapid.IntRange(0, 12).Draw(t, "technique"))
	case "software":
		it.Value = fmt.Sprintf("S%d", rapid.IntRange(0, 4).Draw(t, "software"))
	default:
		it.Value = rapid.StringMatching(`[a-c]`).Draw(t, "value")
		if rapid.Bool().Draw(t, "judged") {
			it.Judgement = &attribution.Judgement{
				Actor: fmt.Sprintf("G%d", rapid.IntRange(0, 4).Draw(t, "actor")),
				Ratio: rapid.Float64Range(.05, 20).Draw(t, "ratio"), Author: "a", Reason: "b"}
		}
	}
	return it
}

func drawQuestion(t *rapid.T) attribution.Question {
	q := attribution.Question{
		ExcludedSources: rapid.SliceOfDistinct(rapid.StringMatching(`[0-5]`), rapid.ID).Draw(t, "excluded"),
		Circular:        rapid.SliceOfDistinct(rapid.StringMatching(`S[0-3]`), rapid.ID).Draw(t, "circular"),
		Resamples:       rapid.IntRange(1, 9).Draw(t, "resamples"),
	}
	for i := range rapid.IntRange(0, 12).Draw(t, "items") {
		q.Items = append(q.Items, drawItem(t, fmt.Sprintf("i%02d", i)))
	}
	return q
}

func encode(t rapid.TB, k *attribution.Knowledge, q attribution.Question) []byte {
	r, err := attribution.Rank(k, q)
	if err != nil {
		t.Fatal(err)
	}
	b, err := r.Encode()
	if err != nil {
		t.Fatal(err) // NaN and infinities cannot be encoded
	}
	return b
}

func TestOrderOfAQuestionMeansNothing(t *testing.T) {
	k := village(t)
	rapid.Check(t, func(t *rapid.T) {
		q := drawQuestion(t)
		p := q
		p.Items = rapid.Permutation(q.Items).Draw(t, "items, permuted")
		p.ExcludedSources = rapid.Permutation(q.ExcludedSources).Draw(t, "excluded, permuted")
		p.Circular = rapid.Permutation(q.Circular).Draw(t, "circular, permuted")
		if a, b := encode(t, k, q), encode(t, k, p); !bytes.Equal(a, b) {
			t.Errorf("bytes differ:\n%s\n%s", a, b)
		}
	})
}

func TestItemThatCannotBeJudgedChangesOnlyItsListing(t *testing.T) {
	k := village(t)
	rapid.Check(t, func(t *rapid.T) {
		q := drawQuestion(t)
		before := encode(t, k, q)
		worthless := drawItem(t, "worthless")
		worthless.SourceGrade, worthless.InfoGrade = "F", "1"
		if rapid.Bool().Draw(t, "by information") {
			worthless.SourceGrade, worthless.InfoGrade = "A", "6"
		}
		q.Items = append(q.Items, worthless)
		r, err := attribution.Rank(k, q)
		if err != nil {
			t.Fatal(err)
		}
		listed := len(r.LeftOut)
		r.LeftOut = slices.DeleteFunc(r.LeftOut, func(l attribution.LeftOut) bool { return l.Item == "worthless" })
		if len(r.LeftOut) != listed-1 {
			t.Error("the item is not listed once")
		}
		after, err := r.Encode()
		if err != nil || !bytes.Equal(before, after) {
			t.Errorf("%v; bytes differ:\n%s\n%s", err, before, after)
		}
	})
}

func TestRemovingAnItemLeavesTheOthersTheirIDs(t *testing.T) {
	k := village(t)
	rapid.Check(t, func(t *rapid.T) {
		q := drawQuestion(t)
		if len(q.Items) == 0 {
			return
		}
		at := rapid.IntRange(0, len(q.Items)-1).Draw(t, "removed")
		var want []string
		for i, it := range q.Items {
			if i != at {
				want = append(want, it.ID)
			}
		}
		q.Items = slices.Delete(slices.Clone(q.Items), at, at+1)
		r, err := attribution.Rank(k, q)
		if err != nil {
			t.Fatal(err)
		}
		if got := listed(r); !slices.Equal(got, want) {
			t.Errorf("items %v listed, want %v", got, want)
		}
	})
}

// listed gives the ids of all items that a result lists, each once.
func listed(r attribution.Result) []string {
	var ids []string
	for _, c := range slices.Concat(r.Items, r.Judgements) {
		ids = append(ids, c.Item)
	}
	for _, l := range r.LeftOut {
		ids = append(ids, l.Item)
	}
	slices.Sort(ids)
	return ids
}

func TestNumbersOfAResultAreSound(t *testing.T) {
	k := village(t)
	rapid.Check(t, func(t *rapid.T) {
		r, err := attribution.Rank(k, drawQuestion(t))
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for i, h := range r.Hypotheses {
			sum += h.P
			if h.Low > h.P || h.P > h.High || h.Low < .0001 || h.High > .9999 {
				t.Errorf("%s: P %v within %v to %v", h.ID, h.P, h.Low, h.High)
			}
			if i > 0 && h.P > r.Hypotheses[i-1].P {
				t.Errorf("%s stands below a less likely hypothesis", h.ID)
			}
		}
		if math.Abs(sum-1) > 6*.0001 { // five actors and none, each rounded
			t.Errorf("probabilities add up to %v", sum)
		}
		if r.Named != "" && len(r.Refusals) > 0 || r.Named == "" && len(r.Refusals) == 0 {
			t.Errorf("named %q with refusals %q", r.Named, r.Refusals)
		}
		b := encodeResult(t, r)
		if strings.Contains(string(b), "-0,") {
			t.Errorf("unsound number in %s", b)
		}
		again, err := attribution.DecodeResult(b)
		if err != nil || !bytes.Equal(b, encodeResult(t, again)) {
			t.Errorf("a result does not read back: %v", err)
		}
	})
}

func encodeResult(t rapid.TB, r attribution.Result) []byte {
	b, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return b
}
