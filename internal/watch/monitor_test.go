package watch

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"solferino/internal/tlog"
	"solferino/proof"
	"solferino/record"
)

// A lookout is a monitor of an institution and its configuration.
type lookout struct {
	MonitorConfig
	journal map[record.ID]bool
}

func newLookout(t testing.TB, n *institution) *lookout {
	t.Helper()
	l := &lookout{journal: map[record.ID]bool{}}
	l.MonitorConfig = MonitorConfig{Dir: t.TempDir(), Log: source(t, n.url), Policy: n.policy, Now: func() time.Time { return n.clock },
		Journal: func() (map[record.ID]bool, error) { return l.journal, nil }}
	for _, name := range []string{"v", "w"} {
		l.Peers = append(l.Peers, Peer{source(t, n.posts[name].URL), true})
	}
	return l
}

// round opens the monitor as a new process does and has it look once.
func (l *lookout) round(t testing.TB) Round {
	t.Helper()
	m, err := OpenMonitor(l.MonitorConfig)
	check(t, err)
	r, err := m.Round(context.Background())
	check(t, err)
	return r
}

// wants reports unless the alarms of a round are these.
func (l *lookout) wants(t testing.TB, when string, want ...string) Round {
	t.Helper()
	r := l.round(t)
	if got := kinds(r); got != strings.ReplaceAll(fmt.Sprintf("%q", want), " ", ",") && !(got == "null" && len(want) == 0) {
		t.Errorf("%s: alarms %v, want %q; trouble %v", when, r.Alarms, want, r.Trouble)
	}
	for _, a := range r.Alarms {
		if a.Kind != "stale" && a.Evidence == "" {
			t.Errorf("%s: no evidence of %v", when, a)
		}
	}
	return r
}

func TestMonitorIsContentWithALogThatGrows(t *testing.T) {
	n := newInstitution(t)
	l := newLookout(t, n)
	if r := l.wants(t, "before the first checkpoint"); len(r.Trouble) == 0 || r.Size != -1 {
		t.Errorf("a log without a checkpoint is seen as %v", r)
	}
	for _, count := range []int{1, 254, 2, 300} {
		n.fill(t, count)
		c, _ := n.publish(t)
		r := l.wants(t, "grown")
		if r.Size != c.Size || len(r.Peers) != 2 || r.Peers[1].Size != c.Size || strings.Join(r.SeenBy, " ") != "v w" || len(r.Trouble) > 0 {
			t.Errorf("at size %d it saw %v", c.Size, r)
		}
	}
}

// To the monitor the log shows one tree, to a witness or a mirror another.
func TestMonitorSeesASplitView(t *testing.T) {
	for name, tt := range map[string]struct{ log, other int }{"same size": {300, 300}, "the monitor's is larger": {300, 280}, "the monitor's is smaller": {280, 300}} {
		t.Run(name, func(t *testing.T) {
			n := newInstitution(t)
			n.fill(t, tt.log)
			n.publish(t)
			l := newLookout(t, n)
			l.wants(t, "before")
			fork := n.split(t)
			fork.fill(t, tt.other)
			fork.publish(t)
			l.Peers = []Peer{{source(t, fork.posts["v"].URL), true}}
			l.MaxLag = time.Minute
			if tt.other <= tt.log {
				r := l.wants(t, "by a witness", "split")
				notes(t, r.Alarms[0].Evidence, n.policy)
			} else {
				l.wants(t, "by a witness, soon")
				n.clock = n.clock.Add(time.Hour)
				l.wants(t, "by a witness, late", "stale")
			}
			l.Peers = []Peer{{source(t, fork.url), false}, {source(t, n.posts["v"].URL), true}}
			n.fill(t, 30)
			n.publish(t)
			r := l.wants(t, "by a mirror, and remembered", "split")
			notes(t, r.Alarms[0].Evidence, n.policy)
		})
	}
}

// notes checks that evidence is two checkpoints that the log signed and that
// cannot both be.
func notes(t testing.TB, dir string, policy *proof.Policy) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "note-*"))
	if err != nil || len(files) != 2 {
		t.Fatalf("evidence in %s: %v, %v", dir, files, err)
	}
	seen := map[[32]byte]bool{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		check(t, err)
		c, err := tlog.ParseSigned(b, policy)
		check(t, err)
		seen[c.Root] = true
	}
	if len(seen) != 2 {
		t.Error("both notes have the same root")
	}
}

