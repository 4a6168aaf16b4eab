package attack

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"solferino/attribution"
)

// small is a bundle with one of everything that is carried, and its
// relationship before its ends.
const small = `{
 "type": "bundle", "id": "bundle--1", "spec_version": "2.0",
 "objects": [
  {"type": "x-mitre-collection", "id": "x-mitre-collection--1", "name": "Small ATT&CK", "x_mitre_version": "1.0"},
  {"type": "marking-definition", "id": "marking-definition--1", "definition": {"statement": "Copyright\nsomebody"}},
  {"type": "relationship", "id": "relationship--1", "relationship_type": "uses",
   "source_ref": "intrusion-set--1", "target_ref": "attack-pattern--1",
   "external_references": [{"source_name": "A Vendor May 2020", "description": "A. (2021, June 1).", "url": "https://example.org/a"}]},
  {"type": "relationship", "id": "relationship--2", "relationship_type": "uses",
   "source_ref": "intrusion-set--1", "target_ref": "malware--1",
   "external_references": [{"source_name": "a vendor, May 2020"}, {"source_name": "A Vendor May 2020"}]},
  {"type": "relationship", "id": "relationship--3", "relationship_type": "uses",
   "source_ref": "malware--1", "target_ref": "attack-pattern--1"},
  {"type": "relationship", "id": "relationship--4", "relationship_type": "uses",
   "source_ref": "intrusion-set--1", "target_ref": "attack-pattern--2"},
  {"type": "relationship", "id": "relationship--5", "relationship_type": "uses",
   "source_ref": "campaign--1", "target_ref": "malware--1"},
  {"type": "relationship", "id": "relationship--6", "relationship_type": "attributed-to",
   "source_ref": "campaign--1", "target_ref": "intrusion-set--1"},
  {"type": "relationship", "id": "relationship--7", "relationship_type": "uses",
   "source_ref": "intrusion-set--9", "target_ref": "malware--1"},
  {"type": "relationship", "id": "relationship--8", "relationship_type": "uses",
   "source_ref": "intrusion-set--1", "target_ref": "malware--1"},
  {"type": "intrusion-set", "id": "intrusion-set--1", "name": "Bear", "aliases": ["Bear", "Cub"],
   "external_references": [{"source_name": "mitre-attack", "external_id": "G0001"}]},
  {"type": "malware", "id": "malware--1", "name": "Evil", "x_mitre_aliases": ["Evil", "Worse"],
   "external_references": [{"source_name": "mitre-attack", "external_id": "S0001"}]},
  {"type": "attack-pattern", "id": "attack-pattern--1", "name": "Act", "kill_chain_phases": [{"phase_name": "impact"}],
   "external_references": [{"source_name": "mitre-attack", "external_id": "T0001"}]},
  {"type": "attack-pattern", "id": "attack-pattern--2", "name": "Old", "x_mitre_deprecated": true},
  {"type": "campaign", "id": "campaign--1", "name": "Winter"}
 ]
}`

