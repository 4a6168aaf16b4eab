package tlog

import (
	"context"
	"encoding/hex"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"solferino/proof"
	"solferino/record"
)

// A View is a log as it was at one checkpoint. It believes a file only when it
// hashes to that checkpoint. It is not for several goroutines.
type View struct {
	r  *reader
	at proof.Checkpoint

	first  int64  // of bundle
	bundle []byte // that was read last
}

// View opens the log of the source at a checkpoint. The error wraps
// [ErrDamaged] when its files do not make the checkpoint's root.
func (s *Source) View(ctx context.Context, c proof.Checkpoint) (*View, error) {
	return newView(s.shelf(ctx), c)
}

// OpenView opens the log whose files are in a directory.
func OpenView(dir string, c proof.Checkpoint) (*View, error) { return newView(inDir(dir), c) }

func newView(from shelf, c proof.Checkpoint) (*View, error) {
	r, err := newReader(from, Head{Size: c.Size, Root: c.Root})
	if err != nil {
		return nil, fmt.Errorf("view %s at size %d: %w", c.Origin, c.Size, err)
	}
	return &View{r: r, at: c}, nil
}

// Has reports whether the view has an earlier checkpoint as its beginning. The
// error wraps [ErrForked] when it is certain that it has not.
func (v *View) Has(earlier proof.Checkpoint) error {
	if earlier.Origin != v.at.Origin || earlier.Size > v.at.Size {
		return fmt.Errorf("size %d of %s: %w of size %d", earlier.Size, earlier.Origin, ErrNotSigned, v.at.Size)
	}
	root, err := v.r.rootAt(earlier.Size)
	if err != nil {
		return err
	}
	if root != earlier.Root {
		return fmt.Errorf("%s at size %d: root %x was signed, and root %x too: %w", v.at.Origin, earlier.Size, earlier.Root, root, ErrForked)
	}
	return nil
}

// Leaf returns the leaf at an index.
func (v *View) Leaf(index int64) (record.Digest, error) {
	if index < 0 || index >= v.at.Size {
		return "", fmt.Errorf("leaf %d of %d: %w: no such entry", index, v.at.Size, ErrNotSigned)
	}
	if first := index - index%tileWidth; v.bundle == nil || v.first != first {
		data, err := v.r.bundle(first / tileWidth)
		if err != nil {
			return "", err
		}
		v.first, v.bundle = first, data
	}
	at := (index - v.first) * (2 + hashSize)
	return record.Digest(hex.EncodeToString(v.bundle[at+2 : at+2+hashSize])), nil
}

// Inclusion proves that an entry is in the log at the checkpoint.
func (v *View) Inclusion(index int64) (proof.Inclusion, error) {
	path, err := tlog.ProveRecord(v.at.Size, index, v.r)
	if err != nil {
		return proof.Inclusion{}, fmt.Errorf("prove entry %d of %d: %w", index, v.at.Size, err)
	}
	return proof.Inclusion{Index: index, Hashes: hashes(path)}, nil
}
