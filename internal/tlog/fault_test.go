package tlog

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"solferino/proof"
	"solferino/record"
)

// crash ends a call of Publish at a step, the nth time it comes, as if the
// process had died, and reports whether the step came at all.
func crash(tree *Tree, step string, nth int) (died bool) {
	tree.c.Steps = func(name string) {
		if name != step {
			return
		}
		if nth--; nth == 0 {
			panic(step)
		}
	}
	defer func() { died = recover() != nil }()
	_, _, _ = tree.Publish(context.Background())
	return died
}

func TestCrashAtAnyStepThenTheSameTree(t *testing.T) {
	steps := []struct {
		name string
		nth  int
	}{
		{StepWriting, 1}, {StepWriting, 2}, {StepWriting, 5}, {StepWritten, 1}, {StepReread, 1}, {StepSigned, 1},
		{StepSwapped, 1}, {StepGuarded, 1}, {StepCosigned, 1}, {StepPublished, 1},
	}
	want, root := expected(t, 700)
	for _, step := range steps {
		for _, first := range []int64{0, 100, 256} {
			t.Run(fmt.Sprintf("%s %d from %d", step.name, step.nth, first), func(t *testing.T) {
				h := newHouse(t, "group g all v w\nquorum g\n", "v", "w")
				h.Guard = filepath.Join(t.TempDir(), "guard")
				if first > 0 {
					h.publish(t, h.open(t), first)
				}
				h.grow(600, 0)
				if !crash(h.open(t), step.name, step.nth) {
					t.Fatalf("Publish never came to %s %d", step.name, step.nth)
				}
				tree := h.open(t) // more entries come before it is up again
				if got := h.publish(t, tree, 700); got != root {
					t.Errorf("Publish() = %v, want %v", got, root)
				}
				sameFiles(t, files(t, h.Dir), want)
				check(t, tree.Scrub(context.Background()))
				left, err := os.ReadDir(filepath.Join(h.Dir, tempDir))
				if err != nil || len(left) > 0 {
					t.Errorf("left behind: %v, %v", left, err)
				}
			})
		}
	}
}

func TestRestoredBackupForks(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(t *testing.T, h *house, early Head)
		says  string
	}{
		"entries only": {func(t *testing.T, h *house, _ Head) {
			h.rollBack(280, h.head)
		}, "holds 280 entries, its head signs 300"},
		"entries, then others": {func(t *testing.T, h *house, _ Head) {
			h.rollBack(280, h.head)
			h.grow(310, 1)
		}, "entry 280 of the store"},
		"an old entry that is now another": {func(t *testing.T, h *house, _ Head) {
			h.leaves[299] = leafOf(299, 1)
		}, "entry 299 of the store"},
		"the whole database": {func(t *testing.T, h *house, early Head) {
			h.rollBack(270, early)
		}, "checkpoint remembers size 300"},
		"the whole database, then others": {func(t *testing.T, h *house, early Head) {
			h.rollBack(270, early)
			h.grow(300, 1)
		}, "checkpoint remembers size 300"},
		"database and public files": {func(t *testing.T, h *house, early Head) {
			h.rollBack(270, early)
			check(t, os.Remove(filepath.Join(h.Dir, "checkpoint")))
		}, "guard remembers size 300"},
		"a new database": {func(t *testing.T, h *house, _ Head) {
			h.rollBack(0, Head{})
		}, "checkpoint remembers size 300"},
		"a head that another wrote": {func(t *testing.T, h *house, early Head) {
			c := proof.Checkpoint{Origin: origin, Size: 300, Root: early.Root}
			signed, err := note.Sign(&note.Note{Text: c.Text()}, h.Signer)
			check(t, err)
			h.rollBack(300, Head{300, c.Root, signed})
		}, "checkpoint remembers size 300"},
	} {
		t.Run(name, func(t *testing.T) {
			h := alone(t)
			h.Guard = filepath.Join(t.TempDir(), "guard")
			tree := h.open(t)
			h.publish(t, tree, 270)
			early := h.head
			h.publish(t, tree, 300)
			tt.spoil(t, h, early)
			_, _, err := tree.Publish(context.Background())
			wants(t, err, ErrForked, "")
			_, err = Open(context.Background(), h.Config)
			wants(t, err, ErrForked, tt.says)
		})
	}
}

