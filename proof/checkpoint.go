package proof

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A Checkpoint commits to all entries of a log up to a size.
// See https://c2sp.org/tlog-checkpoint.
type Checkpoint struct {
	Origin string   // name of the log, as "example.org/log/1"
	Size   int64    // number of entries
	Root   [32]byte // of the Merkle tree of RFC 6962, section 2.1
}

// A Cosigner is a witness of a policy that has seen a checkpoint, and when.
type Cosigner struct {
	Name string    // within the policy
	At   time.Time // UTC, whole seconds, by the witness's clock
}

// Empty returns the checkpoint of a log without entries.
func Empty(origin string) Checkpoint {
	return Checkpoint{Origin: origin, Root: sha256.Sum256(nil)}
}

// Text returns the three lines that are signed.
func (c Checkpoint) Text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]))
}

// ParseCheckpoint reads a signed checkpoint of the policy's log, which must
// make the quorum. Below the text it accepts the log's signature and then
// those of witnesses in the order of the policy, each once, and nothing else;
// so every byte of the note counts. It returns the cosigners in that order.
// The error wraps [ErrMalformed], [ErrBadSignature] or [ErrNoQuorum].
func ParseCheckpoint(note []byte, policy *Policy) (Checkpoint, []Cosigner, error) {
	text, sigs, err := splitNote(note)
	if err != nil {
		return Checkpoint{}, nil, fmt.Errorf("checkpoint: %w", err)
	}
	c, err := parseText(text, policy.Origin())
	if err != nil {
		return Checkpoint{}, nil, fmt.Errorf("checkpoint: %w", err)
	}
	cosigners, err := policy.verifyAll(text, sigs)
	if err != nil {
		return Checkpoint{}, nil, fmt.Errorf("checkpoint %d of %s: %w", c.Size, c.Origin, err)
	}
	if !policy.Satisfied(cosigners) {
		return Checkpoint{}, nil, fmt.Errorf("checkpoint %d of %s: %w: signed by %d", c.Size, c.Origin, ErrNoQuorum, len(cosigners))
	}
	return c, cosigners, nil
}

// parseText reads the form that Text writes, of the log named origin.
func parseText(text []byte, origin string) (Checkpoint, error) {
	line := strings.Split(string(text), "\n")
	if len(line) != 4 {
		return Checkpoint{}, fmt.Errorf("%w: a text of %d lines, want origin, size and root", ErrMalformed, len(line)-1)
	}
	if line[0] != origin {
		return Checkpoint{}, fmt.Errorf("%w: of the log %q, not of %q", ErrMalformed, line[0], origin)
	}
	c := Checkpoint{Origin: origin}
	size, err := strconv.ParseInt(line[1], 10, 64)
	if err != nil || size < 0 {
		return Checkpoint{}, fmt.Errorf("%w: size %q", ErrMalformed, line[1])
	}
	root, err := base64.StdEncoding.DecodeString(line[2])
	if err != nil || len(root) != len(c.Root) {
		return Checkpoint{}, fmt.Errorf("%w: root %q", ErrMalformed, line[2])
	}
	c.Size, c.Root = size, [32]byte(root)
	if c.Text() != string(text) {
		return Checkpoint{}, fmt.Errorf("%w: size or root is written in another way", ErrMalformed)
	}
	if c.Size == 0 && c != Empty(origin) {
		return Checkpoint{}, fmt.Errorf("%w: the root of no entries is not %q", ErrMalformed, line[2])
	}
	return c, nil
}

// verifyAll checks the signatures on a checkpoint, their order and that each
// stands once.
func (p *Policy) verifyAll(text []byte, sigs []signature) ([]Cosigner, error) {
	var cosigners []Cosigner
	last := -1
	for _, s := range sigs {
		place, err := p.verify(text, s)
		switch {
		case err != nil:
			return nil, err
		case place == last:
			return nil, fmt.Errorf("%w: %s stands twice", ErrBadSignature, s.key())
		case place < last:
			return nil, fmt.Errorf("%w: %s stands twice or out of order", ErrBadSignature, s.key())
		case last < 0 && place > 0:
			return nil, fmt.Errorf("%w: %s comes first, want the log's own", ErrBadSignature, s.key())
		}
		if last = place; place == 0 {
			continue
		}
		at, err := timestamp(s)
		if err != nil {
			return nil, err
		}
		cosigners = append(cosigners, Cosigner{p.witnesses[place-1].Name, at})
	}
	return cosigners, nil
}

// timestamp returns the time that a cosignature begins with.
// See https://c2sp.org/tlog-cosignature#format.
func timestamp(s signature) (time.Time, error) {
	const end = 253402300800 // the year 10000, which RFC 3339 cannot write
	seconds := binary.BigEndian.Uint64(s.body)
	if seconds == 0 || seconds >= end {
		return time.Time{}, fmt.Errorf("%w: %s names no time (%d seconds)", ErrBadSignature, s.key(), seconds)
	}
	return time.Unix(int64(seconds), 0).UTC(), nil
}

// Assemble puts the lines of cosignatures below a note that the log signed,
// in the order that [ParseCheckpoint] wants, and returns the note. It verifies
// everything but the quorum.
func Assemble(note []byte, cosignatures [][]byte, policy *Policy) ([]byte, error) {
	text, sigs, err := splitNote(append(bytes.Clone(note), bytes.Join(cosignatures, nil)...))
	if err != nil {
		return nil, fmt.Errorf("assemble checkpoint: %w", err)
	}
	lines := make([]string, 1+len(policy.witnesses))
	for _, s := range sigs {
		place, err := policy.verify(text, s)
		if err != nil {
			return nil, fmt.Errorf("assemble checkpoint: %w", err)
		}
		lines[place] += s.line() // twice is found below
	}
	out := append(bytes.Clone(text), "\n"+strings.Join(lines, "")...)
	_, _, err = ParseCheckpoint(out, policy.WithoutQuorum())
	return out, err
}