// Two witnesses that saw two trees of one size: the log need not be reached.
func TestMonitorComparesWitnessesWhileTheLogIsAway(t *testing.T) {
	n := newInstitution(t)
	fork := n.split(t)
	for _, m := range []*institution{n, fork} {
		m.fill(t, 10)
		m.publish(t)
	}
	l := newLookout(t, n)
	l.Log = source(t, "http://127.0.0.1:1")
	l.Peers = []Peer{{source(t, n.posts["v"].URL), true}, {source(t, fork.posts["w"].URL), true}}
	if r := l.wants(t, "the log is away", "split"); len(r.Trouble) == 0 {
		t.Error("it does not say that the log is away")
	}
}

// The log goes over to another tree. The monitor remembers the first, alone.
func TestMonitorSeesTheLogChangeItsPast(t *testing.T) {
	for _, size := range []int{290, 300, 310} {
		n := newInstitution(t)
		n.fill(t, 300)
		n.publish(t)
		l := newLookout(t, n)
		l.Peers = nil
		l.wants(t, "before")
		fork := n.split(t)
		fork.fill(t, size)
		fork.publish(t)
		l.Log = source(t, fork.url)
		want := "split"
		if size < 300 {
			want = "rollback"
		}
		for range 2 { // it does not get used to it
			r := l.wants(t, fmt.Sprint(size), want)
			notes(t, r.Alarms[0].Evidence, n.policy)
		}
		l.Log = source(t, n.url)
		l.wants(t, "back again")
	}
}

func TestMonitorSeesARollback(t *testing.T) {
	n := newInstitution(t)
	n.fill(t, 250)
	_, early := n.publish(t)
	l := newLookout(t, n)
	l.wants(t, "before")
	n.fill(t, 100)
	n.publish(t)
	l.wants(t, "later")
	n.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/checkpoint" {
			_, _ = w.Write(early)
		}
		return r.URL.Path == "/checkpoint"
	})
	l.MaxLag = time.Minute
	n.clock = n.clock.Add(time.Hour)
	l.wants(t, "rolled back", "rollback", "stale")
	n.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/checkpoint" {
			http.NotFound(w, r)
		}
		return r.URL.Path == "/checkpoint"
	})
	l.Peers = nil
	l.wants(t, "nothing at all", "rollback")
}

func TestMonitorAsksForTheQuorumAndForYouth(t *testing.T) {
	n := newInstitution(t)
	n.fill(t, 10)
	c, signed := n.publish(t)
	l := newLookout(t, n)
	l.MaxAge = time.Hour
	l.wants(t, "before")
	n.clock = n.clock.Add(2 * time.Hour)
	l.wants(t, "nobody looked", "stale")
	n.clock = n.clock.Add(-2 * time.Hour)
	for name, tt := range map[string]struct {
		note []byte
		kind string
	}{
		"no witness":        {n.sign(t, c.Text()), "quorum"},
		"one of two":        {[]byte(strings.TrimSuffix(string(signed), "\u2014 witness.example/w"+strings.SplitN(string(signed), "\u2014 witness.example/w", 2)[1])), "quorum"},
		"another's key":     {newInstitution(t).sign(t, c.Text()), "signature"},
		"another text":      {[]byte(strings.Replace(string(signed), "\n10\n", "\n11\n", 1)), "signature"},
		"no note":           {[]byte("hello"), "signature"},
		"without its files": {cosigned(t, n, 11), "unproven"},
	} {
		n.intercept(func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path == "/checkpoint" {
				_, _ = w.Write(tt.note)
			}
			return r.URL.Path == "/checkpoint"
		})
		l.wants(t, name, tt.kind)
	}
}

// cosigned has the witnesses cosign a tree that the log does not have.
func cosigned(t testing.TB, n *institution, size int) []byte {
	t.Helper()
	fork := n.split(t)
	fork.fill(t, size)
	_, signed := fork.publish(t)
	return signed
}

func TestMonitorWaitsForTheLogToCatchUp(t *testing.T) {
	n := newInstitution(t)
	n.fill(t, 10)
	_, early := n.publish(t)
	l := newLookout(t, n)
	l.MaxLag = 10 * time.Minute
	n.fill(t, 10)
	n.publish(t)
	n.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/checkpoint" {
			_, _ = w.Write(early)
		}
		return r.URL.Path == "/checkpoint"
	})
	l.wants(t, "the witnesses are quicker")
	if all, err := os.ReadDir(filepath.Join(l.Dir, aheadDir)); err != nil || len(all) != 1 {
		t.Errorf("it remembers %v, %v", all, err)
	}
	n.clock = n.clock.Add(time.Hour)
	l.wants(t, "for an hour", "stale")
	n.intercept(nil)
	l.wants(t, "caught up")
	if all, err := os.ReadDir(filepath.Join(l.Dir, aheadDir)); err != nil || len(all) != 0 {
		t.Errorf("it still remembers %v, %v", all, err)
	}
}