func TestDecodeCarriesFacts(t *testing.T) {
	k, omitted, err := Decode([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	want := `solferino knowledge 1
version	Small ATT&CK 1.0
notice	` + notice + `
notice	Copyright somebody
source	a-vendor-may-2020	2021	A Vendor May 2020	https://example.org/a
source	a-vendor-may-2020-2	0	a vendor, May 2020
technique	T0001	Act	impact
software	S0001	malware	Evil	Worse
does	S0001	T0001
actor	G0001	Bear	Cub
report	G0001	-	S0001
report	G0001	a-vendor-may-2020	S0001	T0001
report	G0001	a-vendor-may-2020-2	S0001
`
	if diff := cmp.Diff(want, string(k.Encode())); diff != "" {
		t.Errorf("knowledge (-want +got):\n%s", diff)
	}
	wantOmitted := []Omission{
		{"attack-pattern", whyDeprecated, 1},
		{"campaign", whyCampaign, 1},
		{"campaign attributed-to intrusion-set", whyNoPlace, 1},
		{"campaign uses malware", whyCampaign, 1},
		{"intrusion-set uses attack-pattern", whyEnd, 1},
		{"uses", whyOutside, 1},
	}
	if diff := cmp.Diff(wantOmitted, omitted); diff != "" {
		t.Errorf("omissions (-want +got):\n%s", diff)
	}
}

func TestDecodeRefuses(t *testing.T) {
	tests := []struct {
		name, old, new, says string
	}{
		{"duplicate member", `"name": "Bear"`, `"name": "Bear", "name": "Fox"`, "line 24, byte "},
		{"cut off", `"name": "Winter"}`, `"name": "Win`, "line 31, byte "},
		{"trailing bytes", " ]\n}", " ]\n} {}", "line 33, byte "},
		{"name that is a number", `"name": "Bear"`, `"name": 7`, "line 24, byte "},
		{"another type of bundle", `"type": "bundle"`, `"type": "report"`, `line 1, byte 0: not an ATT&CK bundle: type "report"`},
		{"id of another type", `"id": "malware--1"`, `"id": "tool--1"`, `line 26, byte `},
		{"object twice", `"type": "campaign", "id": "campaign--1"`, `"type": "malware", "id": "malware--1"`, "line 31, byte "},
		{"no ATT&CK id", `"external_id": "S0001"`, `"external_id": ""`, "line 26, byte "},
		{"odd ATT&CK id", `"external_id": "S0001"`, `"external_id": "S 1"`, "line 26, byte "},
		{"ATT&CK id twice", `"external_id": "S0001"`, `"external_id": "T0001"`, "T0001 is the id of another object too"},
		{"no name", `"name": "Evil"`, `"name": " "`, "malware--1 has no name"},
		{"relationship without an end", `"source_ref": "intrusion-set--9", `, ``, "line 20, byte "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.Replace(small, tt.old, tt.new, 1)
			if text == small {
				t.Fatal("the case changes nothing")
			}
			_, _, err := Decode([]byte(text))
			if !errors.Is(err, ErrBundle) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("Decode() = %v, want an error that says %q", err, tt.says)
			}
		})
	}
}

func TestDecodeOfficialBundle(t *testing.T) {
	text, err := os.ReadFile("../../../../shared/data/knowledge-import/ics-attack-16.1.json")
	if err != nil {
		t.Skipf("NOT TESTED with the official ICS bundle: %v", err)
	}
	k, omitted, err := Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	if k.Version != "ICS ATT&CK 16.1" || len(k.Actors) != 15 || len(k.Software) != 22 || len(k.Techniques) != 83 {
		t.Errorf("%s: %d actors, %d software, %d techniques, want 15, 22 and 83", k.Version, len(k.Actors), len(k.Software), len(k.Techniques))
	}
	edges := map[string]bool{}
	for _, r := range k.Reports {
		for _, o := range r.Objects {
			edges[r.Actor+" "+o] = true
		}
	}
	if len(edges) != 36 {
		t.Errorf("%d edges, want 36", len(edges))
	}
	for _, o := range omitted {
		t.Logf("%4d × %s: %s", o.Count, o.What, o.Why)
	}
	q := attribution.Question{Items: []attribution.Item{{ID: "1", Family: attribution.FamilySoftware, Value: "S0604",
		Origins: []string{"a"}, SourceGrade: "A", InfoGrade: "1", Extraction: 1}}}
	if r, err := attribution.Rank(k, q); err != nil || r.Leader != "G0034" {
		t.Errorf("Rank() leads with %q, %v", r.Leader, err)
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
		if _, _, err := Decode(text); !errors.Is(err, ErrBundle) {
			t.Errorf("%s: Decode() = %v, want ErrBundle", filepath.Base(name), err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte(`{"type":"bundle","objects":[{"type":"tool","id":"tool--1"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		k, _, err := Decode(text)
		if err != nil {
			if !errors.Is(err, ErrBundle) {
				t.Fatalf("Decode() = %v, want ErrBundle", err)
			}
			return
		}
		if _, err := attribution.ParseKnowledge(k.Encode()); err != nil {
			t.Fatalf("what was read does not encode: %v", err)
		}
	})
}
