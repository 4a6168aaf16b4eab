package tlog

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	cosig "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"solferino/proof"
)

func cosignatureVerifier(vkey string) (note.Verifier, error) {
	return cosig.NewVerifierForCosignatureV1(vkey)
}

// join gives the house a policy and the remote witnesses that it names.
func (h *house) join(t testing.TB, policy string) {
	t.Helper()
	var err error
	h.Policy, err = proof.ParsePolicy([]byte(policy))
	check(t, err)
	h.Witnesses, err = RemoteWitnesses(h.Policy)
	check(t, err)
}

// A door stands before a witness and can be shut: then nobody gets through.
type door struct {
	shut atomic.Bool
	http.Handler
}

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if d.shut.Load() {
		panic(http.ErrAbortHandler)
	}
	d.Handler.ServeHTTP(w, r)
}

// A world is a log with two witnesses in each of four regions, of which three
// make the quorum. One witness of each region signs with ML-DSA-44.
type world struct {
	*house
	clock time.Time          // of the witnesses
	doors map[string][]*door // by region
	posts map[string][]*post
}

var regions = []string{"EU", "AM", "AP", "AF"}

func newWorld(t testing.TB) *world {
	w := &world{newHouse(t, "quorum none\n"), time.Now(), map[string][]*door{}, map[string][]*post{}}
	text := "log " + w.vkey + "\n"
	for _, region := range regions {
		for i := range 2 {
			p := newPost(t, fmt.Sprintf("%s.example/%d", region, i), w.vkey)
			p.Now = func() time.Time { return w.clock }
			s, err := NewWitnessServer(p.WitnessServerConfig)
			check(t, err)
			d := &door{Handler: s}
			server := httptest.NewServer(d)
			t.Cleanup(server.Close)
			w.doors[region], w.posts[region] = append(w.doors[region], d), append(w.posts[region], p)
			p.url = server.URL
			text += fmt.Sprintf("witness %s%d %s %s\n", region, i, p.vkeys[i], server.URL)
		}
		text += fmt.Sprintf("group %s any %s0 %s1\n", region, region, region)
	}
	w.join(t, text+"group world 3 "+strings.Join(regions, " ")+"\nquorum world\n")
	w.Evidence = filepath.Join(t.TempDir(), "evidence")
	return w
}

func (w *world) cut(shut bool, where ...string) {
	for _, region := range where {
		for _, d := range w.doors[region] {
			d.shut.Store(shut)
		}
	}
}

// Whatever set of regions is away: with three the log is published, with two
// it waits and says for whom, and it goes on by itself when they are back.
func TestRegionsAreCutOff(t *testing.T) {
	for mask := range 1 << len(regions) {
		var away []string
		for i, region := range regions {
			if mask>>i&1 == 1 {
				away = append(away, region)
			}
		}
		t.Run(fmt.Sprint(away), func(t *testing.T) {
			w := newWorld(t)
			tree := w.open(t)
			w.publish(t, tree, 10)
			w.cut(true, away...)
			if len(away) <= 1 {
				w.publish(t, tree, 20)
				return
			}
			w.grow(20, 0)
			_, _, err := tree.Publish(context.Background())
			wants(t, err, ErrPending, fmt.Sprintf("%d of 8", 8-2*len(away)))
			for _, region := range away {
				wants(t, err, ErrPending, "witness "+region+"1")
			}
			if c, _, err := tree.Checkpoint(); err != nil || c.Size != 10 {
				t.Errorf("published is now %v, %v", c, err)
			}
			w.cut(false, away[0])
			if len(away) > 2 {
				w.cut(false, away[1], away[2])
			}
			w.publish(t, tree, 20)
		})
	}
}

