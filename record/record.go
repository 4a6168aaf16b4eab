package record

import (
	"errors"
	"fmt"
	"regexp"
	"time"
)

// A Subject names what an act is about, as "noun/id": "case/2026-001",
// "state/CH". All records of one subject, in order, are its whole state.
type Subject string

// An ID is chosen by the actor, once, for one record: 32 lower-case
// hexadecimal digits. Submitting the same record again under the same id is
// harmless.
type ID string

// An Act is the part of a record that one package of rules understands. Acts
// are plain structs whose JSON members all appear, in the order of the fields.
type Act interface {
	// Kind names the act with its version, as "evidence.received/1".
	Kind() string
	// Validate reports whether the act makes sense by itself. Whether it is
	// allowed here and now is for the fold of its subject to say.
	Validate() error
}

// A Cite names the head of another subject that the act relies on: the leaf of
// the last envelope of that subject which the actor had seen.
type Cite struct {
	Subject Subject `json:"subject"`
	Head    Digest  `json:"head"`
}

// A Record is an act as it was said: by whom, about what, when, and on what it
// relies. Its JSON encoding, made by [Record.Encode], is what the actor signs.
type Record struct {
	Subject Subject
	ID      ID
	Actor   Subject   // "person/…" or "host/…"
	At      time.Time // UTC, whole seconds: the actor's claim; order is the log's
	// Expect is the head of the record's own subject that the actor had seen.
	// It is empty for kinds whose meaning does not depend on order.
	Expect Digest
	Cites  []Cite // sorted by subject, each once
	Act    Act
}

var (
	// ErrMalformed means that bytes are not a record in its one encoding.
	ErrMalformed = errors.New("not a record in its one encoding")
	// ErrUnknownKind means that no room lists this kind of act.
	ErrUnknownKind = errors.New("unknown kind of act")
	// ErrBadSignature means that the actor did not say this.
	ErrBadSignature = errors.New("signature does not match")
)

var (
	subjectForm = regexp.MustCompile(`^[a-z]{1,20}/[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	idForm      = regexp.MustCompile(`^[0-9a-f]{32}$`)
)

// Validate reports whether s has the form "noun/id".
func (s Subject) Validate() error {
	if !subjectForm.MatchString(string(s)) {
		return fmt.Errorf("subject %q is not of the form noun/id", string(s))
	}
	return nil
}

// Noun returns the part before the slash: "case" of "case/2026-001".
func (s Subject) Noun() string {
	noun, _ := s.cut()
	return noun
}

// Name returns the part after the slash: "2026-001" of "case/2026-001".
func (s Subject) Name() string {
	_, name := s.cut()
	return name
}

func (s Subject) cut() (noun, name string) {
	for i := range s {
		if s[i] == '/' {
			return string(s[:i]), string(s[i+1:])
		}
	}
	return string(s), ""
}

// Validate reports whether the parts of r that every kind shares are in order,
// and asks the act about itself.
func (r Record) Validate() error {
	if err := errors.Join(r.Subject.Validate(), r.Actor.Validate()); err != nil {
		return err
	}
	if !idForm.MatchString(string(r.ID)) {
		return fmt.Errorf("id %q is not 32 hexadecimal digits", string(r.ID))
	}
	if r.At.IsZero() || !r.At.Equal(r.At.Truncate(time.Second)) || r.At.Year() > 9999 {
		return fmt.Errorf("time %s is not in whole seconds", r.At.Format(time.RFC3339Nano))
	}
	if r.Expect != "" {
		if err := r.Expect.Validate(); err != nil {
			return fmt.Errorf("expect: %w", err)
		}
	}
	if err := validateCites(r.Cites, r.Subject); err != nil {
		return err
	}
	if err := r.Act.Validate(); err != nil {
		return fmt.Errorf("%s: %w", r.Act.Kind(), err)
	}
	return nil
}

func validateCites(cites []Cite, own Subject) error {
	for i, c := range cites {
		if err := errors.Join(c.Subject.Validate(), c.Head.Validate()); err != nil {
			return fmt.Errorf("cite %d: %w", i, err)
		}
		if c.Subject == own {
			return fmt.Errorf("cite %d names the record's own subject %s", i, own)
		}
		if i > 0 && cites[i-1].Subject >= c.Subject {
			return fmt.Errorf("cite %d: %s is out of order or named twice", i, c.Subject)
		}
	}
	return nil
}

// Cited returns the head of subject s that r relies on, or "".
func (r Record) Cited(s Subject) Digest {
	for _, c := range r.Cites {
		if c.Subject == s {
			return c.Head
		}
	}
	return ""
}
