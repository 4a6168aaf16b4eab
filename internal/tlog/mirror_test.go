package tlog

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"solferino/proof"
)

// A copied log is a house whose public files are served, and a mirror of it.
type copied struct {
	*house
	MirrorConfig
	before atomic.Pointer[interception]
}

// An interception comes between the mirror and the files: it answers itself or
// returns false.
type interception func(w http.ResponseWriter, r *http.Request) bool

// intercept puts something before the files; nil takes it away.
func (c *copied) intercept(by interception) {
	if by == nil {
		by = func(http.ResponseWriter, *http.Request) bool { return false }
	}
	c.before.Store(&by)
}

func newCopied(t testing.TB) *copied {
	t.Helper()
	c := &copied{house: newHouse(t, "group g all v w\nquorum g\n", "v", "w")}
	root, err := os.OpenRoot(c.house.Config.Dir)
	check(t, err)
	t.Cleanup(func() { root.Close() })
	files := NewFileServer(root)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if by := c.before.Load(); by == nil || !(*by)(w, r) {
			files.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	source, err := NewSource(server.URL + "/")
	check(t, err)
	c.MirrorConfig = MirrorConfig{Dir: t.TempDir(), Evidence: t.TempDir(), Source: source, Policy: c.house.Config.Policy}
	return c
}

func (c *copied) mirror(t testing.TB) *Mirror {
	t.Helper()
	m, err := OpenMirror(c.MirrorConfig)
	check(t, err)
	return m
}

func (c *copied) grown(t testing.TB, size int64) proof.Checkpoint {
	t.Helper()
	return c.publish(t, c.open(t), size)
}

// Whatever the steps are by which a log grows, the mirror's files are those of
// the log, byte for byte.
func TestMirrorHoldsTheSameFiles(t *testing.T) {
	for _, sizes := range [][]int64{{1}, {255, 256, 257}, {3, 700, 701}, {512, 600, 65537}} {
		c := newCopied(t)
		m := c.mirror(t)
		for i, size := range sizes {
			want := c.grown(t, size)
			step, err := m.Sync(context.Background())
			if err != nil || step.To != want || i > 0 && step.From.Size != sizes[i-1] || step.Repaired != nil {
				t.Fatalf("Sync() at %d = %v to %v, %v", size, step.From.Size, step.To.Size, err)
			}
			sameFiles(t, files(t, c.MirrorConfig.Dir), files(t, c.house.Config.Dir))
			if again, err := c.mirror(t).Sync(context.Background()); err != nil || again.From != want || again.To != want {
				t.Errorf("Sync() with nothing new = %v, %v", again, err)
			}
		}
		if left, err := os.ReadDir(filepath.Join(c.MirrorConfig.Dir, tempDir)); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	}
}

// A mirror of a mirror is one, too.
func TestMirrorOfAMirror(t *testing.T) {
	c := newCopied(t)
	want := c.grown(t, 300)
	_, err := c.mirror(t).Sync(context.Background())
	check(t, err)
	root, err := os.OpenRoot(c.MirrorConfig.Dir)
	check(t, err)
	defer root.Close()
	server := httptest.NewServer(NewFileServer(root))
	defer server.Close()
	source, err := NewSource(server.URL)
	check(t, err)
	m, err := OpenMirror(MirrorConfig{Dir: t.TempDir(), Source: source, Policy: c.house.Config.Policy})
	check(t, err)
	if step, err := m.Sync(context.Background()); err != nil || step.To != want {
		t.Errorf("Sync() = %v, %v", step.To, err)
	}
	for path, code := range map[string]int{"/": 404, "/.pending": 404, "/.tmp": 404, "/tile": 404, "/tile/0": 404, "/tile/0/000": 200,
		"/tile/0/00": 404, "/opening/0.json": 404, "/tile/../checkpoint": 404, "/checkpoint": 200, "/bundle/..finding": 404} {
		if got, _ := fetch(t, server.URL+path); got != code {
			t.Errorf("GET %s = %d, want %d", path, got, code)
		}
	}
	if code, _, _ := send(t, server.URL, nil); code != 405 {
		t.Errorf("POST gives %d", code)
	}
}

// The line breaks after any number of files, and the mirror goes on from what
// it has. Meanwhile it serves what it had.
func TestMirrorIsCutOff(t *testing.T) {
	for after := int64(0); after < 24; after += 3 {
		c := newCopied(t)
		had := c.grown(t, 300)
		m := c.mirror(t)
		_, err := m.Sync(context.Background())
		check(t, err)
		want := c.grown(t, 1300)
		var asked atomic.Int64
		c.intercept(func(http.ResponseWriter, *http.Request) bool {
			if asked.Add(1) > after {
				panic(http.ErrAbortHandler)
			}
			return false
		})
		if _, err := m.Sync(context.Background()); err == nil && asked.Load() > after {
			t.Errorf("after %d files: no error", after)
		}
		now, _, err := c.mirror(t).Checkpoint()
		if err != nil || now != had && asked.Load() > after {
			t.Errorf("after %d files it holds %v, %v", after, now.Size, err)
		}
		if _, err := OpenView(c.MirrorConfig.Dir, had); err != nil && now == had {
			t.Errorf("after %d files what it served is not whole: %v", after, err)
		}
		c.intercept(nil)
		if step, err := c.mirror(t).Sync(context.Background()); err != nil || step.To != want {
			t.Errorf("after %d files and a restart: %v, %v", after, step.To.Size, err)
		}
		sameFiles(t, files(t, c.MirrorConfig.Dir), files(t, c.house.Config.Dir))
	}
}

// One bit of any file that the source serves is changed. The mirror refuses,
// takes nothing of it over, and goes on when the file is mended.
func TestMirrorTakesNoFlippedBit(t *testing.T) {
	_, fresh := newFilesOf(t, 300, 700)
	fresh = append(fresh, "checkpoint")
	for i, name := range fresh {
		t.Run(strings.ReplaceAll(name, "/", "-"), func(t *testing.T) {
			c := newCopied(t)
			had := c.grown(t, 300)
			m := c.mirror(t)
			_, err := m.Sync(context.Background())
			check(t, err)
			want := c.grown(t, 700)
			path := filepath.Join(c.house.Config.Dir, name)
			flip(t, path, 999*i+40)
			if _, err := m.Sync(context.Background()); err == nil {
				t.Error("Sync() takes it")
			}
			if now, _, err := m.Checkpoint(); err != nil || now != had {
				t.Errorf("it holds %v, %v", now.Size, err)
			}
			flip(t, path, 999*i+40)
			if step, err := m.Sync(context.Background()); err != nil || step.To != want || step.Repaired != nil {
				t.Errorf("mended: %v, %v", step, err)
			}
		})
	}
}

// A hundred times a log shows another tree or less than it did: the mirror
// stays with what it has and keeps both notes of a fork.
func TestMirrorRefusesForkAndRollback(t *testing.T) {
	c := newCopied(t)
	had := c.grown(t, 300)
	m := c.mirror(t)
	_, err := m.Sync(context.Background())
	check(t, err)
	fork := newHouse(t, "quorum none\n")
	fork.Signer = c.Signer
	fork.keys = c.keys
	fork.vkey = c.vkey
	fork.Policy = c.house.Config.Policy
	for _, name := range []string{"v", "w"} {
		fork.Witnesses[name] = fork.witness(t, name) // they saw this tree only
	}
	other := fork.open(t)
	show := func(dir string, signed []byte) {
		root, err := os.OpenRoot(dir)
		check(t, err)
		t.Cleanup(func() { root.Close() })
		files := NewFileServer(root)
		c.intercept(func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path == "/checkpoint" && signed != nil {
				_, _ = w.Write(signed)
				return true
			}
			files.ServeHTTP(w, r)
			return true
		})
	}
	type shown struct {
		dir    string
		signed []byte
	}
	var pasts []shown
	for size := int64(299); size > 289; size-- {
		past, signed := c.cosigned(t, size)
		pasts = append(pasts, shown{past.Dir, signed})
	}
	forks, rollbacks := 0, 0
	for i := range int64(100) {
		fork.grow(250+i, 1)
		_, _, err := other.Publish(context.Background())
		check(t, err)
		show(fork.Dir, nil)
		if _, err := m.Sync(context.Background()); err != nil && strings.Contains(err.Error(), ErrForked.Error()) {
			forks++
		} else {
			t.Errorf("fork of size %d: %v", 250+i, err)
		}
		if i%10 == 0 {
			m = c.mirror(t) // it restarts
		}
		show(pasts[i%10].dir, pasts[i%10].signed)
		if _, err := m.Sync(context.Background()); err != nil && strings.Contains(err.Error(), ErrRolledBack.Error()) {
			rollbacks++
		} else {
			t.Errorf("rollback to %d: %v", 299-i%10, err)
		}
	}
	if forks != 100 || rollbacks != 100 {
		t.Errorf("refused %d forks and %d rollbacks of 100", forks, rollbacks)
	}
	kept, err := kept(c.MirrorConfig.Evidence, forkKind)
	if err != nil || len(kept) != 100 {
		t.Fatalf("kept is the evidence of %d forks, %v", len(kept), err)
	}
	for _, name := range []string{"first", "second"} {
		b, err := os.ReadFile(filepath.Join(kept[0], name))
		check(t, err)
		if _, _, err := proof.ParseCheckpoint(b, c.house.Config.Policy); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	c.intercept(nil)
	if now, _, err := c.mirror(t).Checkpoint(); err != nil || now != had {
		t.Errorf("it holds %v, %v", now.Size, err)
	}
	want := c.grown(t, 500)
	if step, err := m.Sync(context.Background()); err != nil || step.To != want {
		t.Errorf("Sync() after all = %v, %v", step.To.Size, err)
	}
}

// cosigned returns the log as it was at an earlier size, and its note with the
// lines of all witnesses.
func (c *copied) cosigned(t testing.TB, size int64) (*house, []byte) {
	t.Helper()
	past := newHouse(t, "quorum none\n")
	past.publish(t, past.open(t), size)
	_, cp := expected(t, size)
	signed, err := note.Sign(&note.Note{Text: cp.Text()}, c.Signer)
	check(t, err)
	var lines [][]byte
	for _, name := range []string{"v", "w"} {
		k, err := parseWitnessKey(c.keys[name])
		check(t, err)
		line, err := k.sign(cp, cp.Text(), 1)
		check(t, err)
		lines = append(lines, line)
	}
	signed, err = proof.Assemble(signed, lines, c.house.Config.Policy)
	check(t, err)
	return past, signed
}

func TestMirrorAsksForTheQuorum(t *testing.T) {
	c := newCopied(t)
	c.grown(t, 10)
	c.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/checkpoint" {
			_, _ = w.Write(c.head.Note)
		}
		return r.URL.Path == "/checkpoint"
	})
	_, err := c.mirror(t).Sync(context.Background())
	wants(t, err, proof.ErrNoQuorum, "mirror "+origin)
}