// A quorum of one region, however many of its witnesses sign, is none. A process
// that has just begun does not even sign, for who could be asked what the log
// was does not make the quorum either.
func TestOneRegionIsNoQuorum(t *testing.T) {
	w := newWorld(t)
	w.cut(true, "AM", "AP", "AF")
	w.grow(10, 0)
	tree := w.open(t)
	_, _, err := tree.Publish(context.Background())
	wants(t, err, ErrPending, "2 of 8 witnesses can be asked what they remember; witness AM0: ")
	if w.head.Note != nil {
		t.Error("a head was signed")
	}
	tree.consulted = true
	_, _, err = tree.Publish(context.Background())
	wants(t, err, ErrPending, "2 of 8 witnesses have seen size 10; witness AM0: ")
	w.cut(false, "AM", "AP")
	w.publish(t, tree, 10)
}

// Two keys of one witness are one party: it is asked once, and both lines
// verify by the policy.
func TestBothKeysOfAWitnessCosign(t *testing.T) {
	h := newHouse(t, "quorum none\n")
	p := newPost(t, "witness.example/w", h.vkey)
	s, err := NewWitnessServer(p.WitnessServerConfig)
	check(t, err)
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			asked.Add(1)
		}
		s.ServeHTTP(w, r)
	}))
	defer server.Close()
	h.join(t, fmt.Sprintf("log %s\nwitness w %s %s\nwitness w-pq %s %s\ngroup both all w w-pq\nquorum both\n",
		h.vkey, p.vkeys[0], server.URL, p.vkeys[1], server.URL))
	tree := h.open(t)
	h.publish(t, tree, 10)
	h.publish(t, tree, 20)
	if n := asked.Load(); n != 2 {
		t.Errorf("the witness was asked %d times for two checkpoints", n)
	}
	_, signed, err := tree.Checkpoint()
	check(t, err)
	_, by, err := proof.ParseCheckpoint(signed, h.Policy)
	if err != nil || len(by) != 2 || by[1].Name != "w-pq" || by[1].At.IsZero() {
		t.Errorf("cosigned by %v, %v", by, err)
	}
}

// A log that was away, or is new in its process, asks from where the witness
// says that it stands.
func TestLogAsksAgainFromTheSizeOfTheConflict(t *testing.T) {
	w := newWorld(t)
	w.publish(t, w.open(t), 10)
	tree := w.open(t)
	tree.consulted = true // so it knows nothing of what they have seen
	w.publish(t, tree, 20)
}

// Of a backup that was restored with all its files, only others remember what
// came after. Nothing is signed, and what proves it is kept.
func TestStartUpCheckFindsARestoredBackup(t *testing.T) {
	for name, tt := range map[string]struct {
		branch uint64
		size   int64
	}{"smaller": {0, 290}, "other entries, larger": {1, 310}, "other entries, same size": {1, 300}, "same entries, larger": {0, 310}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.publish(t, w.open(t), 270)
			early := w.head
			w.publish(t, w.open(t), 300)
			w.restore(t, 270, early)
			w.grow(tt.size, tt.branch)
			w.cut(true, "EU", "AM", "AP") // one region is enough to know
			tree := w.open(t)
			_, _, err := tree.Publish(context.Background())
			wants(t, err, ErrForked, "remembers size 300")
			if w.head.Size != 270 {
				t.Errorf("a head of size %d was signed", w.head.Size)
			}
			w.cut(true, "AF")
			_, err = Open(context.Background(), w.Config)
			wants(t, err, ErrForked, "remembers size 300") // from now on it knows by itself
		})
	}
}

// restore takes the whole machine back to an earlier state.
func (w *world) restore(t testing.TB, size int64, head Head) {
	t.Helper()
	w.rollBack(size, head)
	for _, name := range []string{"checkpoint", "tile"} {
		check(t, os.RemoveAll(filepath.Join(w.Dir, name)))
	}
	past := newHouse(t, "quorum none\n")
	past.publish(t, past.open(t), size)
	check(t, os.Rename(filepath.Join(past.Dir, "tile"), filepath.Join(w.Dir, "tile")))
}

