package tlog

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"

	"solferino/proof"
	"solferino/record"
)

// A Head is the last state of the log that its key has signed.
type Head struct {
	Size int64
	Root [hashSize]byte
	Note []byte // the checkpoint with the log's own signature
}

// A Store is the table that is the log. Entries are never changed once Size
// has counted them.
type Store interface {
	// Size returns the number of entries that are durable.
	Size(ctx context.Context) (int64, error)
	// Leaves yields the leaves of the entries from ≤ i < to, in order and
	// without gaps, and stops with the first error of yield.
	Leaves(ctx context.Context, from, to int64, yield func(record.Digest) error) error
	// Head returns the last head that was swapped in, or the zero Head.
	Head(ctx context.Context) (Head, error)
	// SwapHead replaces the head durably if it is still from, by size and
	// root (the zero Head: if there is none), and returns an error that wraps
	// ErrForked if it is another.
	SwapHead(ctx context.Context, from, to Head) error
}

// A Config says where a tree lives and who signs it.
type Config struct {
	Dir       string // of the public files
	Store     Store
	Policy    *proof.Policy
	Signer    note.Signer         // the log's key, as the policy names it
	Witnesses map[string]Cosigner // by their names in the policy
	// Guard is a small file that remembers the signed head. It belongs on
	// another disk than the database and into no backup, so that a restored
	// database meets it. "" means none.
	Guard string
	// Evidence is a directory for what proves that the log forked; it is read
	// as a guard is. "" means none.
	Evidence string
	// Grace is how long to wait for further witnesses once the quorum is
	// there. How long to wait for the quorum is for the context to say.
	Grace time.Duration
	// Steps, if set, is called after each step of Publish with its name, for
	// tests that end the process there.
	Steps func(name string)
}

// A Tree is the public form of one log. Its methods may be called by several
// goroutines; one process at a time may call Publish.
type Tree struct {
	c         Config
	mu        sync.Mutex       // held by Publish; owns what follows
	last      proof.Checkpoint // what this process signed last
	seen      map[string]int64 // size that each witness has seen, by its first name
	consulted bool             // the witnesses were asked what they remember
}

// Open makes or opens the tree of a log and checks it: that the tiles make the
// signed head, that the store still holds what was signed, and that no file
// remembers a later or another head. The error wraps [ErrForked] or
// [ErrDamaged] and says what disagrees.
func Open(ctx context.Context, c Config) (*Tree, error) {
	t := newTree(c)
	for name := range c.Witnesses {
		known := func(w proof.Witness) bool { return w.Name == name }
		if !slices.ContainsFunc(c.Policy.Witnesses(), known) {
			return nil, fmt.Errorf("open log %s: its policy knows no witness %q", c.Policy.Origin(), name)
		}
	}
	err := os.MkdirAll(filepath.Join(c.Dir, tempDir), 0o755)
	if err == nil {
		_, err = t.load(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("open log %s: %w", c.Policy.Origin(), err)
	}
	return t, nil
}

func newTree(c Config) *Tree {
	return &Tree{c: c, last: proof.Empty(c.Policy.Origin()), seen: make(map[string]int64)}
}

// checkpointPath is the file that the world reads first.
func (t *Tree) checkpointPath() string { return filepath.Join(t.c.Dir, "checkpoint") }

// Checkpoint returns the checkpoint that is published, with the note that its
// witnesses signed. The error wraps [ErrPending] when there is none yet, or
// none that meets the policy.
func (t *Tree) Checkpoint() (proof.Checkpoint, []byte, error) {
	signed, err := os.ReadFile(t.checkpointPath())
	if errors.Is(err, fs.ErrNotExist) {
		return proof.Checkpoint{}, nil, fmt.Errorf("%s: %w: no checkpoint yet", t.c.Policy.Origin(), ErrPending)
	}
	if err != nil {
		return proof.Checkpoint{}, nil, err
	}
	c, _, err := proof.ParseCheckpoint(signed, t.c.Policy)
	if err != nil {
		return proof.Checkpoint{}, nil, fmt.Errorf("%s: %w: %w", t.checkpointPath(), ErrPending, err)
	}
	return c, signed, nil
}

// A state is what the store says before anything is done.
type state struct {
	head Head  // Root is set even when there is no Note
	size int64 // entries of the store
}

// load reads the state of the store and checks it against the files.
func (t *Tree) load(ctx context.Context) (state, error) {
	var s state
	var err error
	if s.head, err = t.head(ctx); err != nil {
		return state{}, err
	}
	if s.size, err = t.c.Store.Size(ctx); err != nil {
		return state{}, err
	}
	if s.size < s.head.Size {
		return state{}, fmt.Errorf("the store holds %d entries, its head signs %d: %w", s.size, s.head.Size, ErrForked)
	}
	memories, err := t.memories()
	if err != nil {
		return state{}, err
	}
	for _, m := range memories {
		if err := m.allow(s.head); err != nil {
			return state{}, err
		}
	}
	r, err := newReader(inDir(t.c.Dir), s.head)
	if err != nil {
		return state{}, err
	}
	for _, m := range memories {
		if err := m.agree(r); err != nil {
			return state{}, err
		}
	}
	return s, t.sameEntries(ctx, r)
}

// head reads the stored head and checks its note.
func (t *Tree) head(ctx context.Context) (Head, error) {
	h, err := t.c.Store.Head(ctx)
	if err != nil {
		return Head{}, err
	}
	c := proof.Empty(t.c.Policy.Origin())
	if h.Note == nil && h.Size == 0 {
		h.Root = c.Root
		return h, nil
	}
	c, _, err = proof.ParseCheckpoint(h.Note, t.c.Policy.WithoutQuorum())
	if err != nil {
		return Head{}, fmt.Errorf("stored head: %w: %w", ErrDamaged, err)
	}
	if c.Size != h.Size || c.Root != h.Root {
		return Head{}, fmt.Errorf("stored head: %w: size %d, root %x, but its note signs size %d, root %x", ErrDamaged, h.Size, h.Root, c.Size, c.Root)
	}
	return h, nil
}

// sameEntries checks that the store still holds the last entries that were
// signed; a whole comparison is [Tree.Scrub].
func (t *Tree) sameEntries(ctx context.Context, r *reader) error {
	bundle, i, err := r.lastBundle()
	if err != nil || r.edge.size == 0 {
		return err
	}
	err = t.c.Store.Leaves(ctx, i, r.edge.size, func(d record.Digest) error {
		if err := d.Validate(); err != nil {
			return fmt.Errorf("entry %d of the store: %w: %w", i, ErrDamaged, err)
		}
		leaf := d.Bytes()
		if !bytes.HasPrefix(bundle, append(binary.BigEndian.AppendUint16(nil, hashSize), leaf[:]...)) {
			return fmt.Errorf("entry %d of the store is %s, another one was signed: %w", i, d.Short(), ErrForked)
		}
		bundle, i = bundle[2+hashSize:], i+1
		return nil
	})
	if err == nil && i != r.edge.size {
		err = fmt.Errorf("%w: the store gave the entries up to %d, its head signs %d", ErrDamaged, i, r.edge.size)
	}
	return err
}

func (t *Tree) step(name string) {
	if t.c.Steps != nil {
		t.c.Steps(name)
	}
}