// A file of the mirror that was damaged at rest is copied again when its right
// edge does not hold, or when a person says so.
func TestMirrorRepairsItself(t *testing.T) {
	for name, whole := range map[string]bool{"tile/0/002.p/88": false, "tile/1/000.p/2": false, "tile/0/000": true, "tile/entries/001": true} {
		c := newCopied(t)
		want := c.grown(t, 600)
		_, err := c.mirror(t).Sync(context.Background())
		check(t, err)
		flip(t, filepath.Join(c.MirrorConfig.Dir, name), 77)
		c.Whole = whole
		step, err := c.mirror(t).Sync(context.Background())
		if err != nil || step.To != want || fmt.Sprint(step.Repaired) != "["+name+"]" {
			t.Errorf("%s: Sync() = %v, repaired %v, %v", name, step.To.Size, step.Repaired, err)
		}
		sameFiles(t, files(t, c.MirrorConfig.Dir), files(t, c.house.Config.Dir))
	}
}

func BenchmarkMirror(b *testing.B) {
	const size = 100_000
	c := newCopied(b)
	c.grown(b, size)
	for b.Loop() {
		c.MirrorConfig.Dir = b.TempDir()
		_, err := c.mirror(b).Sync(context.Background())
		check(b, err)
	}
	b.ReportMetric(float64(b.N)*size/b.Elapsed().Seconds(), "entries/s")
}