// When all files of the institution were restored together, only the memory of
// a witness is left.
func TestWitnessCatchesARestoreOfEverything(t *testing.T) {
	h := newHouse(t, "group g any v w\nquorum g\n", "v", "w")
	h.publish(t, h.open(t), 270)
	early := h.head
	h.publish(t, h.open(t), 300)

	h.rollBack(270, early)
	h.grow(310, 1)
	old := h.Dir
	for _, name := range []string{"checkpoint", "tile"} {
		check(t, os.RemoveAll(filepath.Join(old, name)))
	}
	rebuilt := alone(t) // write the tiles of the early head again
	rebuilt.publish(t, rebuilt.open(t), 270)
	check(t, os.Rename(filepath.Join(rebuilt.Dir, "tile"), filepath.Join(old, "tile")))

	_, _, err := h.open(t).Publish(context.Background())
	wants(t, err, ErrForked, "remembers size 300")
	if h.head.Size != 270 {
		t.Errorf("a head of size %d was signed", h.head.Size)
	}
	if _, err := os.Stat(filepath.Join(old, "checkpoint")); err == nil {
		t.Error("a forked checkpoint was published")
	}
}

func TestSecondWriterLosesTheSwap(t *testing.T) {
	h := alone(t)
	h.publish(t, h.open(t), 10)
	h.grow(20, 0)
	tree := h.open(t)
	tree.c.Steps = func(name string) {
		if name == StepSigned { // another process is quicker
			h.head = Head{Size: 15}
		}
	}
	_, _, err := tree.Publish(context.Background())
	wants(t, err, ErrForked, "swap head from size 10 to 20")
}

func TestUnsignedFilesOfAnotherTreeFork(t *testing.T) {
	h := alone(t)
	h.grow(300, 1)
	if !crash(h.open(t), StepWritten, 1) {
		t.Fatal("no crash")
	}
	h.rollBack(0, Head{})
	h.grow(300, 0)
	_, _, err := h.open(t).Publish(context.Background())
	wants(t, err, ErrForked, "another tree")
}

func TestFlippedBitIsNeverSigned(t *testing.T) {
	t.Run("in a file just written", func(t *testing.T) {
		_, want := newFilesOf(t, 300, 600)
		for i, name := range want {
			h := alone(t)
			tree := h.open(t)
			h.publish(t, tree, 300)
			before := h.head
			h.grow(600, 0)
			tree.c.Steps = func(step string) {
				if step == StepWritten {
					flip(t, filepath.Join(h.Dir, name), 1000*i+7)
				}
			}
			_, _, err := tree.Publish(context.Background())
			wants(t, err, ErrDamaged, name)
			if h.head.Size != before.Size {
				t.Errorf("%s: a head was signed", name)
			}
		}
	})
	t.Run("in the right edge at rest", func(t *testing.T) {
		for _, name := range []string{"tile/0/002.p/88", "tile/1/000.p/2", "tile/entries/002.p/88"} {
			h := alone(t)
			tree := h.open(t)
			h.publish(t, tree, 600)
			h.grow(601, 0)
			flip(t, filepath.Join(h.Dir, name), 77)
			_, _, err := tree.Publish(context.Background())
			wants(t, err, ErrDamaged, strings.SplitN(name, "0", 2)[0][:4])
			if h.head.Size != 600 {
				t.Errorf("%s: a head was signed", name)
			}
			_, err = Open(context.Background(), h.Config)
			wants(t, err, ErrDamaged, "")
		}
	})
	t.Run("in any file at rest, by scrubbing", func(t *testing.T) {
		h := alone(t)
		tree := h.open(t)
		h.publish(t, tree, 600)
		for i, name := range names(files(t, h.Dir)) {
			path := filepath.Join(h.Dir, name)
			flip(t, path, 999*i)
			wants(t, tree.Scrub(context.Background()), ErrDamaged, "")
			flip(t, path, 999*i)
		}
		check(t, tree.Scrub(context.Background())) // the control
	})
	t.Run("in the memory between two readings", func(t *testing.T) {
		h := alone(t)
		tree := h.open(t)
		h.publish(t, tree, 300)
		h.grow(600, 0)
		h.onRead = func(reads int) { h.leaves[555] = leafOf(555, uint64(reads)) }
		_, _, err := tree.Publish(context.Background())
		wants(t, err, ErrDamaged, "differs from what the store says")
	})
	t.Run("in what a proof is made of", func(t *testing.T) {
		h := alone(t)
		tree := h.open(t)
		c := h.publish(t, tree, 600)
		flip(t, filepath.Join(h.Dir, "tile/0/000"), 40)
		_, err := tree.Inclusion(context.Background(), 3, c.Size)
		wants(t, err, ErrDamaged, "tile/0/000")
	})
}

// newFilesOf lists the files that a tree writes when it grows.
func newFilesOf(t *testing.T, from, to int64) (all map[string]string, fresh []string) {
	old, _ := expected(t, from)
	all, _ = expected(t, to)
	for _, name := range names(all) {
		if _, ok := old[name]; !ok {
			fresh = append(fresh, name)
		}
	}
	return all, fresh
}

