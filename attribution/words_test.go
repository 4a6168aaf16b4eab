package attribution

import (
	"os"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
)

func TestWordsChangeAtTheLowerBound(t *testing.T) {
	tests := []struct {
		p       float64
		word    string
		percent string
	}{
		{.0001, "almost no chance", "less than 1 %"},
		{.0499, "almost no chance", "5 %"},
		{.05, "very unlikely", "5 %"},
		{.20, "unlikely", "20 %"},
		{.45, "roughly even chance", "45 %"},
		{.5499, "roughly even chance", "55 %"},
		{.55, "likely", "55 %"},
		{.80, "very likely", "80 %"},
		{.95, "almost certain", "95 %"},
		{.9999, "almost certain", "more than 99 %"},
	}
	for _, tt := range tests {
		if got := Word(tt.p); got != tt.word {
			t.Errorf("Word(%v) = %q, want %q", tt.p, got, tt.word)
		}
		if got := Percent(tt.p); got != tt.percent {
			t.Errorf("Percent(%v) = %q, want %q", tt.p, got, tt.percent)
		}
	}
}

func TestWordsAreThePublishedOnes(t *testing.T) {
	text, err := os.ReadFile("../../shared/data/words/words_of_estimative_probability.json")
	if err != nil {
		t.Skipf("NOT CHECKED against the published bands: %v", err)
	}
	var file struct {
		Values []struct {
			Name string `json:"name"`
		} `json:"values"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for i, v := range file.Values {
		if got := bands[i].word; got != strings.ToLower(v.Name) {
			t.Errorf("band %d is %q, published as %q", i, got, v.Name)
		}
	}
}
