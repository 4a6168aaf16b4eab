package watch

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"solferino/casebook"
	"solferino/internal/tlog"
	"solferino/proof"
)

// A double is a mirror of an institution with the copy of what it publishes.
type double struct {
	CopyConfig
	mirror *tlog.Mirror
	copy   *Copy
}

func newDouble(t testing.TB, n *institution) *double {
	t.Helper()
	d := &double{CopyConfig: CopyConfig{Dir: t.TempDir(), Evidence: t.TempDir(), Source: source(t, n.url), Policy: n.policy}}
	d.restart(t)
	return d
}

func (d *double) restart(t testing.TB) {
	t.Helper()
	var err error
	d.mirror, err = tlog.OpenMirror(tlog.MirrorConfig{Dir: d.Dir, Evidence: d.Evidence, Source: d.Source, Policy: d.Policy})
	check(t, err)
	d.copy, err = OpenCopy(d.CopyConfig)
	check(t, err)
}

func (d *double) sync(t testing.TB) Copied {
	t.Helper()
	step, err := d.mirror.Sync(context.Background())
	check(t, err)
	done, err := d.copy.Sync(context.Background(), step.To, step.Note)
	check(t, err)
	return done
}

func (d *double) same(t testing.TB, n *institution, name string) {
	t.Helper()
	want, err := os.ReadFile(filepath.Join(n.dir, name))
	check(t, err)
	if got, err := os.ReadFile(filepath.Join(d.Dir, name)); err != nil || string(got) != string(want) {
		t.Errorf("%s: %d bytes, %v, want %d", name, len(got), err, len(want))
	}
}

func TestCopyTakesWhatIsOpenAndAsksAgainForWhatIsSealed(t *testing.T) {
	n := newInstitution(t)
	n.fill(t, 300)
	n.publish(t)
	n.open(t, 0, 17, 299)
	d := newDouble(t, n)
	if done := d.sync(t); done.Openings != 3 || done.Sealed != 297 || len(done.Refused) > 0 {
		t.Errorf("copied %+v", done)
	}
	n.open(t, 5)
	if done := d.sync(t); done.Openings != 1 || done.Sealed != 296 {
		t.Errorf("then copied %+v", done)
	}
	d.restart(t)
	if done := d.sync(t); done.Openings != 0 || done.Sealed != 296 {
		t.Errorf("after a restart copied %+v", done)
	}
	for _, index := range []int64{0, 5, 17, 299} {
		d.same(t, n, openingPath(index))
	}
}

// With a bound on how many sealed entries are asked for in a round, each is
// asked for in its turn, and what an act has made public at once.
func TestCopySweeps(t *testing.T) {
	n := newInstitution(t)
	n.fill(t, 300)
	n.publish(t)
	d := newDouble(t, n)
	d.Sweep = 100
	d.restart(t)
	if done := d.sync(t); done.Sealed != 300 {
		t.Errorf("the first time it asks for %d", done.Sealed)
	}
	n.open(t, 299)
	opened := 0
	for range 3 {
		done := d.sync(t)
		opened += done.Openings
		if done.Openings+done.Sealed != 100 {
			t.Errorf("then it asks for %+v", done)
		}
	}
	if opened != 1 {
		t.Error("the sweep did not find what was opened")
	}
	index, _ := n.say(t, n.other, casebook.Published{Finding: "case/x", Version: 1, Entries: []int64{250, 260}})
	n.publish(t)
	n.open(t, 250, 260, index)
	if done := d.sync(t); done.Openings != 3 {
		t.Errorf("of a publication it copied %+v", done)
	}
}

