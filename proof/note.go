package proof

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
)

// maxNote bounds a signed note, in bytes: a checkpoint with the ML-DSA-44
// signatures of some 300 witnesses, or a status list of about 20,000 lines.
const maxNote = 1 << 20

// sigPrefix begins each signature line: em dash, space.
const sigPrefix = "\u2014 "

// A signature is one line below the text of a signed note.
type signature struct {
	name string
	id   uint32 // of the key
	body []byte // what the key made
}

// splitNote takes a signed note apart. It accepts only what [signature.line]
// writes for each line, so that every byte of the note is in a result.
// Nothing is verified. See https://c2sp.org/signed-note.
func splitNote(note []byte) (text []byte, sigs []signature, err error) {
	if len(note) > maxNote {
		return nil, nil, fmt.Errorf("%w: a note of %d bytes, at most %d", ErrMalformed, len(note), maxNote)
	}
	cut := bytes.LastIndex(note, []byte("\n\n"))
	if cut < 0 || !bytes.HasSuffix(note, []byte("\n")) || cut+2 == len(note) {
		return nil, nil, fmt.Errorf("%w: a note is text, an empty line, and lines of signatures", ErrMalformed)
	}
	for line := range strings.Lines(string(note[cut+2:])) {
		s, err := parseSignature(line)
		if err != nil {
			return nil, nil, fmt.Errorf("signature line %d: %w", len(sigs)+1, err)
		}
		sigs = append(sigs, s)
	}
	return note[:cut+1], sigs, nil
}

func parseSignature(line string) (signature, error) {
	name, text, _ := strings.Cut(strings.TrimPrefix(line, sigPrefix), " ")
	b, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(text, "\n"))
	if err != nil || len(b) <= 4 {
		return signature{}, fmt.Errorf("%w: want \"\u2014 name base64\"", ErrMalformed)
	}
	s := signature{name, binary.BigEndian.Uint32(b), b[4:]}
	if s.line() != line {
		return signature{}, fmt.Errorf("%w: %s is written in another way", ErrMalformed, s.key())
	}
	return s, nil
}

// line returns the one spelling of s, with its newline.
func (s signature) line() string {
	b := binary.BigEndian.AppendUint32(nil, s.id)
	b = append(b, s.body...)
	return sigPrefix + s.name + " " + base64.StdEncoding.EncodeToString(b) + "\n"
}

// key names the key that s claims to be made by, as a vkey begins.
func (s signature) key() string { return fmt.Sprintf("%q+%08x", s.name, s.id) }
