package tlog

import (
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"solferino/proof"
)

func TestPaths(t *testing.T) {
	for want, got := range map[string]string{
		"tile/0/000":                tilePath(0, 0, 256),
		"tile/0/000.p/5":            tilePath(0, 0, 5),
		"tile/0/x001/234":           tilePath(0, 1234, 256),
		"tile/2/x001/x234/067.p/1":  tilePath(2, 1234067, 1),
		"tile/entries/000":          bundlePath(0, 256),
		"tile/entries/000.p/255":    bundlePath(0, 255),
		"tile/entries/x001/000.p/9": bundlePath(1000, 9),
		"tile/0/x001/x000/000":      tilePath(0, 1000000, 256),
	} {
		if got != want {
			t.Errorf("path is %s, want %s", got, want)
		}
	}
}

// expected computes the files of a tree in another way: from the hashes that
// the Go checksum database would store.
func expected(t testing.TB, size int64) (map[string]string, proof.Checkpoint) {
	t.Helper()
	var stored []tlog.Hash
	read := tlog.HashReaderFunc(func(at []int64) (out []tlog.Hash, err error) {
		for _, i := range at {
			out = append(out, stored[i])
		}
		return out, nil
	})
	want := make(map[string]string)
	var bundle []byte
	for i := range size {
		leaf := leafOf(i, 0).Bytes()
		h, err := tlog.StoredHashes(i, leaf[:], read)
		check(t, err)
		stored = append(stored, h...)
		bundle = append(binary.BigEndian.AppendUint16(bundle, 32), leaf[:]...)
		if width := int(i%256) + 1; width == 256 || i == size-1 {
			want[bundlePath(i/256, width)], bundle = string(bundle), nil
		}
	}
	for _, tile := range tlog.NewTiles(8, 0, size) {
		b, err := tlog.ReadTileData(tile, read)
		check(t, err)
		want[strings.Replace(tile.Path(), "tile/8/", "tile/", 1)] = string(b)
	}
	root, err := tlog.TreeHash(size, read)
	check(t, err)
	return want, proof.Checkpoint{Origin: origin, Size: size, Root: root}
}

func TestFilesOfATree(t *testing.T) {
	for _, size := range []int64{0, 1, 2, 255, 256, 257, 512, 65535, 65536, 65537} {
		h := alone(t)
		want, root := expected(t, size)
		tree := h.open(t)
		if got := h.publish(t, tree, size); got != root {
			t.Errorf("size %d: Publish() = %v, want %v", size, got, root)
		}
		if diff := cmp.Diff(want, files(t, h.Dir)); diff != "" {
			t.Errorf("size %d: files differ: have %v", size, names(files(t, h.Dir)))
		}
		check(t, tree.Scrub(context.Background()))
		checkProofs(t, tree, root, []int64{0, 1, 254, 255, 256, 257, size / 2, size - 2, size - 1})
		h.open(t)
	}
}

func checkProofs(t testing.TB, tree *Tree, c proof.Checkpoint, at []int64) {
	t.Helper()
	for _, i := range at {
		if i < 0 || i >= c.Size {
			continue
		}
		p, err := tree.Inclusion(context.Background(), i, c.Size)
		if err == nil {
			err = p.Verify(leafOf(i, 0), c)
		}
		if err != nil {
			t.Errorf("entry %d: %v", i, err)
		}
	}
}

// However a log grows, its files are those of its size, and proofs between
// any of its sizes hold.
func TestGrowthLeavesNoTrace(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		h := alone(t)
		tree := h.open(t)
		past := []proof.Checkpoint{proof.Empty(origin)}
		size := int64(0)
		for range rapid.IntRange(1, 6).Draw(r, "steps") {
			size += rapid.OneOf(rapid.Int64Range(0, 3), rapid.Int64Range(200, 600)).Draw(r, "more")
			past = append(past, h.publish(t, tree, size))
			if rapid.Bool().Draw(r, "restart") {
				tree = h.open(t)
			}
		}
		want, root := expected(t, size)
		sameFiles(t, files(t, h.Dir), want)
		if last := past[len(past)-1]; last != root {
			r.Errorf("checkpoint is %v, want %v", last, root)
		}
		for _, old := range past {
			p, err := tree.Consistency(context.Background(), old.Size, size)
			if err == nil {
				err = p.Verify(old, root)
			}
			if err != nil {
				r.Errorf("from %d to %d: %v", old.Size, size, err)
			}
			checkProofs(t, tree, old, []int64{0, old.Size / 3, old.Size - 1})
		}
	})
}

func TestPartialFilesGiveWayToFullOnes(t *testing.T) {
	h := alone(t)
	tree := h.open(t)
	h.publish(t, tree, 5)
	h.publish(t, tree, 300)
	got := names(files(t, h.Dir))
	want := []string{"tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/44"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestPublishWithNothingNewChangesNothing(t *testing.T) {
	h := newHouse(t, "quorum w\n", "w")
	tree := h.open(t)
	h.publish(t, tree, 3)
	before, err := os.ReadFile(filepath.Join(h.Dir, "checkpoint"))
	check(t, err)
	h.now = h.now.AddDate(0, 0, 1)
	h.publish(t, tree, 3)
	after, err := os.ReadFile(filepath.Join(h.Dir, "checkpoint"))
	check(t, err)
	if string(before) != string(after) {
		t.Errorf("the checkpoint was\n%sand is\n%s", before, after)
	}
}

func TestProofsBeyondTheSignedLogAreRefused(t *testing.T) {
	h := alone(t)
	tree := h.open(t)
	ctx := context.Background()
	_, _, err := tree.Checkpoint()
	wants(t, err, ErrPending, "no checkpoint yet")
	_, err = tree.Inclusion(ctx, 0, 1)
	wants(t, err, ErrNotSigned, "entry 0 of 1")
	h.publish(t, tree, 10)
	h.grow(20, 0)
	for _, at := range [][2]int64{{-1, 5}, {5, 5}, {7, 5}, {0, 11}, {15, 20}} {
		_, err := tree.Inclusion(ctx, at[0], at[1])
		wants(t, err, ErrNotSigned, "")
	}
	for _, at := range [][2]int64{{-1, 5}, {6, 5}, {0, 11}, {10, 11}} {
		_, err := tree.Consistency(ctx, at[0], at[1])
		wants(t, err, ErrNotSigned, "")
	}
}