func TestDamageIsNamed(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(t *testing.T, h *house)
		says  string
	}{
		"tile missing":       {func(t *testing.T, h *house) { check(t, os.Remove(filepath.Join(h.Dir, "tile/1/000.p/1"))) }, "tile/1/000.p/1"},
		"tile cut short":     {func(t *testing.T, h *house) { check(t, os.Truncate(filepath.Join(h.Dir, "tile/0/001.p/44"), 9)) }, "tile/0/001.p/44"},
		"bundle missing":     {func(t *testing.T, h *house) { check(t, os.Remove(filepath.Join(h.Dir, "tile/entries/001.p/44"))) }, "tile/entries/001.p/44"},
		"bundle changed":     {func(t *testing.T, h *house) { flip(t, filepath.Join(h.Dir, "tile/entries/001.p/44"), 75) }, "entry 2 of it"},
		"checkpoint changed": {func(t *testing.T, h *house) { flip(t, filepath.Join(h.Dir, "checkpoint"), 20) }, "checkpoint"},
		"head changed":       {func(t *testing.T, h *house) { h.head.Root[0] ^= 1 }, "stored head"},
		"head note changed":  {func(t *testing.T, h *house) { h.head.Note = h.head.Note[1:] }, "stored head"},
		"entry is no leaf":   {func(t *testing.T, h *house) { h.leaves[299] = "x" }, "entry 299"},
	} {
		t.Run(name, func(t *testing.T) {
			h := alone(t)
			h.publish(t, h.open(t), 300)
			tt.spoil(t, h)
			_, err := Open(context.Background(), h.Config)
			wants(t, err, ErrDamaged, tt.says)
		})
	}
}

// A store that loses or repeats rows while it is read is not signed.
type lossy struct {
	*table
	drop, repeat bool
}

func (s lossy) Leaves(ctx context.Context, from, to int64, yield func(record.Digest) error) error {
	if s.drop && to > from {
		to--
	}
	err := s.table.Leaves(ctx, from, to, yield)
	if s.repeat && err == nil && to > from {
		err = yield(leafOf(to, 0))
	}
	return err
}

func TestStoreThatMiscounts(t *testing.T) {
	for _, s := range []lossy{{drop: true}, {repeat: true}} {
		h := alone(t)
		s.table = &h.table
		h.Store = s
		h.grow(5, 0)
		_, _, err := h.open(t).Publish(context.Background())
		wants(t, err, ErrDamaged, "")
	}
}

func TestDiskErrorSignsNothing(t *testing.T) {
	h := alone(t)
	h.grow(300, 0)
	inTheWay := filepath.Join(h.Dir, "tile")
	check(t, os.WriteFile(inTheWay, nil, 0o644))
	tree := h.open(t)
	if _, _, err := tree.Publish(context.Background()); err == nil || !strings.Contains(err.Error(), "tile") {
		t.Errorf("Publish() = %v, want an error that names the path", err)
	}
	if h.head.Note != nil {
		t.Error("a head was signed")
	}
	check(t, os.Remove(inTheWay))
	h.publish(t, tree, 300)
}

func TestOtherKeySignsNothing(t *testing.T) {
	h, other := alone(t), alone(t)
	h.Signer = other.Signer
	h.grow(3, 0)
	_, _, err := h.open(t).Publish(context.Background())
	wants(t, err, proof.ErrBadSignature, "not the policy's")
	if h.head.Note != nil {
		t.Error("a head was signed")
	}
}

func TestLostFilesAreRebuilt(t *testing.T) {
	h := alone(t)
	h.publish(t, h.open(t), 600)
	want := files(t, h.Dir)
	for _, lost := range []string{"tile", "tile/0", "tile/1/000.p/2", "tile/entries/001"} {
		check(t, os.RemoveAll(filepath.Join(h.Dir, lost)))
		check(t, Rebuild(context.Background(), h.Config))
		sameFiles(t, files(t, h.Dir), want)
		h.open(t)
	}
	flip(t, filepath.Join(h.Dir, "tile/0/001"), 5)
	wants(t, Rebuild(context.Background(), h.Config), ErrForked, "tile/0/001")
	check(t, os.Remove(filepath.Join(h.Dir, "tile/0/001")))
	check(t, Rebuild(context.Background(), h.Config))
	h.leaves[3] = leafOf(3, 1)
	check(t, os.RemoveAll(filepath.Join(h.Dir, "tile")))
	wants(t, Rebuild(context.Background(), h.Config), ErrForked, "the store gives root")
}
