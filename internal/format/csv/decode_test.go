package csv

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"solferino/evidence"
	"solferino/internal/format"
)

func TestDecode(t *testing.T) {
	obs := func(family, value, note string) evidence.Observation {
		return evidence.Observation{ID: "o1", Family: family, Value: value, Note: note}
	}
	weighed := obs(evidence.Artefact, "x.pdb", "a \"path\", quoted")
	weighed.Forgeability, weighed.Extraction = 0.75, 1
	second := obs(evidence.Technique, "T1566", "")
	second.ID = "o2"
	tests := map[string]struct {
		in   string
		want []evidence.Observation
	}{
		"header alone":                {"family,value\n", nil},
		"two columns":                 {"family,value\nsoftware,S0089\n", []evidence.Observation{obs(evidence.Software, "S0089", "")}},
		"no line feed at the end":     {"family,value\nsoftware,S0089", []evidence.Observation{obs(evidence.Software, "S0089", "")}},
		"byte order mark and CR LF":   {"\ufefffamily,value\r\nsoftware,S0089\r\n", []evidence.Observation{obs(evidence.Software, "S0089", "")}},
		"all columns in any order":    {"note,extraction,value,family,forgeability\n\"a \"\"path\"\", quoted\",1.0,x.pdb,artefact,.75\n", []evidence.Observation{weighed}},
		"space around and empty rows": {" family , value\n\n language , a b \n\n", []evidence.Observation{obs(evidence.Language, "a b", "")}},
		"formulas stay as they are":   {"family,value,note\nfile,=cmd|' /C calc'!A0,+-@\n", []evidence.Observation{obs(evidence.File, "=cmd|' /C calc'!A0", "+-@")}},
		"a value twice":               {"family,value\nsoftware,S0089\nsoftware,S0089\ntechnique,T1566\n", []evidence.Observation{obs(evidence.Software, "S0089", ""), second}},
		"empty numbers":               {"family,value,forgeability,extraction\npersona,a@b.example,,\n", []evidence.Observation{obs(evidence.Persona, "a@b.example", "")}},
		"not forgeable":               {"family,value,forgeability\npersona,a@b.example,0\n", []evidence.Observation{obs(evidence.Persona, "a@b.example", "")}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := Decode(strings.NewReader(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, r.Observations); diff != "" {
				t.Errorf("Decode() (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecodeCountsRepeatedRows(t *testing.T) {
	r, err := Decode(strings.NewReader("family,value\nsoftware,S0089\nsoftware,S0089\n"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]format.Skip{{What: "repeated value", Count: 1}}, r.Skipped); diff != "" {
		t.Errorf("Skipped (-want +got):\n%s", diff)
	}
}

func TestDecodeRefuses(t *testing.T) {
	tests := map[string]struct{ in, says string }{
		"nothing":                     {"", "line 1, column 1, byte 0: expected the header family,value"},
		"a mark and nothing":          {"\ufeff", "expected the header"},
		"no header":                   {"software,S0089\n", `expected one of the columns family, value, note, forgeability, extraction, found "software"`},
		"header without value":        {"family,note\n", "line 1, column 1, byte 0: expected the column value"},
		"column twice":                {"family,value,family\n", "line 1, column 14, byte 13: expected each column once"},
		"unknown column":              {"family,value,actor\n", `line 1, column 14, byte 13: expected one of the columns`},
		"unknown column after a mark": {"\ufefffamily,value,actor\n", `line 1, column 14, byte 16: expected one of the columns`},
		"parted by semicolons":        {"family;value\n", "hint: part the columns by commas"},
		"another case":                {"Family,Value\n", `found "Family"`},
		"unknown family":              {"family,value\nsoftware,a\nmalware,b\n", `line 3, column 1, byte 24: family: expected one of technique, software`},
		"no family":                   {"value,family\né,\n", `line 2, column 3, byte 16: family: expected one of`},
		"empty value":                 {"family,value\nsoftware, \n", "line 2, column 10, byte 22: value: expected something"},
		"row too short":               {"family,value\nsoftware\n", "line 2, column 1, byte 13: expected 2 fields as in the header, found 1"},
		"row too long":                {"family,value\nsoftware,a,b\n", "expected 2 fields as in the header, found 3; hint: put a field with a comma in quotes"},
		"quote inside a field":        {"family,value\nsoftware,a\"b\n", `line 2, column 11, byte 23: expected a table, found bare "`},
		"quote not closed":            {"family,value\nsoftware,\"a\nb\n", `found extraneous or missing "`},
		"value on two lines":          {"family,value\nsoftware,\"a\nb\"\n", "line 2, column 10, byte 22: value: expected one line"},
		"error after two lines":       {"note,family,value\n\"a\",software,b\n\"\n\",malware,c\n", "line 4, column 3, byte 37: family: expected one of"},
		"NUL byte":                    {"family,value\nsoftware,a\x00b\n", "value: expected one line"},
		"note of two lines":           {"family,value,note\nsoftware,a,\"b\nc\"\n", "note: expected one line"},
		"value too long":              {"family,value\nsoftware," + strings.Repeat("x", format.MaxText+1), "at most 8192 bytes"},
		"byte that is not UTF-8":      {"family,value\nsoftware,\xe9t\xe9\n", "line 2, column 10, byte 22: expected UTF-8, found the byte 0xe9; hint: save it as UTF-8"},
		"UTF-16":                      {"\xff\xfef\x00", "found UTF-16"},
		"forgeability above one":      {"family,value,forgeability\nfile,a,1.5\n", "line 2, column 8, byte 33: forgeability: expected a number from 0 to 1"},
		"forgeability below zero":     {"family,value,forgeability\nfile,a,-0.1\n", "forgeability: expected a number"},
		"not a number":                {"family,value,extraction\nfile,a,NaN\n", `extraction: expected a number from 0 to 1 with a point, as 0.25, found "NaN"`},
		"infinite":                    {"family,value,extraction\nfile,a,Inf\n", "extraction: expected a number"},
		"in hexadecimal":              {"family,value,extraction\nfile,a,0x1p-2\n", "extraction: expected a number"},
		"with a decimal comma":        {"family,value,extraction\nfile,a,\"0,5\"\n", `with a point, as 0.25, found "0,5"`},
		"extraction of nothing":       {"family,value,extraction\nfile,a,0\n", "extraction: expected more than 0"},
		"commas without end":          {strings.Repeat(",", 1<<20), "expected at most 5 columns"},
		"too long":                    {strings.Repeat("x", format.MaxSize+1), "at most 16 MiB"},
		"too many rows":               {"family,value\n" + rows(evidence.MaxObservations+1), "line 100002, column 1, byte 1300013: expected at most 100000 rows"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := Decode(strings.NewReader(tt.in))
			checkRefused(t, r, err)
			if err != nil && !strings.Contains(err.Error(), tt.says) {
				t.Errorf("Decode() = %v, want an error that says %q", err, tt.says)
			}
		})
	}
}

func rows(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "file,n%06d\n", i)
	}
	return b.String()
}

func TestDecodeTakesAsManyRowsAsAnExhibitMayHave(t *testing.T) {
	r, err := Decode(strings.NewReader("family,value\n" + rows(evidence.MaxObservations)))
	if err != nil || len(r.Observations) != evidence.MaxObservations {
		t.Errorf("Decode() = %d observations, %v, want %d", len(r.Observations), err, evidence.MaxObservations)
	}
}

// Every family of the package evidence can be typed up, and nothing else.
func TestFamiliesAreThoseOfEvidence(t *testing.T) {
	for _, f := range families {
		if err := (evidence.Observation{ID: "o1", Family: f, Value: "v"}).Validate(); err != nil {
			t.Errorf("family %s: %v", f, err)
		}
	}
}

// Whatever people write into the fields comes back as they wrote it.
func TestDecodeKeepsWhatWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[=+@"',;a-zé\-]{1,20}`)
		value, note := text.Draw(t, "value"), text.Draw(t, "note")
		quote := func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
		r, err := Decode(strings.NewReader("note,family,value\n" + quote(note) + ",file," + quote(value)))
		if err != nil {
			t.Fatal(err)
		}
		want := []evidence.Observation{{ID: "o1", Family: evidence.File, Value: value, Note: note}}
		if diff := cmp.Diff(want, r.Observations); diff != "" {
			t.Errorf("Decode() (-want +got):\n%s", diff)
		}
	})
}