// A second writer that has the key and another machine has other entries. The
// witnesses that saw the first one's tree show it.
func TestWitnessShowsTheForkOfASecondWriter(t *testing.T) {
	w := newWorld(t)
	tree := w.open(t)
	w.publish(t, tree, 10)
	second := newHouse(t, "quorum none\n")
	second.Signer, second.Policy, second.Witnesses = w.Signer, w.Policy, w.Witnesses
	second.grow(10, 0)
	second.grow(15, 1)
	other := second.open(t)
	other.consulted = true // it does not ask what they remember
	_, _, err := other.Publish(context.Background())
	check(t, err)

	w.grow(20, 0)
	_, _, err = tree.Publish(context.Background())
	wants(t, err, ErrForked, "remembers root")
	forks, err := kept(w.Evidence, forkKind)
	if err != nil || len(forks) == 0 {
		t.Fatalf("no evidence was kept: %v", err)
	}
	for _, name := range []string{oursName, theirsName} {
		b, err := os.ReadFile(filepath.Join(forks[0], name))
		check(t, err)
		if _, err := ParseSigned(b, w.Policy); err != nil {
			t.Errorf("%s is not signed by the log: %v", name, err)
		}
	}
}

// Whatever a stranger at the address of a witness answers, the log counts it
// as absent, and says what it got.
func TestWhateverAStrangerAnswers(t *testing.T) {
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		says   string
	}{
		"not a witness":      {http.NotFound, "404"},
		"busy":               {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "later", http.StatusServiceUnavailable) }, "503, \"later\""},
		"elsewhere":          {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/x", http.StatusTemporaryRedirect) }, "307"},
		"no size":            {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(409); fmt.Fprint(w, "many") }, "409"},
		"any size":           {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(409); fmt.Fprintln(w, 1<<40) }, "shows nothing for it"},
		"never content":      {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(409); fmt.Fprintln(w, 0) }, "seen size 0"},
		"does not believe":   {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(422) }, "shows nothing for it"},
		"nothing":            {func(http.ResponseWriter, *http.Request) {}, "no line of its answer"},
		"without end":        {func(w http.ResponseWriter, _ *http.Request) { w.Write(make([]byte, 1<<20)) }, "without end"},
		"line of a stranger": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "\u2014 x AAAAAAAA\n") }, "no line of its answer"},
		"hangs up":           {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, "quorum none\n")
			h.Evidence = filepath.Join(t.TempDir(), "evidence")
			server := httptest.NewServer(strangerAt(tt.answer))
			defer server.Close()
			_, vkey, err := NewWitnessKey("witness.example/w", rand.Reader)
			check(t, err)
			h.join(t, "log "+h.vkey+"\nwitness w "+vkey+" "+server.URL+"\nquorum w\n")
			h.grow(10, 0)
			_, _, err = h.open(t).Publish(context.Background())
			wants(t, err, ErrPending, tt.says)
		})
	}
}

// strangerAt answers questions, and remembers nothing.
func strangerAt(answer http.HandlerFunc) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /add-checkpoint", answer)
	return mux
}

func TestRefusalsAreKept(t *testing.T) {
	h := newHouse(t, "quorum none\n")
	h.Evidence = filepath.Join(t.TempDir(), "evidence")
	server := httptest.NewServer(strangerAt(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "I do not believe it", http.StatusUnprocessableEntity)
	}))
	defer server.Close()
	_, vkey, err := NewWitnessKey("witness.example/w", rand.Reader)
	check(t, err)
	h.join(t, "log "+h.vkey+"\nwitness w "+vkey+" "+server.URL+"\nquorum w\n")
	tree := h.open(t)
	for i := range 3 {
		h.grow(int64(10+i/2), 0)
		_, _, err := tree.Publish(context.Background())
		wants(t, err, ErrPending, "I do not believe it")
	}
	all, err := kept(h.Evidence, refusalKind)
	if err != nil || len(all) != 2 {
		t.Errorf("kept are %v, %v, want one for each head", all, err)
	}
	h.open(t) // a bare refusal does not stop the log
}

func TestAddressesOfWitnesses(t *testing.T) {
	for _, bad := range []string{"", "witness.example", "ftp://witness.example", "https://", "https://witness.example/?x=1", "https://witness.example/#x", "://"} {
		if _, err := NewRemoteWitness(bad, origin); err == nil {
			t.Errorf("NewRemoteWitness(%q) takes it", bad)
		}
	}
	w, err := NewRemoteWitness("https://witness.example/a/", origin)
	if err != nil || w.url != "https://witness.example/a" {
		t.Errorf("the address is %v, %v", w, err)
	}
}

