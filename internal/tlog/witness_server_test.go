package tlog

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"solferino/proof"
)

// A post is a witness that serves on loopback.
type post struct {
	WitnessServerConfig
	vkeys []string
	url   string
}

// newPost makes a witness of the logs with an Ed25519 and an ML-DSA-44 key.
func newPost(t testing.TB, name string, logs ...string) *post {
	t.Helper()
	p := &post{WitnessServerConfig: WitnessServerConfig{Dir: t.TempDir(), Now: time.Now}}
	p.Fail = func(what string, err error) { t.Errorf("witness %s: %s: %v", name, what, err) }
	for _, draw := range []func() (string, string, error){
		func() (string, string, error) { return NewWitnessKey(name, rand.Reader) },
		func() (string, string, error) { return NewMLDSAWitnessKey(name) },
	} {
		skey, vkey, err := draw()
		check(t, err)
		p.Keys, p.vkeys = append(p.Keys, skey), append(p.vkeys, vkey)
	}
	for _, vkey := range logs {
		_, err := AddLog(p.Dir, vkey)
		check(t, err)
	}
	p.url = p.serve(t).URL
	return p
}

// serve starts a server on the directory of p.
func (p *post) serve(t testing.TB) *httptest.Server {
	t.Helper()
	s, err := NewWitnessServer(p.WitnessServerConfig)
	check(t, err)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return server
}

// send posts a body and returns what comes back.
func send(t testing.TB, url string, body []byte) (int, http.Header, string) {
	t.Helper()
	answer, err := http.Post(url+"/add-checkpoint", "text/plain", bytes.NewReader(body))
	check(t, err)
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	check(t, err)
	return answer.StatusCode, answer.Header, string(b)
}

// fetch returns what stands at an address.
func fetch(t testing.TB, url string) (int, string) {
	t.Helper()
	answer, err := http.Get(url)
	check(t, err)
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	check(t, err)
	return answer.StatusCode, string(b)
}

// signAs signs any text with the key of the log.
func (p past) signAs(t testing.TB, text string) []byte {
	t.Helper()
	signed, err := note.Sign(&note.Note{Text: text}, p.Signer)
	check(t, err)
	return signed
}