func TestCopyTakesNothingThatTheLogDoesNotBearOut(t *testing.T) {
	n := newInstitution(t)
	n.fill(t, 10)
	n.publish(t)
	n.open(t, 3)
	b, err := os.ReadFile(filepath.Join(n.dir, openingPath(3)))
	check(t, err)
	d := newDouble(t, n)
	for name, bad := range map[string][]byte{
		"another entry's": b, "empty": {}, "no end": b[:len(b)-1], "another salt": []byte(strings.Replace(string(b), `"salt":"`, `"salt":"0`, 1)),
	} {
		n.write(t, openingPath(4), bad)
		if done := d.sync(t); len(done.Refused) != 1 || !strings.Contains(done.Refused[0], openingPath(4)) {
			t.Errorf("%s: copied %+v", name, done)
		}
	}
	if d.copy.has(openingPath(4)) || !d.copy.has(openingPath(3)) {
		t.Error("it took the wrong one")
	}
	index, _ := n.say(t, n.other, casebook.Published{Finding: "case/x", Version: 2, Entries: []int64{1}})
	n.publish(t)
	n.open(t, index)
	n.write(t, "bundle/x.2.finding", []byte("hello"))
	if done := d.sync(t); len(done.Refused) != 2 || !strings.Contains(done.Refused[1], "container") {
		t.Errorf("of a bundle that is none: %+v", done)
	}
	if d.copy.has("bundle/x.2.finding") {
		t.Error("it took a bundle that is none")
	}
}

func TestCopyOfTheStatusList(t *testing.T) {
	n := newInstitution(t)
	n.fill(t, 10)
	c, _ := n.publish(t)
	d := newDouble(t, n)
	put := func(c proof.Checkpoint, at int64) {
		s := proof.Status{Checkpoint: c, At: time.Unix(at, 0).UTC()}
		n.write(t, "status", n.sign(t, s.Text()))
	}
	put(c, 1_800_000_000)
	d.sync(t)
	d.same(t, n, "status")
	n.fill(t, 5)
	next, _ := n.publish(t)
	put(next, 1_800_000_100)
	d.sync(t)
	d.same(t, n, "status")
	for name, tt := range map[string]func(){
		"older by size": func() { put(c, 1_800_000_200) },
		"older by time": func() { put(next, 1_800_000_050) },
		"not signed":    func() { n.write(t, "status", []byte("hello")) },
	} {
		tt()
		if done := d.sync(t); len(done.Refused) != 1 {
			t.Errorf("%s: %+v", name, done)
		}
	}
	n.fill(t, 5)
	put(proof.Checkpoint{Origin: origin, Size: 20, Root: c.Root}, 1_800_000_300)
	if done := d.sync(t); len(done.Refused) != 0 {
		t.Errorf("of later than the mirror: %+v", done)
	}
	// One that carries another tree proves that the log forked.
	put(proof.Checkpoint{Origin: origin, Size: 12, Root: c.Root}, 1_800_000_300)
	step, err := d.mirror.Sync(context.Background())
	check(t, err)
	if _, err := d.copy.Sync(context.Background(), step.To, step.Note); !errors.Is(err, tlog.ErrForked) {
		t.Errorf("Sync() = %v, want %v", err, tlog.ErrForked)
	}
	kept, err := filepath.Glob(filepath.Join(d.Evidence, "fork-*", "second"))
	if err != nil || len(kept) != 1 {
		t.Errorf("kept is %v, %v", kept, err)
	}
}

// The source breaks off: what was copied is whole, and the rest comes later.
func TestCopyIsCutOff(t *testing.T) {
	n := newInstitution(t)
	n.fill(t, 40)
	n.publish(t)
	for i := range int64(40) {
		n.open(t, i)
	}
	d := newDouble(t, n)
	step, err := d.mirror.Sync(context.Background())
	check(t, err)
	var left atomic.Int64
	n.intercept(func(http.ResponseWriter, *http.Request) bool {
		if left.Add(1) > 20 {
			panic(http.ErrAbortHandler)
		}
		return false
	})
	d.Source = source(t, n.url)
	if _, err := d.copy.Sync(context.Background(), step.To, step.Note); !errors.Is(err, tlog.ErrUnreachable) {
		t.Errorf("Sync() = %v, want %v", err, tlog.ErrUnreachable)
	}
	n.intercept(nil)
	d.restart(t)
	d.sync(t)
	for i := range int64(40) {
		d.same(t, n, openingPath(i))
	}
}
