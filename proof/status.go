package proof

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// statusHeader is the first line of a status list. No checkpoint begins with
// it, so the log's signature on one never serves for the other.
const statusHeader = "solferino/status/v1"

// A Status lists which versions of findings stand, as of one checkpoint. The
// log's key signs its text as a note, with no witnesses: who doubts it can
// recompute it from the published records below the checkpoint.
type Status struct {
	Checkpoint Checkpoint
	At         time.Time // UTC, whole seconds, by the log's clock
	Versions   []Version // sorted by finding, then number; each once
}

// A Version is one version of a finding, and whether it stands.
type Version struct {
	Finding string // opaque id without space, as "finding/2026-001"
	Number  int    // from 1
	State   State
}

// A State says whether a version of a finding stands.
type State string

// The states of a version.
const (
	Issued     State = "issued"
	Superseded State = "superseded" // by a later version
	Withdrawn  State = "withdrawn"
)

// Text returns the lines that are signed:
//
//	solferino/status/v1
//	<origin>
//	<size>
//	<root, base64>
//	<date, RFC 3339>
//	<finding> <version> <issued|superseded|withdrawn>
//	…
func (s Status) Text() string {
	var b strings.Builder
	b.WriteString(statusHeader + "\n" + s.Checkpoint.Text())
	b.WriteString(s.At.UTC().Format(time.RFC3339) + "\n")
	for _, v := range s.Versions {
		fmt.Fprintf(&b, "%s %d %s\n", v.Finding, v.Number, v.State)
	}
	return b.String()
}

// State returns whether a version of a finding stands, and whether the list
// names it at all.
func (s Status) State(finding string, number int) (State, bool) {
	i, ok := slices.BinarySearchFunc(s.Versions, Version{Finding: finding, Number: number}, compareVersions)
	if !ok {
		return "", false
	}
	return s.Versions[i].State, true
}

// ParseStatus reads a status list that the policy's log signed, and accepts
// only the one spelling of it, signed by that key alone; so every byte counts.
// The error wraps [ErrMalformed] or [ErrBadSignature].
func ParseStatus(note []byte, policy *Policy) (Status, error) {
	text, sigs, err := splitNote(note)
	if err != nil {
		return Status{}, fmt.Errorf("status: %w", err)
	}
	if len(sigs) != 1 {
		return Status{}, fmt.Errorf("status: %w: %d signatures, want the log's alone", ErrBadSignature, len(sigs))
	}
	if place, err := policy.verify(text, sigs[0]); err != nil || place != 0 {
		return Status{}, fmt.Errorf("status: %w: %s is not the log's (%v)", ErrBadSignature, sigs[0].key(), err)
	}
	s, err := parseStatusText(string(text), policy.Origin())
	if err != nil {
		return Status{}, fmt.Errorf("status: %w", err)
	}
	return s, nil
}

func parseStatusText(text, origin string) (s Status, err error) {
	line := strings.SplitAfter(text, "\n")
	if len(line) < 6 || line[0] != statusHeader+"\n" {
		return Status{}, fmt.Errorf("%w: want %q and four more lines", ErrMalformed, statusHeader)
	}
	if s.Checkpoint, err = parseText([]byte(strings.Join(line[1:4], "")), origin); err != nil {
		return Status{}, err
	}
	if s.At, err = time.Parse(time.RFC3339, strings.TrimSuffix(line[4], "\n")); err != nil {
		return Status{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	for _, l := range line[5 : len(line)-1] {
		v, err := parseVersion(l)
		if err != nil {
			return Status{}, err
		}
		s.Versions = append(s.Versions, v)
	}
	if s.Text() != text {
		return Status{}, fmt.Errorf("%w: date or number is written in another way", ErrMalformed)
	}
	return s, s.Validate()
}

func parseVersion(line string) (Version, error) {
	word := strings.Split(strings.TrimSuffix(line, "\n"), " ")
	if len(word) != 3 {
		return Version{}, fmt.Errorf("%w: line %q, want \"finding version state\"", ErrMalformed, line)
	}
	number, err := strconv.Atoi(word[1])
	if err != nil {
		return Version{}, fmt.Errorf("%w: version %q of %s", ErrMalformed, word[1], word[0])
	}
	return Version{word[0], number, State(word[2])}, nil
}

// Validate reports whether s can be written and read again: whoever signs a
// list asks first.
func (s Status) Validate() error {
	if s.At.Nanosecond() != 0 || s.At.Year() < 1970 || s.At.Year() > 9999 {
		return fmt.Errorf("%w: date %s", ErrMalformed, s.At.Format(time.RFC3339Nano))
	}
	for i, v := range s.Versions {
		if err := v.validate(); err != nil {
			return err
		}
		if i > 0 && compareVersions(s.Versions[i-1], v) >= 0 {
			return fmt.Errorf("%w: version %d of %s is out of order or named twice", ErrMalformed, v.Number, v.Finding)
		}
	}
	return nil
}

func (v Version) validate() error {
	odd := func(c rune) bool { return c <= ' ' || c > '~' }
	if v.Finding == "" || strings.IndexFunc(v.Finding, odd) >= 0 || v.Number < 1 {
		return fmt.Errorf("%w: version %d of finding %q", ErrMalformed, v.Number, v.Finding)
	}
	switch v.State {
	case Issued, Superseded, Withdrawn:
		return nil
	}
	return fmt.Errorf("%w: version %d of %s is %q", ErrMalformed, v.Number, v.Finding, v.State)
}

func compareVersions(a, b Version) int {
	if c := strings.Compare(a.Finding, b.Finding); c != 0 {
		return c
	}
	return a.Number - b.Number
}
