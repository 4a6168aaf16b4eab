package convention

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestTextsAreThere(t *testing.T) {
	list, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		id      ID
		clauses int
	}{
		{"gge-2015", 12}, {"g7-lucca-2017", 18}, {"dgc-2017", 10}, {"ms-accord-2017", 6},
		{"ms-attr-2017", 6}, {"cta-2018", 4}, {"paris-2018", 9}, {"gcsc-2019", 8},
		{"oewg-2021", 2}, {"gge-2021", 4}, {"pallmall-2025", 4}, {"oewg-2025", 3},
	}
	if len(list) != len(want) {
		t.Fatalf("%d instruments, want %d", len(list), len(want))
	}
	for n, w := range want {
		if got := list[n]; got.ID != w.id || len(got.Clauses) != w.clauses {
			t.Errorf("instrument %d is %s with %d clauses, want %s with %d", n, got.ID, len(got.Clauses), w.id, w.clauses)
		}
	}
}

// TestWhatIsFromMemorySaysSo counts the clauses that were not compared with
// their source. Lower the number when you confirm one, in the text's note too.
func TestWhatIsFromMemorySaysSo(t *testing.T) {
	unconfirmed := 0
	for _, i := range BuiltIn().Instruments() {
		for _, c := range i.Clauses {
			if i.Mark() == "paraphrase, unconfirmed" && c.Mark() != "paraphrase, unconfirmed" {
				t.Errorf("%s is marked %q in an instrument from memory", c.ID, c.Mark())
			}
			if c.Mark() == "paraphrase, unconfirmed" {
				unconfirmed++
			}
			if c.Mark() != c.Basis.Mark() || !strings.HasPrefix(c.Mark(), "paraphrase") {
				t.Errorf("%s is marked %q", c.ID, c.Mark())
			}
			if c.Basis == Recall && i.Basis == Seen && !strings.Contains(i.Note, "from memory") {
				t.Errorf("%s is from memory and the note of %s does not say so", c.ID, i.ID)
			}
		}
	}
	if unconfirmed != 34 {
		t.Errorf("%d clauses are unconfirmed, want 34", unconfirmed)
	}
	if got := Basis("").Mark(); got != "paraphrase, unconfirmed" {
		t.Errorf("a basis that nobody gave is marked %q", got)
	}
}

// TestTextsAreFitForAPublicPage looks for the words of our workshop, which mean
// nothing to a reader.
func TestTextsAreFitForAPublicPage(t *testing.T) {
	workshop := regexp.MustCompile(`(?i)\b(seeds?|corpus|corpora|excerpt|verbatim|recall|TODO|ICT|TTPs?|IoCs?|CBMs?|POCs?|CI|IL|incl|https?)\b`)
	for _, i := range BuiltIn().Instruments() {
		shown := []string{i.Title, i.Short, i.Status, i.Note}
		for _, c := range i.Clauses {
			shown = append(shown, c.Text)
		}
		for _, s := range shown {
			if word := workshop.FindString(s); word != "" {
				t.Errorf("%s says %q in %q", i.ID, word, s)
			}
		}
	}
}

const good = `{
  "id": "rule-2030",
  "title": "A rule",
  "short": "Rule",
  "date": "2030-01-01",
  "force": "legal",
  "addressees": [
    "state"
  ],
  "status": "Open.",
  "basis": "seen",
  "note": "",
  "clauses": [
    {
      "id": "rule-2030#1",
      "label": "1",
      "kind": "prohibit",
      "text": "Do no harm.",
      "basis": "seen",
      "crosswalk": []
    }
  ]
}
`

func TestDecodeRefuses(t *testing.T) {
	if _, err := decode("good.json", []byte(good)); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct{ old, new, says string }{
		"unknown member":         {`"note"`, `"extra": 1, "note"`, `bad.json:12:`},
		"member in capitals":     {`"note"`, `"Note"`, `unknown`},
		"member twice":           {`"note": ""`, `"note": "", "note": ""`, `bad.json:12:15: `},
		"member of clause twice": {`"label"`, `"label": "2", "label"`, `duplicate`},
		"member missing":         {"  \"note\": \"\",\n", ``, `bad.json:12:4: a member is missing`},
		"last member missing":    {",\n      \"crosswalk\": []", ``, `bad.json:19:22: a member is missing`},
		"null for a list":        {`"crosswalk": []`, `"crosswalk": null`, `bad.json:20:20: a member is missing, null`},
		"number for a word":      {`"rule-2030"`, `7`, `bad.json:2:`},
		"unknown force":          {`"legal"`, `"binding"`, `bad.json:6:`},
		"trailing brace":         {"]\n}\n", "]\n}\n}\n", `bad.json:24:1:`},
		"no line feed at end":    {"]\n}\n", "]\n}", `bad.json:23:2:`},
		"other indentation":      {`  "title"`, `    "title"`, `bad.json:3:3: `},
		"half a file":            {good[200:], ``, `bad.json:`},
		"nothing":                {good, ``, `bad.json:1:1:`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			bad := strings.Replace(good, tt.old, tt.new, 1)
			if bad == good {
				t.Fatalf("the sample has no %q", tt.old)
			}
			_, err := decode("bad.json", []byte(bad))
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("decode() = %v, want an error that says %q", err, tt.says)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(good))
	files, err := texts.ReadDir("texts")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		b, err := texts.ReadFile("texts/" + file.Name())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		i, err := decode("fuzz.json", b)
		if err != nil {
			return
		}
		if again, err := encode(i); err != nil || !bytes.Equal(again, b) {
			t.Errorf("accepted %q, writes %q (%v)", b, again, err)
		}
	})
}

// sample returns the instruments that are built in and a treaty, the one thing
// that the world does not have yet.
func sample(t testing.TB) []Instrument {
	t.Helper()
	list, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	treaty, err := decode("good.json", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	second := treaty.Clauses[0]
	second.ID, second.Label, second.Basis = "rule-2030#2", "2", Recall
	treaty.Clauses = append(slices.Clip(treaty.Clauses), second)
	return append(list, treaty)
}

func sampleRegister(t testing.TB) *Register {
	t.Helper()
	reg, err := NewRegister(sample(t))
	if err != nil {
		t.Fatal(err)
	}
	return reg
}
