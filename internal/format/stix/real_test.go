package stix

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
func TestDecodeRealBundles(t *testing.T) {
	tests := map[string]string{
		"amnesty_cytrox.stix2":                                          "artefact 1, file 6, infrastructure 336, software 1; skipped 343; claims 0",
		"amnesty_novispy.stix2":                                         "file 8, infrastructure 10, software 1; skipped 18; claims 0",
		"oasis-examples/indicator-for-c2-ip-address.json":               "infrastructure 1; skipped 0; claims 0",
		"oasis-examples/indicator-to-campaign-relationship.json":        "infrastructure 1; skipped 1; claims 1",
		"oasis-examples/indicators-for-C2-with-COA.json":                "file 1, infrastructure 1, software 1; skipped 5; claims 0",
		"oasis-examples/infrastructure.json":                            "infrastructure 2, software 2; skipped 6; claims 0",
		"oasis-examples/interop-objectmarking-test.json":                "; skipped 0; claims 1",
		"oasis-examples/malicious-email-indicator-with-attachment.json": "; skipped 6; claims 0",
		"oasis-examples/threat-reports/apt1.json":                       "file 3, infrastructure 11, software 16; skipped 34; claims 13",
		"oasis-examples/threat-reports/poisonivy.json":                  "file 2, infrastructure 43, software 25, vulnerability 6; skipped 117; claims 3",
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := Decode(read(t, "stix/"+name))
			if err != nil {
				t.Fatal(err)
			}
			checkReading(t, r)
			if diff := cmp.Diff(want, counted(r)); diff != "" {
				t.Errorf("Decode() (-want +got):\n%s", diff)
			}
		})
	}
}

// counted sums a reading up.
func counted(r format.Reading) string {
	families, skipped := map[string]int{}, 0
	for _, o := range r.Observations {
		families[o.Family]++
	}
	for _, s := range r.Skipped {
		skipped += s.Count
	}
	var list []string
	for _, f := range slices.Sorted(maps.Keys(families)) {
		list = append(list, fmt.Sprintf("%s %d", f, families[f]))
	}
	return fmt.Sprintf("%s; skipped %d; claims %d", strings.Join(list, ", "), skipped, len(r.Claims))
}

// The test suite for JSON says by the first letter of a file's name what a
// parser must do: y accept, n refuse, i as it likes. We refuse one more kind
// on purpose: objects with a member twice.
func TestOpenJSONPassesTheTestSuite(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(shared, "hostile/json/test_parsing/*.json"))
	if len(files) == 0 {
		t.Skip("NOT TESTED with the test suite for JSON: it does not lie beside the checkout")
	}
	for _, file := range files {
		name := filepath.Base(file)
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		_, err = format.OpenJSON("stix", f)
		f.Close()
		refuse := name[0] == 'n' || strings.HasPrefix(name, "y_object_duplicated_key")
		if name[0] != 'i' && refuse != (err != nil) {
			t.Errorf("OpenJSON(%s) = %v", name, err)
		}
	}
}