// The whole table of https://c2sp.org/tlog-witness#add-checkpoint.
func TestWitnessServerAnswersAsTheProtocolSays(t *testing.T) {
	p := newPast(t, 400)
	w := newPost(t, "witness.example/w", p.vkey)
	ask := func(old int64, way proof.Consistency, signed []byte) []byte { return encodeQuestion(old, way, signed) }
	none := proof.Consistency{}
	many := proof.Consistency{Hashes: make([][hashSize]byte, 64)}
	stranger := newPast(t, 1)
	bad := func(signed []byte) []byte { // the key's name and id, another signature
		signed = bytes.Clone(signed)
		at := &signed[len(signed)-20]
		if *at == 'A' {
			*at = 'B'
		} else {
			*at = 'A'
		}
		return signed
	}
	_, c := expected(t, 350)
	for _, tt := range []struct {
		name string
		body []byte
		code int
		says string
	}{
		{"unknown log", ask(0, none, bytes.ReplaceAll(p.note(t, 300, false), []byte("log/1"), []byte("log/9"))), 404, "no such log"},
		{"key of another log of that name", ask(0, none, stranger.note(t, 1, false)), 403, "signature"},
		{"signature does not verify", ask(0, none, bad(p.note(t, 300, false))), 403, "signature"},
		{"empty", nil, 400, "want"},
		{"no old line", []byte("\n" + string(p.note(t, 300, false))), 400, "want"},
		{"no empty line", []byte("old 0\n"), 400, "want"},
		{"no checkpoint", []byte("old 0\n\n"), 400, "want"},
		{"old size with a zero in front", []byte("old 00\n\n" + string(p.note(t, 300, false))), 400, "old size"},
		{"old size with a sign", []byte("old +1\n\n" + string(p.note(t, 300, false))), 400, "old size"},
		{"old size beyond an int64", []byte("old 9223372036854775808\n\n" + string(p.note(t, 300, false))), 400, "old size"},
		{"old size beyond the checkpoint", ask(301, none, p.note(t, 300, false)), 400, "from size 301 to 300"},
		{"hash too short", []byte("old 0\nAAAA\n\n" + string(p.note(t, 300, false))), 400, "hash 0"},
		{"64 hashes", ask(0, many, p.note(t, 300, false)), 400, "at most 63"},
		{"size is no number", ask(0, none, p.signAs(t, origin+"\nx\nAAAA\n")), 400, "size"},
		{"size with a zero in front", ask(0, none, p.signAs(t, strings.Replace(c.Text(), "350", "0350", 1))), 400, "size"},
		{"root too short", ask(0, none, p.signAs(t, origin+"\n1\nAAAA\n")), 400, "root"},
		{"text of two lines", ask(0, none, p.signAs(t, origin+"\n1\n")), 400, "want a line"},
		{"no signature at all", ask(0, none, []byte(c.Text()+"\n")), 400, "malformed"},
		{"too large", ask(0, none, append(p.note(t, 300, false), bytes.Repeat([]byte("x"), maxQuestion)...)), 413, "too large"},
		{"no entries, another root", ask(0, none, p.signAs(t, origin+"\n0\n"+strings.Split(c.Text(), "\n")[2]+"\n")), 422, "no entries"},
		{"proof from nothing", ask(0, proof.Consistency{Hashes: make([][hashSize]byte, 1)}, p.note(t, 300, false)), 422, "not proven"},

		{"size at first unknown", ask(17, p.proof(t, 17, 300), p.note(t, 300, false)), 409, "0\n"},
		{"first", ask(0, none, p.note(t, 300, false)), 200, ""},
		{"the same again", ask(300, none, p.note(t, 300, false)), 200, ""},
		{"growth", ask(300, p.proof(t, 300, 350), p.note(t, 350, false)), 200, ""},

		{"old size another", ask(300, p.proof(t, 300, 400), p.note(t, 400, false)), 409, "350\n"},
		{"from nothing again", ask(0, none, p.note(t, 400, false)), 409, "350\n"},
		{"rolled back", ask(300, none, p.note(t, 300, false)), 409, "350\n"},
		{"rolled back to nothing", ask(0, none, p.signAs(t, proof.Empty(origin).Text())), 409, "350\n"},
		{"same size, other root", ask(350, none, p.note(t, 350, true)), 422, "not proven"},
		{"growth of another tree", ask(350, p.proof(t, 350, 400), p.note(t, 400, true)), 422, "not proven"},
		{"growth without proof", ask(350, none, p.note(t, 400, false)), 422, "not proven"},
		{"growth with another proof", ask(350, p.proof(t, 300, 400), p.note(t, 400, false)), 422, "not proven"},
		{"same size with a proof", ask(350, p.proof(t, 300, 400), p.note(t, 350, false)), 422, "not proven"},
	} {
		code, header, body := send(t, w.url, tt.body)
		if code != tt.code || !strings.Contains(body, tt.says) {
			t.Errorf("%s: %d %q, want %d and %q", tt.name, code, body, tt.code, tt.says)
		}
		if kind := header.Get("Content-Type"); (kind == "text/x.tlog.size") != (code == 409) {
			t.Errorf("%s: %d has the type %q", tt.name, code, kind)
		}
		if code == 200 && strings.Count(body, "\u2014 witness.example/w ") != 2 {
			t.Errorf("%s: the answer %q has not one line for each key", tt.name, body)
		}
	}
	if code, _ := fetch(t, w.url+"/add-checkpoint"); code != 405 {
		t.Errorf("GET /add-checkpoint gives %d", code)
	}
	forks, err := kept(filepath.Join(w.Dir, "evidence"), forkKind)
	if err != nil || len(forks) != 1 {
		t.Errorf("evidence of forks: %v, %v, want that of the two trees of size 350", forks, err)
	}
}

// What monitors read is what the log was answered last, with the signatures of
// the log and of both keys.
func TestWitnessShowsMonitorsWhatItSaw(t *testing.T) {
	p, q := newPast(t, 10), newPast(t, 10)
	w := newPost(t, "witness.example/w", p.vkey)
	at := w.url + "/" + OriginHash(origin) + "/checkpoint"
	if code, _ := fetch(t, at); code != 404 {
		t.Errorf("of a log that it knows and never saw: %d", code)
	}
	if code, _ := fetch(t, w.url+"/"+OriginHash("another")+"/checkpoint"); code != 404 {
		t.Errorf("of a log that it does not know: %d", code)
	}
	strangers := strings.SplitAfter(string(q.note(t, 10, false)), "\n\n")[1]
	_, _, lines := send(t, w.url, encodeQuestion(0, proof.Consistency{}, append(p.note(t, 10, false), strangers...)))
	code, seen := fetch(t, at)
	if want := string(p.note(t, 10, false)) + lines; code != 200 || seen != want {
		t.Errorf("GET checkpoint = %d %q, want %q", code, seen, want)
	}
	again := w.serve(t) // it restarts
	if _, after := fetch(t, again.URL+"/"+OriginHash(origin)+"/checkpoint"); after != seen {
		t.Errorf("after a restart it shows %q", after)
	}
}

