package tlog

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"solferino/proof"
	"solferino/record"
)

// write puts the files on disk that the tree of s.size has and that of the
// signed head has not, and returns the new root.
func (t *Tree) write(ctx context.Context, s state) (root [hashSize]byte, err error) {
	e, err := openEdge(t.c.Dir, s.head)
	if err != nil {
		return root, err
	}
	c := newCrew()
	defer c.wait.Wait() // also when a step ends us
	var names []string
	err = t.project(ctx, e, s.size, func(name string, data []byte) error {
		t.step(StepWriting)
		names = append(names, name)
		return c.do(func() error { return put(t.c.Dir, name, data) })
	})
	if failed := c.end(); failed != nil {
		return root, failed
	}
	if err != nil {
		return root, err
	}
	return e.root(), syncDirs(t.c.Dir, names)
}

// reread computes the same files again, from a second reading of the store and
// of the edge, and compares them with what is stored. So neither a disk nor a
// memory that flips a bit in between makes us sign it.
func (t *Tree) reread(ctx context.Context, from Head, size int64) (root [hashSize]byte, err error) {
	e, err := openEdge(t.c.Dir, from)
	if err != nil {
		return root, err
	}
	c := newCrew()
	err = t.project(ctx, e, size, func(name string, data []byte) error {
		return c.do(func() error { return t.compare(name, data) })
	})
	if failed := c.end(); failed != nil {
		return root, failed
	}
	return e.root(), err
}

func (t *Tree) compare(name string, want []byte) error {
	got, err := read(t.c.Dir, name, len(want))
	if err != nil {
		return err
	}
	for i := range want {
		if got[i] != want[i] {
			return fmt.Errorf("%s: %w: at byte %d it differs from what the store says", name, ErrDamaged, i)
		}
	}
	return nil
}

// project appends the store's leaves to e up to size, and gives the sink each
// file that the grown tree has and the one before had not.
func (t *Tree) project(ctx context.Context, e *edge, size int64, to sink) error {
	since := e.size
	err := t.c.Store.Leaves(ctx, since, size, func(d record.Digest) error {
		if err := d.Validate(); err != nil || e.size == size {
			return fmt.Errorf("entry %d of the store: %w: one too many, or no leaf: %w", e.size, ErrDamaged, err)
		}
		return e.add(d.Bytes(), to)
	})
	if err != nil {
		return err
	}
	if e.size != size {
		return fmt.Errorf("%w: the store gave the entries from %d to %d, and counts %d", ErrDamaged, since, e.size, size)
	}
	return e.flush(since, to)
}

// Scrub computes the whole signed tree again from the store and compares it
// with every file. It reads all, and takes seconds for a million entries.
func (t *Tree) Scrub(ctx context.Context) error {
	head, err := t.head(ctx)
	if err == nil {
		err = head.madeBy(t.reread(ctx, Head{Root: proof.Empty("").Root}, head.Size))
	}
	if err != nil {
		return fmt.Errorf("scrub log %s: %w", t.c.Policy.Origin(), err)
	}
	return nil
}

// Rebuild writes the files of the signed tree that are missing, from the
// store: after the disk of the public files was lost, or to move them. It
// changes no file that is there. Files that differ, or a store that does not
// give the signed root, are [ErrForked].
func Rebuild(ctx context.Context, c Config) error {
	t := newTree(c)
	err := os.MkdirAll(filepath.Join(c.Dir, tempDir), 0o755)
	if err == nil {
		err = t.rebuild(ctx)
	}
	if err != nil {
		return fmt.Errorf("rebuild log %s: %w", c.Policy.Origin(), err)
	}
	return nil
}

func (t *Tree) rebuild(ctx context.Context) error {
	head, err := t.head(ctx)
	if err != nil {
		return err
	}
	return head.madeBy(t.write(ctx, state{head: Head{Root: proof.Empty("").Root}, size: head.Size}))
}

// madeBy reports whether the store's entries made the signed root.
func (h Head) madeBy(root [hashSize]byte, err error) error {
	if err != nil {
		return err
	}
	if root != h.Root {
		return fmt.Errorf("the store gives root %x at size %d, the signed head says %x: %w", root, h.Size, h.Root, ErrForked)
	}
	return nil
}
