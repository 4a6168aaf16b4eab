package attribution

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestSoftmaxAddsUpToOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scores := rapid.SliceOfN(rapid.Float64Range(-400, 400), 1, 200).Draw(t, "scores")
		o := newOutcome(len(scores))
		copy(o.score, scores)
		o.softmax(rapid.Float64Range(-400, 400).Draw(t, "none"))
		sum := o.none
		for _, p := range o.p {
			sum += p
		}
		if math.Abs(sum-1) > 1e-9 {
			t.Errorf("sum = %v", sum)
		}
	})
}

func TestContributionsAddUpToTheScore(t *testing.T) {
	k, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	q := Question{Resamples: 1}
	add := func(family, value string, j *Judgement) {
		q.Items = append(q.Items, Item{ID: family + value, Family: family, Value: value, Origins: []string{"a"},
			SourceGrade: "A", InfoGrade: "1", Extraction: 1, Judgement: j})
	}
	for _, v := range []string{"T1018", "T1040", "T1570"} {
		add(FamilyTechnique, v, nil)
	}
	for _, v := range []string{"S0089", "S0607", "S0002"} {
		add(FamilySoftware, v, nil)
	}
	for _, v := range []string{"a", "b"} {
		add(FamilyPersona, v, &Judgement{Actor: "G0034", Ratio: 19, Author: "a", Reason: "b"})
	}
	q, err = q.prepare()
	if err != nil {
		t.Fatal(err)
	}
	p, err := compile(k, nil)
	if err != nil {
		t.Fatal(err)
	}
	d, err := open(p, q)
	if err != nil {
		t.Fatal(err)
	}
	a := analyse(k, p, d)
	want := a.out.score[a.leader] - a.out.score[a.runnerUp]
	got := a.m.breadth[a.leader] - a.m.breadth[a.runnerUp]
	for _, v := range a.contributions() {
		got += v.runnerUp
	}
	if math.Abs(got-want) > 1e-12 {
		t.Errorf("contributions add up to %v, the scores differ by %v", got, want)
	}
	if bounded := bound(a.out.judgement[a.leader]); bounded != capNats {
		t.Errorf("two judgements of 19 say %v nats together, want the bound %v", bounded, capNats)
	}
}

func TestGradesOnlyLowerReliance(t *testing.T) {
	whole := Item{Family: FamilyTechnique, SourceGrade: "B", InfoGrade: "2", Extraction: 1}
	tests := []struct {
		name   string
		change func(*Item)
		want   float64
	}{
		{"usually reliable, probably true", func(*Item) {}, .7},
		{"completely reliable, confirmed", func(it *Item) { it.SourceGrade, it.InfoGrade = "A", "1" }, .7},
		{"fairly reliable", func(it *Item) { it.SourceGrade = "C" }, .56},
		{"fairly reliable, possibly true", func(it *Item) { it.SourceGrade, it.InfoGrade = "C", "3" }, .448},
		{"source cannot be judged", func(it *Item) { it.SourceGrade = "F" }, 0},
		{"truth cannot be judged", func(it *Item) { it.InfoGrade = "6" }, 0},
		{"harder to forge than its family", func(it *Item) { it.Forgeability = .1 }, .7},
		{"easier to forge than its family", func(it *Item) { it.Forgeability = .75 }, .35},
		{"anybody can forge it", func(it *Item) { it.Forgeability = 1 }, 0},
		{"half sure that it was read rightly", func(it *Item) { it.Extraction = .5 }, .35},
		{"not read at all", func(it *Item) { it.Extraction = 0 }, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			it := whole
			tt.change(&it)
			if got := it.rely(forgeability[it.Family], rhoOf[it.Family]).rho; math.Abs(got-tt.want) > 1e-15 {
				t.Errorf("ρ = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestConfidenceIsCappedByWeaknesses(t *testing.T) {
	strong := Result{IndependentItems: 12, IndependentSources: 4, EvidenceQuality: 1, ForgeableShare: .5,
		Framing:      Framing{Cost: 4, Removed: make([]Removal, 4)},
		FamilyShares: []FamilyShare{{FamilyTechnique, .5}, {FamilySoftware, .5}}}
	tests := []struct {
		name   string
		change func(*Result)
		want   string
	}{
		{"four removals bring the name down", func(*Result) {}, ConfidenceHigh},
		{"three do", func(r *Result) { r.Framing.Cost = 3 }, ConfidenceModerate},
		{"two do", func(r *Result) { r.Framing.Cost = 2 }, ConfidenceModerate},
		{"one does", func(r *Result) { r.Framing.Cost = 1 }, ConfidenceLow},
		{"no name was within reach", func(r *Result) { r.Framing.Cost = 0 }, ConfidenceModerate},
		{"one family brings more than 70 %", func(r *Result) { r.FamilyShares[0].Share = .71 }, ConfidenceLow},
		{"one family brings 70 %", func(r *Result) { r.FamilyShares[0].Share = .7 }, ConfidenceHigh},
		{"nothing supports", func(r *Result) { r.FamilyShares = nil }, ConfidenceLow},
		{"four items", func(r *Result) { r.IndependentItems = 4 }, ConfidenceLow},
		{"one source", func(r *Result) { r.IndependentSources = 1 }, ConfidenceLow},
		{"grades C3 throughout", func(r *Result) { r.EvidenceQuality = .64 }, ConfidenceModerate},
		{"grades D3 throughout", func(r *Result) { r.EvidenceQuality = .4 }, ConfidenceLow},
		{"mostly forgeable", func(r *Result) { r.ForgeableShare = .8 }, ConfidenceModerate},
		{"mostly forgeable, one removal", func(r *Result) { r.ForgeableShare, r.Framing.Cost = .8, 1 }, ConfidenceLow},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := strong
			r.FamilyShares = append([]FamilyShare(nil), strong.FamilyShares...)
			tt.change(&r)
			a := analysis{r: r}
			if got := a.confidence(); got.Level != tt.want {
				t.Errorf("confidence %q, want %q: %q", got.Level, tt.want, got.Drivers)
			}
		})
	}
}
