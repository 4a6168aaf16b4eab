package record

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// said is a kind of act for tests.
type said struct {
	Words string   `json:"words"`
	Marks []string `json:"marks"`
}

func (said) Kind() string { return "test.said/1" }

func (s said) Validate() error {
	if s.Words == "" {
		return errors.New("no words")
	}
	return nil
}

var table = Table{said{}.Kind(): Of[said]()}

func sample() Record {
	return Record{
		Subject: "case/2026-001",
		ID:      "00112233445566778899aabbccddeeff",
		Actor:   "person/ana",
		At:      time.Date(2026, 11, 22, 1, 2, 3, 0, time.UTC),
		Cites:   []Cite{{"person/ana", Sum([]byte("a"))}, {"state/CH", Sum([]byte("b"))}},
		Act:     said{Words: "yes", Marks: []string{"<&>"}},
	}
}

func TestDecodeTakesWhatEncodeWrites(t *testing.T) {
	want := sample()
	b, err := want.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := table.Decode(b)
	if err != nil {
		t.Fatalf("Decode(%s) = %v", b, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Decode∘Encode (-want +got):\n%s", diff)
	}
}

func TestDecodeRefuses(t *testing.T) {
	b, err := sample().Encode()
	if err != nil {
		t.Fatal(err)
	}
	good := string(b)
	change := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("sample has no %s", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	deep := strings.Repeat("[", 40) + strings.Repeat("]", 40)
	tests := map[string]struct{ in, says string }{
		"nothing":                  {"", "byte 0"},
		"not JSON":                 {"hello", "byte 0"},
		"duplicate member":         {change(`"words":"yes"`, `"words":"no","words":"yes"`), "duplicate"},
		"duplicate in other case":  {change(`"words":"yes"`, `"Words":"no","words":"yes"`), "unknown"},
		"unknown member":           {change(`"words"`, `"extra":1,"words"`), "unknown"},
		"missing member":           {change(`,"marks":["<&>"]`, ``), "at byte"},
		"null for a list":          {change(`["<&>"]`, `null`), "at byte"},
		"white space":              {change(`,"marks"`, `, "marks"`), "at byte"},
		"another order":            {change(`"words":"yes","marks":["<&>"]`, `"marks":["<&>"],"words":"yes"`), "at byte"},
		"escaped where not needed": {change(`yes`, `\u0079es`), "at byte"},
		"other time zone":          {change(`01:02:03Z`, `02:02:03+01:00`), "at byte"},
		"parts of a second":        {change(`01:02:03Z`, `01:02:03.5Z`), "whole seconds"},
		"trailing byte":            {good + " ", "at byte"},
		"two records":              {good + good, "at byte"},
		"too deep":                 {change(`["<&>"]`, deep), "nested deeper"},
		"too long":                 {change(`yes`, strings.Repeat("y", MaxSize)), "at most"},
		"unknown kind":             {change(`test.said/1`, `test.said/2`), "unknown kind"},
		"bad subject":              {change(`case/2026-001`, `case/../etc`), "noun/id"},
		"bad id":                   {change(`0011`, `001X`), "hexadecimal"},
		"cites out of order":       {change(`person/ana","head`, `zoo/ana","head`), "out of order"},
		"cite of itself":           {change(`"person/ana","head"`, `"case/2026-001","head"`), "own subject"},
		"act that makes no sense":  {change(`yes`, ``), "no words"},
		"broken surrogate":         {change(`yes`, `\ud800`), "at byte"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := table.Decode([]byte(tt.in))
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("Decode() = %v, want an error that says %q", err, tt.says)
			}
			if !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrUnknownKind) {
				t.Errorf("Decode() = %v, wraps no sentinel", err)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	b, err := sample().Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"kind":"test.said/1","act":null}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := table.Decode(b)
		if err != nil {
			return
		}
		again, err := r.Encode()
		if err != nil || string(again) != string(b) {
			t.Errorf("accepted %q, writes %q (%v)", b, again, err)
		}
	})
}

func TestLeafCommitsToEveryPart(t *testing.T) {
	o := Opening{Envelope: []byte("e"), Record: []byte("r"), Signature: []byte("s")}
	leaf := o.Leaf()
	for name, other := range map[string]Opening{
		"envelope":        {Envelope: []byte("E"), Record: []byte("r"), Signature: []byte("s")},
		"record":          {Envelope: []byte("e"), Record: []byte("R"), Signature: []byte("s")},
		"signature":       {Envelope: []byte("e"), Record: []byte("r"), Signature: []byte("S")},
		"salt":            {Envelope: []byte("e"), Record: []byte("r"), Signature: []byte("s"), Salt: Salt{1}},
		"moved boundary":  {Envelope: []byte("er"), Record: []byte(""), Signature: []byte("s")},
		"swapped content": {Envelope: []byte("r"), Record: []byte("e"), Signature: []byte("s")},
	} {
		if other.Leaf() == leaf {
			t.Errorf("%s does not change the leaf", name)
		}
	}
}
