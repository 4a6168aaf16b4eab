package format

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// A Place puts errors about one text where they belong, wrapping a sentinel.
type Place struct {
	Text []byte
	Is   error
}

// At wraps err with its place as editors and as programs count: lines from 1,
// bytes from 0.
func (p Place) At(offset int64, err error) error {
	offset = min(max(offset, 0), int64(len(p.Text)))
	line := 1 + bytes.Count(p.Text[:offset], []byte("\n"))
	return fmt.Errorf("line %d, byte %d: %w: %w", line, offset, p.Is, err)
}

// AtValue is At for the value that follows offset, after the space and
// punctuation that lead to it.
func (p Place) AtValue(offset int64, err error) error {
	for offset < int64(len(p.Text)) && bytes.IndexByte([]byte(" \t\r\n,:"), p.Text[offset]) >= 0 {
		offset++
	}
	return p.At(offset, err)
}

// AtJSON wraps an error of the JSON decoder with the place it tells.
func (p Place) AtJSON(err error) error {
	if e, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return p.At(e.ByteOffset, err)
	}
	if e, ok := errors.AsType[*json.SemanticError](err); ok {
		return p.AtValue(e.ByteOffset, err)
	}
	return p.At(0, err)
}

// Clean puts s on one line without control characters or space around or
// doubled in it.
func Clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