// Checkpoints may have further lines, and signatures of others.
func TestWitnessCosignsFurtherLines(t *testing.T) {
	p := newPast(t, 10)
	w := newPost(t, "witness.example/w", p.vkey)
	_, c := expected(t, 10)
	signed := p.signAs(t, c.Text()+"further 1\nfurther 2\n")
	code, _, lines := send(t, w.url, encodeQuestion(0, proof.Consistency{}, signed))
	for _, vkey := range w.vkeys {
		k, err := cosignatureVerifier(vkey)
		check(t, err)
		if _, err := note.Open([]byte(string(signed)+lines), note.VerifierList(k)); code != 200 || err != nil {
			t.Errorf("%d: the line of %.30s: %v", code, vkey, err)
		}
	}
	if code, _, _ := send(t, w.url, encodeQuestion(0, proof.Consistency{}, p.signAs(t, c.Text()+"\nfurther\n"))); code != 400 {
		t.Errorf("an empty line within: %d", code)
	}
}

// A log signs with two keys while it changes one for the other.
func TestWitnessKnowsTwoKeysOfALog(t *testing.T) {
	p, next := newPast(t, 20), newPast(t, 20)
	w := newPost(t, "witness.example/w", p.vkey, next.vkey)
	for i, h := range []past{p, next} {
		size := int64(10 * (i + 1))
		code, _, body := send(t, w.url, encodeQuestion(size-10, p.proof(t, size-10, size), h.note(t, size, false)))
		if code != 200 {
			t.Errorf("key %d: %d %s", i, code, body)
		}
	}
}

func TestWitnessLearnsOfALogWhileItServes(t *testing.T) {
	p := newPast(t, 10)
	w := newPost(t, "witness.example/w")
	question := encodeQuestion(0, proof.Consistency{}, p.note(t, 10, false))
	if code, _, _ := send(t, w.url, question); code != 404 {
		t.Errorf("before: %d", code)
	}
	for range 2 { // a second time changes nothing
		if got, err := AddLog(w.Dir, p.vkey); err != nil || got != origin {
			t.Errorf("AddLog() = %q, %v", got, err)
		}
	}
	if code, _, body := send(t, w.url, question); code != 200 {
		t.Errorf("after: %d %s", code, body)
	}
	if _, err := AddLog(w.Dir, "example.org/log/1+00000000+AAAA"); !errors.Is(err, proof.ErrMalformed) {
		t.Errorf("AddLog() takes what is no key: %v", err)
	}
}

func TestSickWitnessSaysSoWithoutItsReasons(t *testing.T) {
	p := newPast(t, 10)
	w := newPost(t, "witness.example/w", p.vkey)
	question := encodeQuestion(0, proof.Consistency{}, p.note(t, 10, false))
	send(t, w.url, question)
	var told []error
	w.Fail = func(_ string, err error) { told = append(told, err) }
	url := w.serve(t).URL
	flip(t, filepath.Join(w.Dir, OriginHash(origin), "checkpoint"), 30)
	code, _, body := send(t, url, question)
	if code != 500 || strings.Contains(body, w.Dir) || len(told) != 1 || !errors.Is(told[0], ErrDamaged) {
		t.Errorf("%d %q, and the operator is told %v", code, body, told)
	}
	if _, err := NewWitnessServer(w.WitnessServerConfig); !errors.Is(err, ErrDamaged) {
		t.Errorf("NewWitnessServer() = %v, want %v", err, ErrDamaged)
	}
}

// A hundred forks and a hundred rollbacks, each after a restart or not: the
// witness signs none of them.
func TestForksAndRollbacksAreRefused(t *testing.T) {
	p := newPast(t, 400)
	w := newPost(t, "witness.example/w", p.vkey)
	refused := map[string]int{}
	seen := int64(0)
	for i := range int64(100) {
		if i%10 == 9 {
			w.url = w.serve(t).URL
		}
		now := seen + 1 + i%4
		code, _, body := send(t, w.url, encodeQuestion(seen, p.proof(t, seen, now), p.note(t, now, false)))
		if code != 200 {
			t.Fatalf("from %d to %d: %d %s", seen, now, code, body)
		}
		seen = now
		for name, question := range map[string][]byte{
			"fork, same size":    encodeQuestion(seen, proof.Consistency{}, p.note(t, seen, true)),
			"fork, larger":       encodeQuestion(seen, p.proof(t, seen, 400), p.note(t, 400, true)),
			"rollback, as known": encodeQuestion(seen-1, proof.Consistency{}, p.note(t, seen-1, false)),
			"rollback, lying":    encodeQuestion(seen, proof.Consistency{}, p.note(t, seen-1, false)),
		} {
			if code, _, body := send(t, w.url, question); code >= 400 && !strings.Contains(body, "\u2014") {
				refused[name]++
			}
		}
	}
	for name, n := range refused {
		if n != 100 {
			t.Errorf("%s: refused %d of 100", name, n)
		}
	}
	if len(refused) != 4 {
		t.Errorf("refused: %v", refused)
	}
	if got, err := readClaim([]byte(monitored(t, w.url)), note.VerifierList(verifierOf(t, p.vkey))); err != nil || got.Size != seen {
		t.Errorf("it remembers %v, %v, want size %d", got.Checkpoint, err, seen)
	}
}

