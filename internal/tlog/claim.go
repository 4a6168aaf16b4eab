package tlog

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"solferino/proof"
)

// A claim is a checkpoint as a witness reads it, who must put up with more
// than a verifier: signatures of others, and further lines that the log signs.
// See https://c2sp.org/tlog-checkpoint#note-text.
type claim struct {
	proof.Checkpoint
	text string // what was signed
	note []byte // text and those signatures that were verified
}

// readClaim reads a checkpoint that one of the known keys has signed. The
// error wraps [proof.ErrMalformed] or [proof.ErrBadSignature].
func readClaim(signed []byte, known note.Verifiers) (claim, error) {
	n, err := note.Open(signed, known)
	var invalid *note.InvalidSignatureError
	var unverified *note.UnverifiedNoteError
	switch {
	case errors.As(err, &invalid), errors.As(err, &unverified):
		return claim{}, fmt.Errorf("checkpoint: %w: %w", proof.ErrBadSignature, err)
	case err != nil:
		return claim{}, fmt.Errorf("checkpoint: %w: %w", proof.ErrMalformed, err)
	}
	c, err := parseClaim(n.Text)
	if err != nil {
		return claim{}, err
	}
	out := []byte(n.Text + "\n")
	for _, s := range n.Sigs {
		out = append(out, "\u2014 "+s.Name+" "+s.Base64+"\n"...)
	}
	return claim{c, n.Text, out}, nil
}

// parseClaim reads the text of a checkpoint, of whatever log.
func parseClaim(text string) (proof.Checkpoint, error) {
	fail := func(what string) (proof.Checkpoint, error) {
		return proof.Checkpoint{}, fmt.Errorf("checkpoint: %w: %s", proof.ErrMalformed, what)
	}
	line := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(line) < 3 || line[0] == "" || len(line[0]) > maxName {
		return fail("want a line each of origin, size and root")
	}
	size, ok := parseSize(line[1])
	if !ok {
		return fail(fmt.Sprintf("size %.30q", line[1]))
	}
	root, err := base64.StdEncoding.Strict().DecodeString(line[2])
	if err != nil || len(root) != hashSize {
		return fail(fmt.Sprintf("root %.60q", line[2]))
	}
	for _, extension := range line[3:] {
		if extension == "" {
			return fail("an empty line within")
		}
	}
	return proof.Checkpoint{Origin: line[0], Size: size, Root: [hashSize]byte(root)}, nil
}

// parseSize reads a size in its one decimal spelling.
func parseSize(text string) (int64, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil && n >= 0 && strconv.FormatInt(n, 10) == text
}

// originOf returns the first line of a note, which nobody has verified yet.
func originOf(signed []byte) string {
	line, _, _ := strings.Cut(string(signed[:min(len(signed), maxName+1)]), "\n")
	return line
}