// checkRefused checks that a refusal is whole: it names the format, wraps the
// sentinel, stands on one line, and nothing was read.
func checkRefused(t *testing.T, r format.Reading, err error) {
	t.Helper()
	var fault *format.Fault
	switch {
	case err == nil:
		t.Errorf("Decode() = %v, want an error", r)
	case !errors.Is(err, format.ErrUnreadable), !errors.As(err, &fault), fault.Line < 1, fault.Column < 1:
		t.Errorf("Decode() = %v, which is no fault with a place", err)
	case !strings.HasPrefix(err.Error(), "csv: "), strings.ContainsAny(err.Error(), "\n\r\x00"):
		t.Errorf("Decode() = %q, which does not name the format on one line", err)
	case !reflect.DeepEqual(r, format.Reading{}):
		t.Errorf("Decode() = %v with the error %v", r, err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("\ufefffamily,value,note,forgeability,extraction\r\nsoftware,S0089,\"a, \"\"b\"\"\",0.5,1.0\r\n"))
	f.Add([]byte("value,family\n=1+1,file\n"))
	f.Add([]byte("family,value\nfile,\"a\nb\"\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := Decode(strings.NewReader(string(b)))
		if err != nil {
			checkRefused(t, r, err)
			return
		}
		if _, err := evidence.EncodeObservations(r.Observations); err != nil {
			t.Errorf("observations cannot be encoded: %v", err)
		}
		for i, o := range r.Observations {
			if o.ID != fmt.Sprintf("o%d", i+1) || o.Value != strings.TrimSpace(o.Value) || len(o.Note) > format.MaxText {
				t.Errorf("observation %d is %+v", i, o)
			}
		}
	})
}