// Whoever holds a key learns of every published act under it that they did not
// say themselves, until they have an explanation.
func TestMonitorSeesAnActThatTheJournalLacks(t *testing.T) {
	n := newInstitution(t)
	l := newLookout(t, n)
	l.Key = n.me.PublicKey()
	n.fill(t, 5)
	act := func() (int64, record.ID) { return n.say(t, n.me, nothing) }
	known, id := act()
	l.journal[id] = true
	stolen, stolenID := act()
	sealed, sealedID := act()
	n.fill(t, 2)
	n.publish(t)
	n.open(t, 0, known)
	if r := l.wants(t, "known"); r.Openings != 2 {
		t.Errorf("it read %d openings", r.Openings)
	}
	n.open(t, stolen)
	for range 2 {
		r := l.wants(t, "stolen", "act")
		if !strings.Contains(r.Alarms[0].Says, string(stolenID)) || r.Openings != 1 {
			t.Errorf("it says %v, and read %d", r.Alarms, r.Openings)
		}
		verifies(t, n, r.Alarms[0].Evidence)
	}
	l.journal[stolenID] = true
	l.wants(t, "explained")
	n.open(t, sealed) // the sealed one is published later
	l.wants(t, "published later", "act")
	l.journal[sealedID] = true
	if r := l.wants(t, "all explained"); r.Openings != 1 {
		t.Errorf("it read %d openings", r.Openings)
	}
	if r := l.wants(t, "nothing new"); r.Openings != 0 {
		t.Errorf("it read %d openings again", r.Openings)
	}
}

// verifies checks the evidence of an act as a stranger would.
func verifies(t testing.TB, n *institution, dir string) {
	t.Helper()
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(dir, name))
		check(t, err)
		return b
	}
	o, err := decodeOpening(read("opening.json"))
	check(t, err)
	p, note, err := proof.DecodeProof(read("record.tlog-proof"))
	check(t, err)
	c, _, err := proof.ParseCheckpoint(note, n.policy)
	check(t, err)
	check(t, p.Verify(o.Leaf(), c))
	check(t, record.Verify(o.Record, o.Signature, n.me.PublicKey()))
}

func TestMonitorSeesAnOpeningThatOpensNothing(t *testing.T) {
	n := newInstitution(t)
	n.fill(t, 5)
	n.publish(t)
	l := newLookout(t, n)
	l.Key = n.me.PublicKey()
	n.open(t, 2)
	right, err := os.ReadFile(filepath.Join(n.dir, openingPath(2)))
	check(t, err)
	for name, bad := range map[string]string{"another entry's": "", "not an opening": "{}\n", "with more behind": string(right) + "\n"} {
		if bad == "" {
			n.open(t, 3)
			b, err := os.ReadFile(filepath.Join(n.dir, openingPath(3)))
			check(t, err)
			check(t, os.Remove(filepath.Join(n.dir, openingPath(3))))
			bad = string(b)
		}
		n.write(t, openingPath(2), []byte(bad))
		l.wants(t, name, "opening")
	}
	n.write(t, openingPath(2), right)
	l.wants(t, "right")
}

// What a monitor remembers is checked when it is read.
func TestMonitorWithADamagedMemory(t *testing.T) {
	n := newInstitution(t)
	n.fill(t, 5)
	n.publish(t)
	l := newLookout(t, n)
	l.wants(t, "before")
	file := filepath.Join(l.Dir, lastFile)
	b, err := os.ReadFile(file)
	check(t, err)
	b[len(origin)+1] ^= 1
	check(t, os.WriteFile(file, b, 0o644))
	if _, err := OpenMonitor(l.MonitorConfig); err == nil || !strings.Contains(err.Error(), tlog.ErrDamaged.Error()) {
		t.Errorf("OpenMonitor() = %v, want %v", err, tlog.ErrDamaged)
	}
}

// Again and again the log shows one tree to the monitor and another to a
// witness, of whatever sizes; each time it is found, at the latest when the log
// has grown beyond both. With SOLFERINO_LONG=1 a hundred times.
func TestSplitViewsAreFound(t *testing.T) {
	found, attempts := 0, 15
	if os.Getenv("SOLFERINO_LONG") == "1" {
		attempts = 100
	}
	for i := range attempts {
		n := newInstitution(t)
		fork := n.split(t)
		n.fill(t, 1+i%9)
		n.publish(t)
		fork.fill(t, 1+i%7)
		fork.publish(t)
		l := newLookout(t, n)
		l.Peers = []Peer{{source(t, fork.posts["v"].URL), true}}
		l.round(t)
		l.Peers = nil // it is remembered
		n.fill(t, 7)
		n.publish(t)
		if kinds(l.round(t)) == `["split"]` {
			found++
		}
	}
	if found != attempts {
		t.Errorf("found %d of %d", found, attempts)
	}
}
