package casebook_test

import (
	"bytes"
	"errors"
	"flag"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"solferino/casebook"
	"solferino/record"
)

var update = flag.Bool("update", false, "rewrite goldens: go test ./casebook -update")

const kindsFile = "testdata/kinds.txtar"

// Records are for ever: of every kind there is one in its exact bytes, and it
// is read and written in ten years as it is today. With -update kinds that are
// missing are added, from the story; what is there is never written again.
func TestEveryKindIsReadAsItWasWritten(t *testing.T) {
	goldens := readKinds(t)
	if *update {
		addKinds(t, goldens)
	}
	kinds := casebook.Kinds()
	for kind := range kinds {
		if !slices.ContainsFunc(goldens.Files, func(f txtar.File) bool { return f.Name == kind }) {
			t.Errorf("%s has no record of kind %s: go test ./casebook -update", kindsFile, kind)
		}
	}
	for _, f := range goldens.Files {
		want := bytes.TrimSuffix(f.Data, []byte("\n"))
		r, err := kinds.Decode(want)
		if err != nil {
			t.Errorf("%s: %v", f.Name, err)
			continue
		}
		if r.Act.Kind() != f.Name {
			t.Errorf("%s holds a record of kind %s", f.Name, r.Act.Kind())
		}
		got, err := r.Encode()
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: written again it is %s (%v), want %s", f.Name, got, err, want)
		}
	}
}

func readKinds(t testing.TB) *txtar.Archive {
	t.Helper()
	b, err := os.ReadFile(kindsFile)
	if err != nil && !(*update && errors.Is(err, fs.ErrNotExist)) {
		t.Fatal(err)
	}
	return txtar.Parse(b)
}

// addKinds takes the first record of each missing kind out of the story.
func addKinds(t *testing.T, goldens *txtar.Archive) {
	t.Helper()
	goldens.Comment = []byte("One record of every kind, in its exact bytes and for ever. A kind that is missing\n" +
		"is added by:  go test ./casebook -run TestEveryKind -update\n" +
		"What stands here is never changed: a changed meaning is a new kind.\n\n")
	missing := casebook.Kinds()
	for _, f := range goldens.Files {
		delete(missing, f.Name)
	}
	for _, o := range story(t).log {
		r := must(casebook.Kinds().Decode(o.Record))
		if _, ok := missing[r.Act.Kind()]; ok {
			goldens.Files = append(goldens.Files, txtar.File{Name: r.Act.Kind(), Data: append(slices.Clone(o.Record), '\n')})
			delete(missing, r.Act.Kind())
		}
	}
	for kind := range missing {
		t.Errorf("nobody says %s in the story: add it there", kind)
	}
	slices.SortFunc(goldens.Files, func(a, b txtar.File) int { return strings.Compare(a.Name, b.Name) })
	if err := os.WriteFile(kindsFile, txtar.Format(goldens), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Every kind has a chapter for those who read records without our software.
func TestEveryKindIsDocumented(t *testing.T) {
	const page = "../docs/records.md"
	b, err := os.ReadFile(page)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("%s IS NOT WRITTEN YET: nothing says what the kinds mean", page)
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(b), "\n")
	for _, kind := range slices.Sorted(maps.Keys(casebook.Kinds())) {
		if !slices.Contains(lines, "## "+kind) {
			t.Errorf("%s has no heading \"## %s\"", page, kind)
		}
	}
}

// Which kinds may be said by whom is complete: no kind is forgotten, and none
// is granted that nobody knows. Only the founding needs no grant.
func TestEveryKindIsGrantedToSomebody(t *testing.T) {
	kinds := casebook.Kinds()
	for _, g := range casebook.Grants() {
		if _, ok := kinds[g.Kind]; !ok || len(g.Roles) == 0 {
			t.Errorf("%s is granted to %v", g.Kind, g.Roles)
		}
		delete(kinds, g.Kind)
	}
	if left := slices.Collect(maps.Keys(kinds)); !slices.Equal(left, []string{"party.founded/1"}) {
		t.Errorf("nobody may say %v", left)
	}
}

// Whatever bytes come in, decoding does not panic, and takes only what Encode
// writes: two byte strings are never the same record.
func FuzzKindsDecode(f *testing.F) {
	for _, file := range readKinds(f).Files {
		f.Add(bytes.TrimSuffix(file.Data, []byte("\n")))
	}
	kinds := casebook.Kinds()
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := kinds.Decode(b)
		if err != nil {
			if !errors.Is(err, record.ErrMalformed) && !errors.Is(err, record.ErrUnknownKind) {
				t.Fatalf("Decode() = %v, which is neither malformed nor unknown", err)
			}
			return
		}
		again, err := r.Encode()
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("Encode∘Decode = %s, %v, want %s", again, err, b)
		}
		if err := r.Validate(); err != nil {
			t.Fatalf("an invalid record is taken: %v", err)
		}
	})
}
