package proof

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"solferino/record"
)

// An Inclusion proves that a leaf is the entry at Index of a checkpoint.
// See RFC 6962, section 2.1.1.
type Inclusion struct {
	Index  int64
	Hashes [][32]byte // from the leaf's sibling up
}

// A Consistency proves that a checkpoint has an earlier one as its beginning.
// See RFC 6962, section 2.1.2.
type Consistency struct {
	Hashes [][32]byte
}

// Verify reports whether p leads from the leaf to the root of c. The data of
// an entry are the 32 bytes of its leaf. The error wraps [ErrNotProven].
func (p Inclusion) Verify(leaf record.Digest, c Checkpoint) error {
	if err := leaf.Validate(); err != nil {
		return fmt.Errorf("leaf of entry %d: %w: %w", p.Index, ErrMalformed, err)
	}
	data := leaf.Bytes()
	err := tlog.CheckRecord(hashes(p.Hashes), c.Size, c.Root, p.Index, tlog.RecordHash(data[:]))
	if err != nil {
		return fmt.Errorf("leaf %s as entry %d of %s at size %d: %w: %w", leaf.Short(), p.Index, c.Origin, c.Size, ErrNotProven, err)
	}
	return nil
}

// Verify reports whether the log that stood at old has only been appended to
// when it stood at now. The error wraps [ErrNotProven].
func (p Consistency) Verify(old, now Checkpoint) error {
	fail := func(why any) error {
		return fmt.Errorf("%s from size %d to %d: %w: %v", now.Origin, old.Size, now.Size, ErrNotProven, why)
	}
	if old.Origin != now.Origin {
		return fail(fmt.Sprintf("the earlier checkpoint is of %q", old.Origin))
	}
	if old.Size == 0 { // every log begins with nothing, so there is nothing to prove
		if len(p.Hashes) > 0 || old != Empty(old.Origin) || now.Size < 0 {
			return fail("want no hashes from the empty tree")
		}
		return nil
	}
	if err := tlog.CheckTree(hashes(p.Hashes), now.Size, now.Root, old.Size, old.Root); err != nil {
		return fail(err)
	}
	return nil
}

// hashes returns the same hashes as [tlog.RecordProof] and [tlog.TreeProof]
// hold them.
func hashes(in [][32]byte) []tlog.Hash {
	out := make([]tlog.Hash, len(in))
	for i, h := range in {
		out[i] = h
	}
	return out
}
