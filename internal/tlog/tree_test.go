package tlog

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"solferino/proof"
	"solferino/record"
)

const origin = "example.org/log/1"

// A table is a Store in memory that can be rolled back.
type table struct {
	mu     sync.Mutex // owns what follows
	leaves []record.Digest
	head   Head
	reads  int
	onRead func(reads int) // called before each reading of leaves
}

func (s *table) Size(context.Context) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return int64(len(s.leaves)), nil
}

func (s *table) Leaves(_ context.Context, from, to int64, yield func(record.Digest) error) error {
	s.mu.Lock()
	s.reads++
	if s.onRead != nil {
		s.onRead(s.reads)
	}
	leaves := s.leaves[from:min(to, int64(len(s.leaves)))]
	s.mu.Unlock()
	for _, d := range leaves {
		if err := yield(d); err != nil {
			return err
		}
	}
	return nil
}

func (s *table) Head(context.Context) (Head, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.head, nil
}

func (s *table) SwapHead(_ context.Context, from, to Head) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.head.Size != from.Size || s.head.Root != from.Root {
		return fmt.Errorf("the head is at size %d: %w", s.head.Size, ErrForked)
	}
	s.head = to
	return nil
}

// grow appends leaves up to size. The branch is 0, or another number for
// entries that the log should not have.
func (s *table) grow(size int64, branch uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := int64(len(s.leaves)); i < size; i++ {
		s.leaves = append(s.leaves, leafOf(i, branch))
	}
}

func leafOf(i int64, branch uint64) record.Digest {
	return record.Sum(binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, uint64(i)), branch))
}

// rollBack takes the table to what a backup of an earlier time holds.
func (s *table) rollBack(size int64, head Head) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leaves, s.head = s.leaves[:size:size], head
}

// A house is a log with witnesses in directories of a test.
type house struct {
	table
	Config
	keys map[string]string // of the witnesses: secret
	vkey string            // of the log
	now  time.Time
}

// newHouse makes a log and its witnesses; rules are the lines of its policy
// below the keys.
func newHouse(t testing.TB, rules string, witnesses ...string) *house {
	t.Helper()
	h := &house{keys: make(map[string]string), now: time.Date(2026, 11, 22, 1, 2, 3, 0, time.UTC)}
	skey, vkey, err := NewKey(origin, rand.Reader)
	check(t, err)
	h.vkey = vkey
	text := "log " + vkey + "\n"
	for _, name := range witnesses {
		skey, vkey, err := NewWitnessKey("witness.example/"+name, rand.Reader)
		check(t, err)
		h.keys[name] = skey
		text += "witness " + name + " " + vkey + "\n"
	}
	h.Policy, err = proof.ParsePolicy([]byte(text + rules))
	check(t, err)
	h.Signer, err = note.NewSigner(skey)
	check(t, err)
	h.Dir, h.Store = t.TempDir(), &h.table
	h.Witnesses = make(map[string]Cosigner)
	for _, name := range witnesses {
		h.Witnesses[name] = h.witness(t, name)
	}
	h.Grace = time.Minute // the witnesses of tests answer or fail at once
	return h
}

// alone is a house without witnesses.
func alone(t testing.TB) *house { return newHouse(t, "quorum none\n") }

func (h *house) witness(t testing.TB, name string) *Witness {
	t.Helper()
	w, err := NewWitness(WitnessConfig{
		Keys: []string{h.keys[name]},
		Logs: []string{h.vkey},
		File: filepath.Join(h.Dir, "..", filepath.Base(h.Dir)+"-"+name),
		Now:  func() time.Time { return h.now },
	})
	check(t, err)
	return w
}

func (h *house) open(t testing.TB) *Tree {
	t.Helper()
	tree, err := Open(context.Background(), h.Config)
	check(t, err)
	return tree
}

// publish grows the log and publishes it.
func (h *house) publish(t testing.TB, tree *Tree, size int64) proof.Checkpoint {
	t.Helper()
	h.grow(size, 0)
	c, signed, err := tree.Publish(context.Background())
	check(t, err)
	again, _, err := proof.ParseCheckpoint(signed, h.Policy)
	if err != nil || again != c || c.Size != size {
		t.Fatalf("Publish() = %v with the note %s (%v), want size %d", c, signed, err, size)
	}
	return c
}

// files reads all public files of the tree except the checkpoint.
func files(t testing.TB, dir string) map[string]string {
	t.Helper()
	out := make(map[string]string)
	check(t, filepath.WalkDir(filepath.Join(dir, "tile"), func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || err == nil && d.IsDir() {
			return nil
		}
		b, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		out[name] = string(b)
		return err
	}))
	return out
}

func names(files map[string]string) []string {
	var out []string
	for name := range files {
		out = append(out, name)
	}
	sort.Strings(out)
	return out
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// flip changes one bit of a file.
func flip(t testing.TB, path string, at int) {
	t.Helper()
	b, err := os.ReadFile(path)
	check(t, err)
	b[at%len(b)] ^= 1 << (at % 8)
	check(t, os.WriteFile(path, b, 0o644))
}

// wants reports to t unless err wraps the sentinel and says the words.
func wants(t testing.TB, err, sentinel error, words string) {
	t.Helper()
	if !errors.Is(err, sentinel) || !strings.Contains(err.Error(), words) {
		t.Errorf("got error %v, want one that wraps %q and says %q", err, sentinel, words)
	}
}

func sameFiles(t testing.TB, got, want map[string]string) {
	t.Helper()
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("%s differs (%d bytes, want %d)", name, len(got[name]), len(want[name]))
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok && !bytes.Contains([]byte(name), []byte(".p/")) {
			t.Errorf("%s should not be there", name)
		}
	}
}
