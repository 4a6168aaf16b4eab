package blob

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"os"
	"slices"
	"syscall"
	"testing"

	"solferino/record"
)

// stock puts n blobs and returns their names in order.
func stock(t *testing.T, v *Vault, n int) (names []record.Digest) {
	t.Helper()
	for i := range n {
		names = append(names, put(t, v, make([]byte, i*100)).Blob)
	}
	slices.Sort(names)
	return names
}

// catalogue lists names, as an index of records does.
func catalogue(names []record.Digest) Catalogue {
	return func(after record.Digest) iter.Seq2[record.Digest, error] {
		return func(yield func(record.Digest, error) bool) {
			for _, n := range names {
				if n > after && !yield(n, nil) {
					return
				}
			}
		}
	}
}

// A round in pieces of any size finds each damage and each loss once.
func TestScrubCoversTheVault(t *testing.T) {
	v := newVault(t)
	names := stock(t, v, 60)
	var damaged, missing []record.Digest
	for i, n := range names {
		switch i % 10 {
		case 0, 9:
			check(t, os.Remove(v.path(n)))
			missing = append(missing, n)
		case 3:
			b, err := os.ReadFile(v.path(n))
			check(t, err)
			b[len(b)-1] ^= 1
			writeFile(t, v.path(n), b)
			damaged = append(damaged, n)
		}
	}
	writeFile(t, v.path(names[1])+"~", nil) // somebody's own
	_, size, err := v.Size(t.Context())
	check(t, err)
	for _, budget := range []int64{0, 5000, size / 7, size, 1 << 50} {
		var all Report
		pieces := 0
		for at := record.Digest(""); pieces == 0 || at != ""; pieces++ {
			next, r, err := v.Scrub(t.Context(), at, budget, catalogue(names))
			check(t, err)
			all.Blobs, all.Bytes = all.Blobs+r.Blobs, all.Bytes+r.Bytes
			all.Damaged, all.Missing = append(all.Damaged, r.Damaged...), append(all.Missing, r.Missing...)
			at = next
		}
		var found []record.Digest
		for _, d := range all.Damaged {
			found = append(found, d.Name)
			if !errors.Is(d.Err, ErrDamaged) {
				t.Errorf("damage is %v, want ErrDamaged", d.Err)
			}
		}
		if !slices.Equal(found, damaged) || !slices.Equal(all.Missing, missing) || all.Blobs != 48 || all.Bytes != size {
			t.Errorf("budget %d: %d blobs, %d of %d bytes, %d damaged, %d missing, want 48, all, 6, 12", budget,
				all.Blobs, all.Bytes, size, len(found), len(all.Missing))
		}
		if budget == size/7 && (pieces < 7 || pieces > 9) {
			t.Errorf("a seventh a day takes %d days", pieces)
		}
	}
	if _, r, err := v.Scrub(t.Context(), "", 1<<50, nil); err != nil || len(r.Missing) > 0 || len(r.Damaged) != 6 {
		t.Errorf("without expected names: %v, %v", r, err)
	}
}

// The control: in a vault without fault it finds none.
func TestScrubOfAGoodVault(t *testing.T) {
	v := newVault(t)
	names := stock(t, v, 20)
	next, r, err := v.Scrub(t.Context(), "", 1<<50, catalogue(names))
	if next != "" || r.Blobs != 20 || len(r.Damaged)+len(r.Missing) > 0 || err != nil {
		t.Errorf("Scrub() = %q, %v, %v", next, r, err)
	}
	empty := newVault(t)
	if next, r, err := empty.Scrub(t.Context(), "", 1, catalogue(names)); next != "" || len(r.Missing) != 20 || err != nil {
		t.Errorf("Scrub(empty) = %q, %v, %v, want all missing", next, r, err)
	}
}

func TestScrubGoesOnAfterADiskError(t *testing.T) {
	v := newVault(t)
	names := stock(t, v, 10)
	v.disk = &faulty{disk: v.disk, at: 2, fault: &fs.PathError{Op: "read", Err: syscall.EIO}}
	_, r, err := v.Scrub(t.Context(), "", 1<<50, catalogue(names))
	if err != nil || r.Blobs != 10 || len(r.Damaged) != 1 || !errors.Is(r.Damaged[0].Err, syscall.EIO) {
		t.Errorf("Scrub() = %v, %v, want the disk's error in the report", r, err)
	}
}

func TestScrubStops(t *testing.T) {
	v := newVault(t)
	names := stock(t, v, 10)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if at, _, err := v.Scrub(ctx, names[3], 1<<50, nil); at != names[3] || !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: Scrub() = %s, %v, want %s", at.Short(), err, names[3].Short())
	}
	index := errors.New("the index is shut")
	for name, c := range map[string]Catalogue{
		"index fails": func(record.Digest) iter.Seq2[record.Digest, error] {
			return func(yield func(record.Digest, error) bool) { _ = yield(names[0], nil) && yield("", index) }
		},
		"out of order": func(record.Digest) iter.Seq2[record.Digest, error] {
			return catalogue([]record.Digest{names[1], names[0]})("")
		},
		"not after": func(record.Digest) iter.Seq2[record.Digest, error] { return catalogue(names)("") },
		"no name":   func(record.Digest) iter.Seq2[record.Digest, error] { return catalogue([]record.Digest{"x"})("") },
	} {
		from := record.Digest("")
		if name == "not after" {
			from = names[5]
		}
		if _, _, err := v.Scrub(t.Context(), from, 1<<50, c); err == nil || name == "index fails" && !errors.Is(err, index) {
			t.Errorf("%s: Scrub() = %v", name, err)
		}
	}
}

// What is put between a look at the directory and a look at the index is not
// missing.
func TestScrubBesidePut(t *testing.T) {
	v := newVault(t)
	names := stock(t, v, 3)
	late := func(after record.Digest) iter.Seq2[record.Digest, error] {
		return func(yield func(record.Digest, error) bool) {
			if !yield(names[0], nil) {
				return
			}
			a := put(t, v, []byte("late"))
			for a.Blob < names[0] {
				a = put(t, v, []byte("late"))
			}
			yield(a.Blob, nil)
		}
	}
	if _, r, err := v.Scrub(t.Context(), "", 1<<50, late); err != nil || len(r.Missing) > 0 {
		t.Errorf("Scrub() = %v, %v", r, err)
	}
}
