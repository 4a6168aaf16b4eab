package convention

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// texts is the table of instruments: one file for each, named by its id.
//
//go:embed texts/*.json
var texts embed.FS

// Load reads the instruments that are built in, oldest first and by id within
// a day, and returns only what [Lint] passes.
//
// Each file has one form: members in the order of the fields, none unknown,
// missing, twice or null, indented by two spaces, one line feed at the end.
// Errors name the file with line and column, counted from 1 in bytes.
func Load() ([]Instrument, error) {
	files, err := texts.ReadDir("texts")
	if err != nil {
		return nil, err
	}
	var list []Instrument
	var errs []error
	for _, file := range files {
		i, err := read("texts/" + file.Name())
		list, errs = append(list, i), append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if err := Lint(list); err != nil {
		return nil, err
	}
	sortByDate(list)
	return list, nil
}

func read(name string) (Instrument, error) {
	b, err := texts.ReadFile(name)
	if err != nil {
		return Instrument{}, err
	}
	i, err := decode(name, b)
	if err != nil {
		return Instrument{}, err
	}
	if want := "texts/" + string(i.ID) + ".json"; name != want {
		return Instrument{}, fmt.Errorf("%s holds instrument %q", name, i.ID)
	}
	return i, nil
}

// decode reads one text and accepts only what encode writes for the result.
// Writing again is what finds a missing member and a null, for which the JSON
// package has no option.
func decode(name string, b []byte) (Instrument, error) {
	var i Instrument
	if err := json.Unmarshal(b, &i, json.RejectUnknownMembers(true)); err != nil {
		return Instrument{}, fmt.Errorf("%s: %w", position(name, b, offset(err)), err)
	}
	again, err := encode(i)
	if err != nil {
		return Instrument{}, fmt.Errorf("%s: %w", name, err)
	}
	if at := differAt(b, again); at >= 0 {
		return Instrument{}, fmt.Errorf("%s: a member is missing, null, out of order or written in another way",
			position(name, b, at))
	}
	return i, nil
}

// encode writes an instrument in the one form of a text.
func encode(i Instrument) ([]byte, error) {
	b, err := json.Marshal(i, json.Deterministic(true), jsontext.WithIndent("  "))
	if err != nil {
		return nil, fmt.Errorf("encode instrument %s: %w", i.ID, err)
	}
	return append(b, '\n'), nil
}

// offset returns the byte at or after which the JSON package found a fault.
func offset(err error) int {
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		return int(syntax.ByteOffset)
	}
	var semantic *json.SemanticError
	if errors.As(err, &semantic) {
		return int(semantic.ByteOffset)
	}
	return 0
}

// differAt returns the first byte at which a and b differ, or -1.
func differAt(a, b []byte) int {
	if bytes.Equal(a, b) {
		return -1
	}
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// position writes the place of byte at as "file:line:column".
func position(name string, b []byte, at int) string {
	before := b[:min(at, len(b))]
	line := 1 + bytes.Count(before, []byte{'\n'})
	column := len(before) - bytes.LastIndexByte(before, '\n')
	return fmt.Sprintf("%s:%d:%d", name, line, column)
}

func sortByDate(list []Instrument) {
	slices.SortFunc(list, func(a, b Instrument) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.ID, b.ID))
	})
}
