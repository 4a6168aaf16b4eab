package tlog

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"solferino/proof"
)

// Inclusion proves that an entry is in the tree of the given size, which is at
// most the signed one. It reads a handful of tiles and checks each against the
// signed root, so what it returns is right or the error says which file is
// not.
func (t *Tree) Inclusion(ctx context.Context, index, size int64) (proof.Inclusion, error) {
	if index < 0 || index >= size {
		return proof.Inclusion{}, fmt.Errorf("prove entry %d of %d: %w: no such entry", index, size, ErrNotSigned)
	}
	r, err := t.readerOf(ctx, size)
	if err != nil {
		return proof.Inclusion{}, fmt.Errorf("prove entry %d of %d: %w", index, size, err)
	}
	path, err := tlog.ProveRecord(size, index, r)
	if err != nil {
		return proof.Inclusion{}, fmt.Errorf("prove entry %d of %d: %w", index, size, err)
	}
	return proof.Inclusion{Index: index, Hashes: hashes(path)}, nil
}

// Consistency proves that the tree of size now begins with that of size old.
func (t *Tree) Consistency(ctx context.Context, old, now int64) (proof.Consistency, error) {
	if old < 0 || old > now {
		return proof.Consistency{}, fmt.Errorf("prove size %d from %d: %w: it is earlier", now, old, ErrNotSigned)
	}
	r, err := t.readerOf(ctx, now)
	if err != nil {
		return proof.Consistency{}, fmt.Errorf("prove size %d from %d: %w", now, old, err)
	}
	return r.consistency(old, now)
}

// readerOf opens the signed tree, if it reaches up to size.
func (t *Tree) readerOf(ctx context.Context, size int64) (*reader, error) {
	head, err := t.c.Store.Head(ctx)
	if err != nil {
		return nil, err
	}
	if size > head.Size {
		return nil, fmt.Errorf("%w of %d entries", ErrNotSigned, head.Size)
	}
	if head.Note == nil {
		head.Root = proof.Empty("").Root
	}
	return newReader(inDir(t.c.Dir), head)
}

func (r *reader) consistency(old, now int64) (proof.Consistency, error) {
	if old == 0 { // needs no proof
		return proof.Consistency{}, nil
	}
	path, err := tlog.ProveTree(now, old, r)
	if err != nil {
		return proof.Consistency{}, fmt.Errorf("prove size %d from %d: %w", now, old, err)
	}
	return proof.Consistency{Hashes: hashes(path)}, nil
}

func hashes(in []tlog.Hash) [][hashSize]byte {
	out := make([][hashSize]byte, len(in))
	for i, h := range in {
		out[i] = h
	}
	return out
}