func monitored(t testing.TB, url string) string {
	t.Helper()
	code, body := fetch(t, url+"/"+OriginHash(origin)+"/checkpoint")
	if code != 200 {
		t.Fatalf("%s shows %d %s", url, code, body)
	}
	return body
}

func verifierOf(t testing.TB, vkey string) note.Verifier {
	t.Helper()
	v, err := note.NewVerifier(vkey)
	check(t, err)
	return v
}

// Many clients ask at once. Whatever the order, the witness never goes back,
// and what it cosigned is one growing log.
func TestClientsRace(t *testing.T) {
	p := newPast(t, 400)
	w := newPost(t, "witness.example/w", p.vkey)
	sizes := []int64{10, 20, 30, 40, 50, 60, 70, 80}
	questions := make(map[[2]int64][]byte)
	for i, to := range sizes {
		for _, from := range append([]int64{0}, sizes[:i]...) {
			questions[[2]int64{from, to}] = encodeQuestion(from, p.proof(t, from, to), p.note(t, to, false))
		}
	}
	var mu sync.Mutex
	var last int64 // that the monitor saw
	cosigned := map[int64]bool{}
	var clients sync.WaitGroup
	for _, to := range sizes {
		for range 2 {
			clients.Go(func() {
				from := int64(0)
				for {
					code, _, body := send(t, w.url, questions[[2]int64{from, to}])
					if code == 200 {
						mu.Lock()
						cosigned[to] = true
						mu.Unlock()
						return
					}
					if _, err := fmt.Sscan(body, &from); code != 409 || err != nil {
						t.Errorf("%d to %d: %d %s", from, to, code, body)
						return
					}
					if from >= to {
						return // others were quicker
					}
				}
			})
		}
	}
	done := make(chan struct{})
	go func() { clients.Wait(); close(done) }()
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		code, body := fetch(t, w.url+"/"+OriginHash(origin)+"/checkpoint")
		if code == 404 {
			continue
		}
		c, err := readClaim([]byte(body), note.VerifierList(verifierOf(t, p.vkey)))
		if err != nil || c.Size < last {
			t.Fatalf("the monitor saw %d and then %v, %v", last, c.Checkpoint, err)
		}
		last = c.Size
	}
	if last != 80 || !cosigned[80] {
		t.Errorf("in the end size %d was seen, and cosigned were %v", last, cosigned)
	}
}

// The process ends when the checkpoint is durable and the log not answered.
// The log asks again, as it does of any witness that it has not heard of.
func TestWitnessDiesBeforeItAnswers(t *testing.T) {
	h := newHouse(t, "quorum none\n")
	w := newPost(t, "witness.example/w", h.vkey)
	policy := "log " + h.vkey + "\nwitness w " + w.vkeys[0] + " %s\nquorum w\n"
	var dying *httptest.Server
	w.Steps = func(name string) {
		if name == StepRemembered {
			dying.CloseClientConnections()
		}
	}
	dying = w.serve(t)
	h.join(t, fmt.Sprintf(policy, dying.URL))
	h.grow(10, 0)
	tree := h.open(t)
	_, _, err := tree.Publish(context.Background())
	wants(t, err, ErrPending, "witness w")
	dying.Close()
	if c, err := os.ReadFile(filepath.Join(w.Dir, OriginHash(origin), "checkpoint")); err != nil || originOf(c) != origin {
		t.Errorf("the witness remembers %q, %v", c, err)
	}
	w.Steps = nil
	h.join(t, fmt.Sprintf(policy, w.serve(t).URL))
	h.publish(t, h.open(t), 10)
	h.publish(t, h.open(t), 20)
}

func FuzzQuestion(f *testing.F) {
	f.Add([]byte("old 0\n\nx\n"))
	f.Add(encodeQuestion(7, proof.Consistency{Hashes: make([][hashSize]byte, 3)}, []byte("x\n1\nAAAA\n\n\u2014 x AAAAAA==\n")))
	f.Fuzz(func(t *testing.T, body []byte) {
		old, p, signed, err := decodeQuestion(body)
		if err == nil && !bytes.Equal(encodeQuestion(old, p, signed), body) {
			t.Errorf("%q is read as %d, %v, %q", body, old, p, signed)
		}
		_, _ = readClaim(signed, note.VerifierList())
		_, _ = parseClaim(string(body))
	})
}
