package portal

import (
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"strings"
	"testing"

	"solferino/finding"
)

var update = flag.Bool("update", false, "write the goldens anew: go test ./internal/portal -run Chart -update")

func TestChartOfHypotheses(t *testing.T) {
	const golden = "testdata/hypotheses.svg"
	got := chartHypotheses(attributed().Hypotheses)
	if *update {
		check(t, os.MkdirAll("testdata", 0o755))
		check(t, os.WriteFile(golden, []byte(got), 0o644))
	}
	want, err := os.ReadFile(golden)
	check(t, err)
	if got != string(want) {
		t.Errorf("chartHypotheses() differs from %s:\n%s", golden, got)
	}
}

func TestChartIsXMLWhateverItIsGiven(t *testing.T) {
	long := strings.Repeat("長", 200)
	for name, list := range map[string][]finding.Hypothesis{
		"nobody":        nil,
		"markup":        {{Actor: "<g>", Name: `"><script>alert(1)</script>&`, P: .5, Low: .4, High: .6, Word: "<b>"}},
		"long name":     {{Actor: "a", Name: long, P: .5, Low: .4, High: .6}},
		"outside 0..1":  {{Actor: "a", Name: "n", P: 7, Low: -3, High: 9}},
		"inverted":      {{Actor: "a", Name: "n", P: .5, Low: .9, High: .1}},
		"control bytes": {{Actor: "a", Name: "n\u202e", P: .5, Low: .1, High: .9}},
	} {
		svg := chartHypotheses(list)
		if strings.Contains(svg, "<script") || strings.Contains(svg, "NaN") {
			t.Errorf("%s: %s", name, svg)
		}
		d := xml.NewDecoder(strings.NewReader(svg))
		for {
			_, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Errorf("%s: %v in %s", name, err, svg)
				break
			}
		}
	}
}
