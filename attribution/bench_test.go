package attribution_test

import (
	"fmt"
	"testing"

	"solferino/attribution"
)

// fifty asks about a large incident, made to be slow: 44 techniques that are
// reported of Sandworm, so that framing takes many removals, 5 pieces of
// software and a judgement, from six origins.
func fifty(k *attribution.Knowledge) attribution.Question {
	var q attribution.Question
	seen := map[string]bool{}
	for _, r := range k.Reports {
		for _, o := range r.Objects {
			if r.Actor == "G0034" && o[0] == 'T' && !seen[o] && len(q.Items) < 44 {
				seen[o] = true
				q.Items = append(q.Items, plain(attribution.FamilyTechnique, o))
			}
		}
	}
	for _, s := range []string{"S0002", "S0029", "S0363", "S0039", "S0357"} {
		q.Items = append(q.Items, plain(attribution.FamilySoftware, s))
	}
	q.Items = append(q.Items, artefact("G0034"))
	for i := range q.Items {
		q.Items[i].Origins = []string{fmt.Sprintf("host/%d", i%6)}
	}
	return q
}

func BenchmarkRank(b *testing.B) {
	k := embedded(b)
	q := fifty(k)
	if r := rank(b, k, q); r.IndependentItems != 50 || r.Named != "G0034" {
		b.Fatalf("%d items name %q", r.IndependentItems, r.Named)
	}
	for b.Loop() {
		rank(b, k, q)
	}
}

func BenchmarkParseKnowledge(b *testing.B) {
	text := embedded(b).Encode()
	for b.Loop() {
		if _, err := attribution.ParseKnowledge(text); err != nil {
			b.Fatal(err)
		}
	}
}
