package proof

import (
	"errors"
	"slices"
	"testing"

	merkle "github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

func TestInclusionHoldsForItsEntryOnly(t *testing.T) {
	const most = 700
	f := plant(t, most)
	rapid.Check(t, func(r *rapid.T) {
		size := rapid.Int64Range(1, most).Draw(r, "size")
		p := Inclusion{Index: rapid.Int64Range(0, size-1).Draw(r, "index")}
		c := f.checkpoint(t, size)
		path, err := tlog.ProveRecord(size, p.Index, f)
		if err != nil {
			r.Fatal(err)
		}
		for _, h := range path {
			p.Hashes = append(p.Hashes, h)
		}
		if err := p.Verify(leaf(p.Index), c); err != nil {
			r.Fatalf("Verify() = %v", err)
		}
		data := leaf(p.Index).Bytes()
		err = merkle.VerifyInclusion(rfc6962.DefaultHasher, uint64(p.Index), uint64(size),
			rfc6962.DefaultHasher.HashLeaf(data[:]), slices2(p.Hashes), c.Root[:])
		if err != nil {
			r.Fatalf("transparency-dev says %v", err)
		}
		if p.Verify(leaf(p.Index+1), c) == nil {
			r.Errorf("another leaf is proven too")
		}
		if other := (Inclusion{size - 1 - p.Index, p.Hashes}); other.Index != p.Index && other.Verify(leaf(p.Index), c) == nil {
			r.Errorf("another index is proven too")
		}
		if (Inclusion{p.Index, append(slices.Clone(p.Hashes), [32]byte{})}).Verify(leaf(p.Index), c) == nil {
			r.Errorf("a hash too many is ignored")
		}
		for i := range p.Hashes {
			bad := Inclusion{p.Index, slices.Clone(p.Hashes)}
			bad.Hashes[i][7] ^= 1
			if err := bad.Verify(leaf(p.Index), c); !errors.Is(err, ErrNotProven) {
				r.Errorf("hash %d does not count: %v", i, err)
			}
		}
	})
}

func TestInclusionRefusesWhatIsNoEntry(t *testing.T) {
	f := plant(t, 3)
	c := f.checkpoint(t, 3)
	for name, p := range map[string]Inclusion{
		"negative index": {Index: -1},
		"beyond the end": {Index: 3},
		"no hashes":      {Index: 1},
	} {
		if err := p.Verify(leaf(1), c); !errors.Is(err, ErrNotProven) {
			t.Errorf("%s: Verify() = %v, want ErrNotProven", name, err)
		}
	}
	if err := (Inclusion{}).Verify("no digest", c); !errors.Is(err, ErrMalformed) {
		t.Errorf("Verify(no digest) = %v, want ErrMalformed", err)
	}
	if err := (Inclusion{}).Verify(leaf(0), Empty(origin)); !errors.Is(err, ErrNotProven) {
		t.Errorf("an entry of the empty log: %v, want ErrNotProven", err)
	}
}

func TestConsistencyHoldsForItsLogOnly(t *testing.T) {
	const most = 700
	f := plant(t, most)
	rapid.Check(t, func(r *rapid.T) {
		now := rapid.Int64Range(1, most).Draw(r, "now")
		old := rapid.Int64Range(1, now).Draw(r, "old")
		path, err := tlog.ProveTree(now, old, f)
		if err != nil {
			r.Fatal(err)
		}
		var p Consistency
		for _, h := range path {
			p.Hashes = append(p.Hashes, h)
		}
		was, is := f.checkpoint(t, old), f.checkpoint(t, now)
		if err := p.Verify(was, is); err != nil {
			r.Fatalf("Verify() = %v", err)
		}
		err = merkle.VerifyConsistency(rfc6962.DefaultHasher, uint64(old), uint64(now), slices2(p.Hashes), was.Root[:], is.Root[:])
		if err != nil {
			r.Fatalf("transparency-dev says %v", err)
		}
		forked := is
		forked.Root[0] ^= 1
		if err := p.Verify(was, forked); !errors.Is(err, ErrNotProven) {
			r.Errorf("a fork is proven too: %v", err)
		}
		forked = was
		forked.Root[0] ^= 1
		if err := p.Verify(forked, is); !errors.Is(err, ErrNotProven) {
			r.Errorf("another beginning is proven too: %v", err)
		}
		if (Consistency{append(slices.Clone(p.Hashes), [32]byte{})}).Verify(was, is) == nil {
			r.Errorf("a hash too many is ignored")
		}
	})
}

func TestConsistencyAtTheEdges(t *testing.T) {
	f := plant(t, 3)
	three, other := f.checkpoint(t, 3), f.checkpoint(t, 3)
	other.Origin = "example.org/log/2"
	strange := Empty(origin)
	strange.Root[0] ^= 1
	for name, tt := range map[string]struct {
		p        Consistency
		old, now Checkpoint
		want     error
	}{
		"from nothing":              {Consistency{}, Empty(origin), three, nil},
		"from nothing to nothing":   {Consistency{}, Empty(origin), Empty(origin), nil},
		"to itself":                 {Consistency{}, three, three, nil},
		"from nothing, with hashes": {Consistency{make([][32]byte, 1)}, Empty(origin), three, ErrNotProven},
		"from a strange nothing":    {Consistency{}, strange, three, ErrNotProven},
		"backwards":                 {Consistency{}, three, Empty(origin), ErrNotProven},
		"another log":               {Consistency{}, three, other, ErrNotProven},
	} {
		if err := tt.p.Verify(tt.old, tt.now); !errors.Is(err, tt.want) {
			t.Errorf("%s: Verify() = %v, want %v", name, err, tt.want)
		}
	}
}

func slices2(in [][32]byte) [][]byte {
	out := make([][]byte, len(in))
	for i := range in {
		out[i] = in[i][:]
	}
	return out
}
