package attack

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// ErrBundle is wrapped by every error about bytes that are no ATT&CK bundle.
var ErrBundle = errors.New("not an ATT&CK bundle")

// at wraps err with its place in text, as editors and as programs count: lines
// from 1, bytes from 0.
func at(text []byte, offset int64, err error) error {
	offset = min(max(offset, 0), int64(len(text)))
	line := 1 + bytes.Count(text[:offset], []byte("\n"))
	return fmt.Errorf("line %d, byte %d: %w: %w", line, offset, ErrBundle, err)
}

// start gives where the value begins that follows offset, after the space and
// punctuation that lead to it.
func start(text []byte, offset int64) int64 {
	for offset < int64(len(text)) && bytes.IndexByte([]byte(" \t\r\n,:"), text[offset]) >= 0 {
		offset++
	}
	return offset
}

// atJSON wraps an error of the JSON decoder with the place it tells.
func atJSON(text []byte, err error) error {
	if e, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return at(text, e.ByteOffset, err)
	}
	if e, ok := errors.AsType[*json.SemanticError](err); ok {
		return at(text, start(text, e.ByteOffset), err)
	}
	return at(text, 0, err)
}
