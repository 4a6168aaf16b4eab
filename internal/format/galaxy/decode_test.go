package galaxy

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"solferino/attribution"
)

const small = `{
 "name": "Threat Actor", "type": "threat-actor", "version": 7, "uuid": "x",
 "values": [
  {"value": "Bear", "uuid": "00000000-0000-4000-8000-000000000001",
   "meta": {"synonyms": ["Bear", "Cub "], "country": "CN", "attribution-confidence": "50",
            "cfr-suspected-state-sponsor": "China", "refs": ["https://example.org"], "origin:Cub": "Somebody"},
   "related": [
    {"dest-uuid": "00000000-0000-4000-8000-000000000002", "type": "similar",
     "tags": ["estimative-language:likelihood-probability=\"likely\""]},
    {"dest-uuid": "00000000-0000-4000-8000-000000000003", "type": "uses"}]},
  {"value": "Cub", "uuid": "00000000-0000-4000-8000-000000000002",
   "meta": {"country": ["IR", "KP"], "attribution-confidence": "75", "cfr-suspected-state-sponsor": "Unknown"}},
  {"value": "Fox", "uuid": "00000000-0000-4000-8000-000000000004", "meta": {"country": "RU"}}
 ]
}`

func TestDecodeGivesClaimsAndJoinsNobody(t *testing.T) {
	k, omitted, err := Decode([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	want := `solferino knowledge 1
version	MISP galaxy: Threat Actor, version 7
notice	` + notice + `
source	cfr:cyber-operations-tracker	0	Council on Foreign Relations, Cyber Operations Tracker, as quoted by MISP galaxy: Threat Actor, version 7	` + cfrURL + `
source	misp:threat-actor/7	0	MISP galaxy: Threat Actor, version 7	` + galaxyURL + `
actor	00000000-0000-4000-8000-000000000001	Bear	Cub
claim	00000000-0000-4000-8000-000000000001	country	CN	misp:threat-actor/7	ungraded
claim	00000000-0000-4000-8000-000000000001	relation/similar	00000000-0000-4000-8000-000000000002	misp:threat-actor/7	likely
claim	00000000-0000-4000-8000-000000000001	relation/uses	00000000-0000-4000-8000-000000000003	misp:threat-actor/7	unstated
claim	00000000-0000-4000-8000-000000000001	sponsor	China	cfr:cyber-operations-tracker	ungraded
actor	00000000-0000-4000-8000-000000000002	Cub
claim	00000000-0000-4000-8000-000000000002	country	IR	misp:threat-actor/7	75
claim	00000000-0000-4000-8000-000000000002	country	KP	misp:threat-actor/7	75
actor	00000000-0000-4000-8000-000000000004	Fox
claim	00000000-0000-4000-8000-000000000004	country	RU	misp:threat-actor/7	unstated
`
	if diff := cmp.Diff(want, string(k.Encode())); diff != "" {
		t.Errorf("knowledge (-want +got):\n%s", diff)
	}
	wantOmitted := []Omission{
		{"cfr-suspected-state-sponsor", whyNothing, 1},
		{"origin:…", whyNoPlace, 1},
		{"refs", whyNoPlace, 1},
		{"synonym", whyNoAliases, 1},
	}
	if diff := cmp.Diff(wantOmitted, omitted); diff != "" {
		t.Errorf("omissions (-want +got):\n%s", diff)
	}
}

func TestDecodeRefuses(t *testing.T) {
	tests := []struct {
		name, old, new, says string
	}{
		{"duplicate member", `"country": "CN"`, `"country": "CN", "country": "RU"`, "line 5, byte "},
		{"cut off", `"meta": {"country": "RU"}}`, `"meta": {"count`, "line 13, byte "},
		{"country that is a number", `"country": "CN"`, `"country": 7`, "line 5, byte "},
		{"cluster of tools", `"type": "threat-actor"`, `"type": "tool"`, "line 1, byte 0: not a MISP galaxy cluster"},
		{"entry without uuid", `"Fox", "uuid": "00000000-0000-4000-8000-000000000004"`, `"Fox"`, "line 13, byte "},
		{"entry twice", "8000-000000000004", "8000-000000000001", "line 13, byte "},
		{"entry without a name", `"Fox"`, `"\n"`, "has no value"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.Replace(small, tt.old, tt.new, 1)
			if text == small {
				t.Fatal("the case changes nothing")
			}
			_, _, err := Decode([]byte(text))
			if !errors.Is(err, ErrCluster) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("Decode() = %v, want an error that says %q", err, tt.says)
			}
		})
	}
}

func TestDecodePublishedCluster(t *testing.T) {
	text, err := os.ReadFile("../../../../shared/data/knowledge-import/misp-galaxy-threat-actor.json")
	if err != nil {
		t.Skipf("NOT TESTED with the published cluster: %v", err)
	}
	k, omitted, err := Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, a := range k.Actors {
		for _, c := range a.Claims {
			kind, _, _ := strings.Cut(c.Kind, "/")
			count[kind]++
			count[kind+" "+c.Confidence]++
		}
	}
	t.Logf("%d actors, claims %v", len(k.Actors), count)
	for _, o := range omitted {
		t.Logf("%4d × %s: %s", o.Count, o.What, o.Why)
	}
	if len(k.Actors) != 1041 || count["country"] != 476 || count["relation"] != 432 || count["sponsor"] != 91 {
		t.Errorf("%d actors, claims %v, want 1041 with 476 countries, 432 relations and 91 sponsors", len(k.Actors), count)
	}
	embedded, err := attribution.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	both, err := attribution.Merge(embedded, k)
	if err != nil || len(both.Actors) != 159+1041 {
		t.Errorf("merged with the embedded knowledge: %v", err)
	}
}

func TestDecodeSurvivesHostileFiles(t *testing.T) {
	names, _ := filepath.Glob("../../../../shared/data/hostile/json/test_parsing/*.json")
	if len(names) == 0 {
		t.Skip("NOT TESTED with hostile files: none found")
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := Decode(text); !errors.Is(err, ErrCluster) {
			t.Errorf("%s: Decode() = %v, want ErrCluster", filepath.Base(name), err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(small))
	f.Fuzz(func(t *testing.T, text []byte) {
		k, _, err := Decode(text)
		if err != nil {
			if !errors.Is(err, ErrCluster) {
				t.Fatalf("Decode() = %v, want ErrCluster", err)
			}
			return
		}
		if _, err := attribution.ParseKnowledge(k.Encode()); err != nil {
			t.Fatalf("what was read does not encode: %v", err)
		}
	})
}