// Cosigning once more shows who watches that the log is alive.
func TestRefresh(t *testing.T) {
	w := newWorld(t)
	tree := w.open(t)
	check(t, tree.Refresh(context.Background())) // nothing is published yet
	c := w.publish(t, tree, 10)
	w.clock = w.clock.Add(time.Hour).UTC().Truncate(time.Second)
	check(t, tree.Refresh(context.Background()))
	again, signed, err := tree.Checkpoint()
	if err != nil || again != c {
		t.Errorf("published is now %v, %v", again, err)
	}
	if _, by, err := proof.ParseCheckpoint(signed, w.Policy); err != nil || !by[0].At.Equal(w.clock) {
		t.Errorf("cosigned by %v, %v, want the time %s", by, err, w.clock)
	}
	w.cut(true, regions...)
	wants(t, tree.Refresh(context.Background()), ErrPending, "0 of 8")
	if again, _, err := tree.Checkpoint(); err != nil || again != c {
		t.Errorf("published is now %v, %v", again, err)
	}
}

// attempts is how often a harness tries what must fail: a hundred times with
// SOLFERINO_LONG=1.
func attempts() int64 {
	if os.Getenv("SOLFERINO_LONG") == "1" {
		return 100
	}
	return 15
}

// Again and again the whole machine is restored from a backup and goes on. One
// witness that can be asked is enough, and nothing is signed.
func TestRestoredBackupsAreRefused(t *testing.T) {
	refused := int64(0)
	for i := range attempts() {
		h := newHouse(t, "quorum none\n")
		p := newPost(t, "witness.example/w", h.vkey)
		h.join(t, fmt.Sprintf("log %s\nwitness w %s %s\nquorum w\n", h.vkey, p.vkeys[0], p.url))
		w := &world{house: h}
		early, late, again := 1+i%7, 8+i%5, 1+i%7+i%11 // again: more, as much, or less than was signed
		w.publish(t, w.open(t), early)
		head := w.head
		w.publish(t, w.open(t), late)
		w.restore(t, early, head)
		w.grow(again, uint64(i%2))
		w.grow(again+1, uint64(i%2)) // something new, so that it would sign
		if _, _, err := w.open(t).Publish(context.Background()); errors.Is(err, ErrForked) && w.head.Size == early {
			refused++
		} else {
			t.Errorf("from %d, after %d, to %d: %v; the head is at %d", early, late, again, err, w.head.Size)
		}
	}
	if refused != attempts() {
		t.Errorf("refused %d of %d", refused, attempts())
	}
}

// What it costs a log to be witnessed over HTTP on loopback: one entry more,
// cosigned with one key or two.
func BenchmarkAskWitness(b *testing.B) {
	for name, keys := range map[string]int{"ed25519": 1, "ed25519+mldsa": 2} {
		b.Run(name, func(b *testing.B) {
			past := newHouse(b, "quorum none\n")
			tree := past.open(b)
			past.publish(b, tree, 20_000)
			p := newPost(b, "witness.example/w", past.vkey)
			p.Keys = p.Keys[:keys]
			w, err := NewRemoteWitness(p.serve(b).URL, origin, p.vkeys...)
			check(b, err)
			r, err := tree.readerOf(context.Background(), 20_000)
			check(b, err)
			size := int64(0)
			for b.Loop() {
				b.StopTimer()
				root, err := r.rootAt(size + 1)
				check(b, err)
				signed, err := note.Sign(&note.Note{Text: proof.Checkpoint{Origin: origin, Size: size + 1, Root: root}.Text()}, past.Signer)
				check(b, err)
				way, err := tree.Consistency(context.Background(), size, size+1)
				check(b, err)
				b.StartTimer()
				_, err = w.Cosign(context.Background(), size, way, signed)
				check(b, err)
				size++
			}
		})
	}
}
