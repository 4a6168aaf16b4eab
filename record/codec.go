package record

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// MaxSize bounds one record, in bytes. What is larger travels as an attachment.
const MaxSize = 64 << 10

// MaxDepth bounds the nesting of JSON that comes from outside.
const MaxDepth = 32

// A Table lists kinds of acts, each with the way its act is decoded.
type Table map[string]Decoder

// A Decoder turns the JSON of one act into the act. Strictness is [Decode]'s.
type Decoder func(jsontext.Value) (Act, error)

// Of returns the decoder of acts of type T.
func Of[T Act]() Decoder {
	return func(v jsontext.Value) (Act, error) {
		var act T
		err := json.Unmarshal(v, &act, json.RejectUnknownMembers(true))
		return act, err
	}
}

// wire is the JSON form of a record. Members stand in this order; "expect" is
// left out where it is empty.
type wire struct {
	Kind    string         `json:"kind"`
	Subject Subject        `json:"subject"`
	ID      ID             `json:"id"`
	Actor   Subject        `json:"actor"`
	At      time.Time      `json:"at"`
	Expect  Digest         `json:"expect,omitzero"`
	Cites   []Cite         `json:"cites"`
	Act     jsontext.Value `json:"act"`
}

// Encode returns the one encoding of r: the bytes to sign.
func (r Record) Encode() ([]byte, error) {
	act, err := Marshal(r.Act)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", r.Act.Kind(), err)
	}
	return Marshal(wire{r.Act.Kind(), r.Subject, r.ID, r.Actor, r.At.UTC(), r.Expect, r.Cites, act})
}

// Marshal writes v as the house writes JSON: compact, members in the order of
// the fields, maps sorted, no nulls for empty lists.
func Marshal(v any) ([]byte, error) {
	return json.Marshal(v, json.Deterministic(true))
}

// Unmarshal reads b into v and accepts only what [Marshal] writes for the
// result: no duplicate, unknown or missing member, no null, no white space, no
// trailing byte, no nesting beyond [MaxDepth]. The error wraps [ErrMalformed]
// and gives the byte offset where it can be known.
func Unmarshal(b []byte, v any) error {
	if err := checkDepth(b); err != nil {
		return err
	}
	if err := json.Unmarshal(b, v, json.RejectUnknownMembers(true)); err != nil {
		return malformed(err)
	}
	again, err := Marshal(v)
	if err != nil {
		return malformed(err)
	}
	return sameBytes(b, again)
}

// Decode reads one record. It accepts exactly the bytes that [Record.Encode]
// writes, up to [MaxSize], of a kind that the table lists, and nothing else;
// so two different byte strings are never the same record.
func (t Table) Decode(b []byte) (Record, error) {
	if len(b) > MaxSize {
		return Record{}, fmt.Errorf("%w: %d bytes, at most %d", ErrMalformed, len(b), MaxSize)
	}
	if err := checkDepth(b); err != nil {
		return Record{}, err
	}
	var w wire
	if err := json.Unmarshal(b, &w, json.RejectUnknownMembers(true)); err != nil {
		return Record{}, malformed(err)
	}
	decode, ok := t[w.Kind]
	if !ok {
		return Record{}, fmt.Errorf("%w %q", ErrUnknownKind, clip(w.Kind, 60))
	}
	act, err := decode(w.Act)
	if err != nil {
		return Record{}, fmt.Errorf("act of %s: %w", w.Kind, malformed(err))
	}
	r := Record{w.Subject, w.ID, w.Actor, w.At, w.Expect, w.Cites, act}
	again, err := r.Encode()
	if err != nil {
		return Record{}, malformed(err)
	}
	if err := sameBytes(b, again); err != nil {
		return Record{}, err
	}
	if err := r.Validate(); err != nil {
		return Record{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return r, nil
}

func sameBytes(got, want []byte) error {
	if bytes.Equal(got, want) {
		return nil
	}
	at := 0
	for at < len(got) && at < len(want) && got[at] == want[at] {
		at++
	}
	return fmt.Errorf("%w: at byte %d: a member is missing, null, out of order or written in another way", ErrMalformed, at)
}

func malformed(err error) error {
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		return fmt.Errorf("%w: at byte %d: %w", ErrMalformed, syntax.ByteOffset, syntax.Err)
	}
	var semantic *json.SemanticError
	if errors.As(err, &semantic) {
		return fmt.Errorf("%w: at byte %d, %s: %w", ErrMalformed, semantic.ByteOffset, semantic.JSONPointer, err)
	}
	return fmt.Errorf("%w: %w", ErrMalformed, err)
}

// checkDepth counts brackets outside strings, before anything is built.
func checkDepth(b []byte) error {
	depth, quoted := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > MaxDepth {
				return fmt.Errorf("%w: at byte %d: nested deeper than %d", ErrMalformed, i, MaxDepth)
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return nil
}
