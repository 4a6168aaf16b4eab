package attribution

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErrKnowledge is wrapped by every error about knowledge that contradicts
// itself or cannot be written down.
var ErrKnowledge = errors.New("knowledge refused")

// uncited stands in the text for the source of a report that cites none.
const uncited = "-"

// New gives a checked copy of k in canonical order: lists sorted by id,
// repeated words once. It refuses ids that occur twice, references that lead
// nowhere and text that would not survive Encode.
func New(k Knowledge) (*Knowledge, error) {
	b := newBuilder()
	if err := b.addHeader(k.Version, k.Notices); err != nil {
		return nil, err
	}
	if err := each(k.Sources, b.addSource); err != nil {
		return nil, err
	}
	if err := each(k.Techniques, b.addTechnique); err != nil {
		return nil, err
	}
	if err := each(k.Software, b.addSoftware); err != nil {
		return nil, err
	}
	if err := each(k.Actors, b.addActor); err != nil {
		return nil, err
	}
	if err := each(k.Reports, b.addReport); err != nil {
		return nil, err
	}
	return b.finish(), nil
}

func each[T any](list []T, add func(T) error) error {
	for _, v := range list {
		if err := add(v); err != nil {
			return err
		}
	}
	return nil
}

// define notes that id stands at position at, or says why it cannot.
func define(ids map[string]int, noun, id string, at int) error {
	if id == uncited || strings.ContainsFunc(id, unicode.IsSpace) || checkText(id) != nil {
		return fmt.Errorf("%s id %q: %w", noun, id, ErrKnowledge)
	}
	if _, taken := ids[id]; taken {
		return fmt.Errorf("%s %q occurs twice: %w", noun, id, ErrKnowledge)
	}
	ids[id] = at
	return nil
}

// checkText refuses what a line of the text form cannot hold.
func checkText(texts ...string) error {
	for _, s := range texts {
		switch {
		case s == "" || s != strings.TrimSpace(s):
			return fmt.Errorf("text %q is empty or has space around it: %w", s, ErrKnowledge)
		case !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl):
			return fmt.Errorf("text %q has a control character or is not UTF-8: %w", s, ErrKnowledge)
		}
	}
	return nil
}

// sorted gives a sorted copy of list without repetitions; nil when empty, so
// that equal knowledge is deeply equal.
func sorted(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	s := slices.Clone(list)
	slices.Sort(s)
	return slices.Compact(s)
}
