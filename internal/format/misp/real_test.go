package misp

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"solferino/internal/format"
)

// shared lies beside the checkout. Its files are real and not ours.
const shared = "../../../../shared/data"

// read opens a shared file, or skips the test and says what goes untested.
func read(t *testing.T, name string) *os.File {
	t.Helper()
	f, err := os.Open(filepath.Join(shared, name))
	if err != nil {
		t.Skipf("NOT TESTED with the real file %s: %v", name, err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// The numbers are those of testdata/count.py, which was written apart from the
// decoder.
func TestDecodeRealEvents(t *testing.T) {
	tests := map[string]string{
		"citizenlab_201611_KeyBoy_misp.json":                       "artefact 1, file 39, infrastructure 12, persona 1, vulnerability 3; claims 0",
		"citizenlab_201706_RecklessExploit_misp.json":              "infrastructure 125; claims 0",
		"citizenlab_201803_BadTraffic_misp.json":                   "file 38, infrastructure 25; claims 0",
		"citizenlab_201810_TheKingdomCameToCanada_misp.json":       "infrastructure 20; claims 0",
		"citizenlab_201909_MissingLink_misp.json":                  "artefact 1, file 5, infrastructure 59, persona 6; claims 0",
		"citizenlab_202006_DarkBasin_misp.json":                    "infrastructure 462, persona 17; claims 0",
		"eset_cloudmensis_cloudmensis.misp.json":                   "file 11, technique 12; claims 0",
		"eset_dukes_misp-dukes-operation-ghost-event.json":         "file 18, infrastructure 69, technique 30; claims 1",
		"eset_kryptocibule_misp-kryptocibule.json":                 "artefact 3, file 54, infrastructure 68, persona 11; claims 0",
		"eset_moustachedbouncer_misp-moustachedbouncer.event.json": "file 170, infrastructure 28, language 1, persona 4, timing 22; claims 0",
		"eset_oceanlotus_oceanlotus.misp.event.json":               "artefact 4, file 16, infrastructure 87; claims 1",
		"eset_sednit_2018-11-20_Zebrocy.json":                      "file 20, infrastructure 1, persona 11; claims 1",
		"eset_swc-candiru_swc-candiru_misp.json":                   "file 12, infrastructure 73; claims 0",
		"eset_turla_misp-turla-comrat-v4-event.json":               "artefact 3, file 6, infrastructure 27; claims 1",
		"eset_turla_misp-turla-powershell-event.json":              "file 10, technique 13; claims 1",
		"eset_turla_misp-turla-wateringhole-armenia-event.json":    "file 5, infrastructure 9; claims 1",
		"eset_winnti_group_gaming_supply_chain.misp_event.json":    "file 11, infrastructure 7, technique 7; claims 1",
		"eset_winter_vivern_misp-wintervivern.event.json":          "artefact 1, file 7, infrastructure 4, persona 1, technique 10, vulnerability 1; claims 0",
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := Decode(read(t, "misp/"+name))
			if err != nil {
				t.Fatal(err)
			}
			checkReading(t, r)
			if diff := cmp.Diff(want, counted(r)); diff != "" {
				t.Errorf("Decode() (-want +got):\n%s", diff)
			}
			if r.Title == "" {
				t.Error("Decode() found no title")
			}
		})
	}
}

// As published, this event has a comma after its last tag: 37,372 lines are
// well and the last six are not.
func TestDecodeSaysWhereARealEventIsBroken(t *testing.T) {
	_, err := Decode(read(t, "misp/eset_pypi_backdoor_malicious_pypi_packages.misp-event.json"))
	const want = `misp: cannot be read: line 37373, column 12, byte 1532393: expected another value after the comma, found ']'; hint: take the comma out`
	if err == nil || err.Error() != want {
		t.Errorf("Decode() = %v, want %s", err, want)
	}
}

// counted sums a reading up.
func counted(r format.Reading) string {
	families := map[string]int{}
	for _, o := range r.Observations {
		families[o.Family]++
	}
	var list []string
	for _, f := range slices.Sorted(maps.Keys(families)) {
		list = append(list, fmt.Sprintf("%s %d", f, families[f]))
	}
	return fmt.Sprintf("%s; claims %d", strings.Join(list, ", "), len(r.Claims))
}

func TestDecodeSurvivesTheTestSuiteForJSON(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(shared, "hostile/json/test_parsing/*.json"))
	if len(files) == 0 {
		t.Skip("NOT TESTED with the test suite for JSON: it does not lie beside the checkout")
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, in := range []string{string(b), `{"Event":` + string(b) + `}`, `{"Event":{"Attribute":[{"type":"url","value":` + string(b) + `}]}}`} {
			r, err := Decode(strings.NewReader(in))
			if err != nil {
				checkRefused(t, r, err)
				continue
			}
			checkReading(t, r)
		}
	}
}
