package attribution_test

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"solferino/attribution"
)

const hamlet = `solferino knowledge 1
version	hamlet
notice	© somebody
source	s1	2016	First report	https://example.org/1
source	s2	0	Second report
technique	T1	One	discovery	execution
technique	T2	Two
software	S1	malware	Evil	Bad	Worse
does	S1	T1	T2
actor	G1	Bear	Cub
claim	G1	country	CN	s2	ungraded
claim	G1	relation/similar	G2	s2	likely
actor	G2	Fox
report	G1	-	S1
report	G1	s1	S1	T1
`

func TestKnowledgeReadsBackAsWritten(t *testing.T) {
	k, err := attribution.ParseKnowledge([]byte(hamlet))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(hamlet, string(k.Encode())); diff != "" {
		t.Errorf("canonical text changes (-want +got):\n%s", diff)
	}
	if got := k.Actors[0].Claims[0]; got != (attribution.Claim{Kind: "country", Value: "CN", Source: "s2", Confidence: "ungraded"}) {
		t.Errorf("claim %+v", got)
	}
	if len(k.Digest()) != 64 {
		t.Errorf("digest %q", k.Digest())
	}
}

func TestParseKnowledgeRefuses(t *testing.T) {
	tests := []struct {
		name, old, new, says string
	}{
		{"another format", "solferino knowledge 1", "solferino knowledge 2", "line 1:"},
		{"no version", "version\thamlet\n", "", "no version"},
		{"second version", "version\thamlet", "version\thamlet\nversion\tother", "line 3: a second version"},
		{"unknown word", "notice\t", "notise\t", `line 3: no fact begins with "notise"`},
		{"too few fields", "source\ts2\t0\tSecond report", "source\ts2\t0", "line 5: source with 2 fields"},
		{"year in words", "2016", "mmxvi", `line 4: source "s1": year "mmxvi"`},
		{"source twice", "source\ts2", "source\ts1", `line 5: source "s1" occurs twice`},
		{"id with a space", "source\ts2", "source\ts 2", `line 5: source id "s 2"`},
		{"software of another type", "malware", "ransomware", `line 8: software "S1": type "ransomware"`},
		{"unknown technique", "does\tS1\tT1\tT2", "does\tS1\tT1\tT3", `line 9: software "S1" does unknown technique "T3"`},
		{"claim without a source", "country\tCN\ts2", "country\tCN\ts3", `line 11: claim about "G1" from unknown source "s3"`},
		{"claim of another kind", "claim\tG1\tcountry", "claim\tG1\tguilt", "line 11"},
		{"report twice", "report\tG1\ts1\t", "report\tG1\t-\t", `line 15: source "" reports twice about "G1"`},
		{"report on nobody", "report\tG1\t-", "report\tG3\t-", `line 14: report about unknown actor "G3"`},
		{"report of something unknown", "report\tG1\t-\tS1", "report\tG1\t-\tS2", `line 14: source "" reports unknown object "S2"`},
		{"carriage return", "notice\t© somebody", "notice\t© somebody\r", "line 3"},
		{"bytes that are no text", "Fox", "F\xffx", "line 13"},
		{"empty line", "notice\t© somebody", "", "line 3: no fact"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.Replace(hamlet, tt.old, tt.new, 1)
			_, err := attribution.ParseKnowledge([]byte(text))
			if !errors.Is(err, attribution.ErrKnowledge) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("ParseKnowledge() = %v, want an error that says %q", err, tt.says)
			}
		})
	}
}

func TestEmbeddedKnowledge(t *testing.T) {
	k := embedded(t)
	const mitre = "© 2025 The MITRE Corporation. This work is reproduced and distributed with the permission of The MITRE Corporation."
	if k.Notices[0] != mitre {
		t.Errorf("first notice %q, want MITRE's", k.Notices[0])
	}
	if got := len(k.Actors); got != 159 {
		t.Errorf("%d actors, want 159", got)
	}
	for _, r := range k.Reports {
		if r.Actor[0] != 'G' {
			t.Errorf("report about %s: campaigns make no profile", r.Actor)
		}
	}
	text := k.Encode()
	again, err := attribution.ParseKnowledge(text)
	if err != nil || !reflect.DeepEqual(k, again) || !bytes.Equal(text, again.Encode()) {
		t.Errorf("the embedded knowledge does not read back: %v", err)
	}
}

func TestEmbeddedKnowledgeParsesQuickly(t *testing.T) {
	text, best := embedded(t).Encode(), time.Hour
	for range 5 { // the machine may be busy
		start := time.Now()
		if _, err := attribution.ParseKnowledge(text); err != nil {
			t.Fatal(err)
		}
		best = min(best, time.Since(start))
	}
	if best > 30*time.Millisecond {
		t.Errorf("parsing takes %v, want less than 30 ms", best)
	}
}

func TestMergeJoinsWithoutSettling(t *testing.T) {
	a, err := attribution.ParseKnowledge([]byte(hamlet))
	if err != nil {
		t.Fatal(err)
	}
	if same, err := attribution.Merge(a, a); err != nil || !reflect.DeepEqual(same, a) {
		t.Errorf("a knowledge merged with itself changes: %v", err)
	}
	b, err := attribution.New(attribution.Knowledge{Version: "other",
		Actors: []attribution.Actor{{ID: "uuid/1", Name: "Bear"}}})
	if err != nil {
		t.Fatal(err)
	}
	both, err := attribution.Merge(a, b)
	if err != nil {
		t.Fatal(err)
	}
	if len(both.Actors) != 3 || both.Version != "hamlet; other" {
		t.Errorf("%d actors in %q, want the two Bears apart", len(both.Actors), both.Version)
	}
	c, err := attribution.ParseKnowledge([]byte(strings.Replace(hamlet, "Cub", "Grizzly", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := attribution.Merge(a, c); !errors.Is(err, attribution.ErrKnowledge) || !strings.Contains(err.Error(), "actor G1") {
		t.Errorf("Merge() = %v, want that the two disagree on G1", err)
	}
}

func TestRankChecksKnowledgeThatWasMadeByHand(t *testing.T) {
	k := village(t)
	k.Reports = append(slices.Clone(k.Reports), attribution.Report{Actor: "G9", Objects: []string{"T01"}})
	if _, err := attribution.Rank(k, attribution.Question{}); !errors.Is(err, attribution.ErrKnowledge) {
		t.Errorf("Rank() = %v, want ErrKnowledge", err)
	}
}

func FuzzParseKnowledge(f *testing.F) {
	f.Add([]byte(hamlet))
	f.Add([]byte("solferino knowledge 1\nversion\tx\n"))
	f.Add([]byte("solferino knowledge 1\nversion\tx\nactor\tb\tB\nactor\ta\tA\ty\tx\tx"))
	f.Fuzz(func(t *testing.T, text []byte) {
		k, err := attribution.ParseKnowledge(text)
		if err != nil {
			return
		}
		again, err := attribution.ParseKnowledge(k.Encode())
		if err != nil {
			t.Fatalf("what was read does not encode: %v\n%q", err, k.Encode())
		}
		if !reflect.DeepEqual(k, again) {
			t.Fatalf("reading back changes:\n%s", cmp.Diff(k, again))
		}
	})
}
