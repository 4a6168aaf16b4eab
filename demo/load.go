package demo

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"solferino/review"
)

// files is the data: one file for each part, one for each case, named by its
// slug.
//
//go:embed institution.json officers.json roster.json adherence.json case/*.json
var files embed.FS

// Load reads the demonstration. Members may stand in any order and optional
// ones may be missing, but none may be unknown or stand twice; errors name the
// file with line and column, counted from 1 in bytes.
func Load() (World, error) {
	var head struct {
		Name    string         `json:"name"`
		Notice  string         `json:"notice"`
		Statute review.Statute `json:"statute"`
	}
	var w World
	err := errors.Join(
		read("institution.json", &head),
		read("officers.json", &w.Officers),
		read("roster.json", &w.Roster),
		read("adherence.json", &w.Adherence),
		w.readCases())
	if err != nil {
		return World{}, err
	}
	w.Institution, w.Notice, w.Statute = head.Name, head.Notice, head.Statute
	return w, nil
}

func (w *World) readCases() error {
	entries, err := files.ReadDir("case")
	if err != nil {
		return err
	}
	for _, e := range entries {
		var c Case
		if err := read("case/"+e.Name(), &c); err != nil {
			return err
		}
		if e.Name() != c.Slug+".json" {
			return fmt.Errorf("case/%s holds case %q", e.Name(), c.Slug)
		}
		w.Cases = append(w.Cases, c)
	}
	slices.SortFunc(w.Cases, func(a, b Case) int { return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Slug, b.Slug)) })
	return nil
}

func read(name string, into any) error {
	b, err := files.ReadFile(name)
	if err != nil {
		return err
	}
	return decode(name, b, into)
}

func decode(name string, b []byte, into any) error {
	if err := json.Unmarshal(b, into, json.RejectUnknownMembers(true)); err != nil {
		return fmt.Errorf("%s: %w", position(name, b, offset(err)), err)
	}
	return nil
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

// position writes the place of byte at as "file:line:column".
func position(name string, b []byte, at int) string {
	before := b[:min(at, len(b))]
	line := 1 + bytes.Count(before, []byte{'\n'})
	return fmt.Sprintf("%s:%d:%d", name, line, len(before)-bytes.LastIndexByte(before, '\n'))
}
