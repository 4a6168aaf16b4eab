package tlog

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"solferino/proof"
)

// A memory is a checkpoint that the log is known to have signed once, and
// where that is written.
type memory struct {
	where string
	proof.Checkpoint
}

// memories gathers what this process, the published checkpoint and the guard
// remember, and what witnesses have once reminded us of.
func (t *Tree) memories() ([]memory, error) {
	out := []memory{{"this process", t.last}}
	paths := []string{t.checkpointPath(), t.c.Guard}
	forks, err := kept(t.c.Evidence, forkKind)
	if err != nil {
		return nil, err
	}
	for _, dir := range forks {
		paths = append(paths, filepath.Join(dir, theirsName))
	}
	for _, path := range paths {
		if path == "" {
			continue
		}
		signed, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		c, err := ParseSigned(signed, t.c.Policy)
		if err != nil {
			return nil, fmt.Errorf("%s: %w: %w", path, ErrDamaged, err)
		}
		out = append(out, memory{path, c})
	}
	return out, nil
}

// allow reports whether a head may follow what is remembered, as far as its
// size and root tell.
func (m memory) allow(h Head) error {
	if m.Size > h.Size || m.Size == h.Size && m.Root != h.Root {
		return fmt.Errorf("%s remembers size %d, root %x; the stored head is size %d, root %x: %w",
			m.where, m.Size, m.Root, h.Size, h.Root, ErrForked)
	}
	return nil
}

// agree reports whether the tree has what is remembered as its beginning.
func (m memory) agree(r *reader) error {
	root, err := r.rootAt(m.Size)
	if err != nil {
		return err
	}
	if root != m.Root {
		return fmt.Errorf("%s remembers root %x at size %d, the tree had %x then: %w", m.where, m.Root, m.Size, root, ErrForked)
	}
	return nil
}

// ParseSigned reads a checkpoint for its log's signature alone, whoever else has
// signed it: that the log once said so is all that follows.
func ParseSigned(signed []byte, policy *proof.Policy) (proof.Checkpoint, error) {
	c, _, err := proof.ParseCheckpoint(logPart(signed, policy.Origin()), policy.WithoutQuorum())
	return c, err
}

// LogPart returns a note without the signatures of others than the policy's log.
func LogPart(signed []byte, policy *proof.Policy) []byte { return logPart(signed, policy.Origin()) }

// logPart returns a note without the signatures of others than its log.
func logPart(signed []byte, origin string) []byte {
	cut := bytes.LastIndex(signed, []byte("\n\n")) + 2
	if cut < 2 {
		return signed
	}
	out := bytes.Clone(signed[:cut])
	for line := range bytes.Lines(signed[cut:]) {
		if bytes.HasPrefix(line, []byte("\u2014 "+origin+" ")) {
			out = append(out, line...)
		}
	}
	return out
}
