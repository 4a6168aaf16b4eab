package watch

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/mod/sumdb/note"

	"solferino/casebook"
	"solferino/internal/tlog"
	"solferino/proof"
	"solferino/record"
)

const origin = "example.org/log/1"

// A table is the log of a test, in memory.
type table struct {
	openings []record.Opening
	head     tlog.Head
}

func (s *table) Size(context.Context) (int64, error) { return int64(len(s.openings)), nil }

func (s *table) Leaves(_ context.Context, from, to int64, yield func(record.Digest) error) error {
	for _, o := range s.openings[from:to] {
		if err := yield(o.Leaf()); err != nil {
			return err
		}
	}
	return nil
}

func (s *table) Head(context.Context) (tlog.Head, error) { return s.head, nil }

func (s *table) SwapHead(_ context.Context, _, to tlog.Head) error {
	s.head = to
	return nil
}

// An institution has a log with two witnesses and serves what it publishes.
type institution struct {
	table
	dir    string
	keys   map[string][2]string // secret and public, by name
	policy *proof.Policy
	posts  map[string]*httptest.Server // the witnesses
	c      tlog.Config
	url    string
	clock  time.Time // of the witnesses
	me     ssh.Signer
	other  ssh.Signer
	before atomic.Pointer[interception]
}

// An interception comes before the files: it answers itself or returns false.
type interception func(w http.ResponseWriter, r *http.Request) bool

// intercept puts something before the files; nil takes it away.
func (n *institution) intercept(by interception) {
	if by == nil {
		by = func(http.ResponseWriter, *http.Request) bool { return false }
	}
	n.before.Store(&by)
}

func newInstitution(t testing.TB) *institution {
	t.Helper()
	keys := make(map[string][2]string)
	var err error
	var k [2]string
	k[0], k[1], err = tlog.NewKey(origin, rand.Reader)
	check(t, err)
	keys["log"] = k
	for _, name := range []string{"v", "w"} {
		k[0], k[1], err = tlog.NewWitnessKey("witness.example/"+name, rand.Reader)
		check(t, err)
		keys[name] = k
	}
	return found(t, keys)
}

// found makes an institution with keys: secret and public, by name.
func found(t testing.TB, keys map[string][2]string) *institution {
	t.Helper()
	n := &institution{dir: t.TempDir(), keys: keys, posts: map[string]*httptest.Server{}, clock: time.Now(), me: newKey(t), other: newKey(t)}
	text := "log " + keys["log"][1] + "\n"
	for _, name := range []string{"v", "w"} {
		dir := t.TempDir()
		_, err := tlog.AddLog(dir, keys["log"][1])
		check(t, err)
		s, err := tlog.NewWitnessServer(tlog.WitnessServerConfig{Dir: dir, Keys: []string{keys[name][0]}, Now: func() time.Time { return n.clock }})
		check(t, err)
		n.posts[name] = httptest.NewServer(s)
		t.Cleanup(n.posts[name].Close)
		text += fmt.Sprintf("witness %s %s %s\n", name, keys[name][1], n.posts[name].URL)
	}
	var err error
	n.policy, err = proof.ParsePolicy([]byte(text + "group g all v w\nquorum g\n"))
	check(t, err)
	n.c = tlog.Config{Dir: n.dir, Store: &n.table, Policy: n.policy, Grace: time.Minute}
	n.c.Signer, err = note.NewSigner(keys["log"][0])
	check(t, err)
	n.c.Witnesses, err = tlog.RemoteWitnesses(n.policy)
	check(t, err)
	n.url = n.serve(t)
	return n
}

// split returns an institution with the same keys, also of the witnesses, whose
// log goes another way.
func (n *institution) split(t testing.TB) *institution { return found(t, n.keys) }

// serve answers with the institution's files.
func (n *institution) serve(t testing.TB) string {
	t.Helper()
	root, err := os.OpenRoot(n.dir)
	check(t, err)
	t.Cleanup(func() { root.Close() })
	files := tlog.NewFileServer(root)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if by := n.before.Load(); by == nil || !(*by)(w, r) {
			files.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func newKey(t testing.TB) ssh.Signer {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	check(t, err)
	key, err := ssh.NewSignerFromKey(private)
	check(t, err)
	return key
}

// say appends an act under a key and returns its index and id.
func (n *institution) say(t testing.TB, key ssh.Signer, act record.Act) (int64, record.ID) {
	t.Helper()
	id, err := record.NewID(rand.Reader)
	check(t, err)
	index := int64(len(n.openings))
	subject := record.Subject(fmt.Sprintf("publication/x-%d", index))
	r := record.Record{Subject: subject, ID: id, Actor: "host/x", At: time.Unix(1_800_000_000, 0).UTC(), Act: act}
	b, err := r.Encode()
	check(t, err)
	signature, err := record.Sign(b, key)
	check(t, err)
	envelope, err := record.Marshal(record.Envelope{Subject: subject})
	check(t, err)
	o := record.Opening{Index: index, Envelope: envelope, Record: b, Signature: signature}
	_, err = rand.Read(o.Salt[:])
	check(t, err)
	n.openings = append(n.openings, o)
	return index, id
}

// nothing is an act of no interest.
var nothing = casebook.Published{Finding: "case/x", Version: 1, Entries: []int64{0}}

// fill appends acts of no interest.
func (n *institution) fill(t testing.TB, count int) {
	t.Helper()
	for range count {
		n.say(t, n.other, nothing)
	}
}

// open publishes openings.
func (n *institution) open(t testing.TB, indexes ...int64) {
	t.Helper()
	for _, index := range indexes {
		o := n.openings[index]
		b, err := record.Marshal(openingFile{index, string(o.Envelope), string(o.Record), string(o.Signature), o.Salt.String()})
		check(t, err)
		n.write(t, openingPath(index), append(b, '\n'))
	}
}

func (n *institution) write(t testing.TB, name string, content []byte) {
	t.Helper()
	file := filepath.Join(n.dir, name)
	check(t, os.MkdirAll(filepath.Dir(file), 0o755))
	check(t, os.WriteFile(file, content, 0o644))
}

// publish publishes the log as it is, in a process of its own.
func (n *institution) publish(t testing.TB) (proof.Checkpoint, []byte) {
	t.Helper()
	tree, err := tlog.Open(context.Background(), n.c)
	check(t, err)
	c, signed, err := tree.Publish(context.Background())
	check(t, err)
	return c, signed
}

// sign signs a text with the log's key.
func (n *institution) sign(t testing.TB, text string) []byte {
	t.Helper()
	signed, err := note.Sign(&note.Note{Text: text}, n.c.Signer)
	check(t, err)
	return signed
}

func source(t testing.TB, url string) *tlog.Source {
	t.Helper()
	s, err := tlog.NewSource(url)
	check(t, err)
	return s
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// kinds lists the kinds of the alarms of a round.
func kinds(r Round) string {
	var out []string
	for _, a := range r.Alarms {
		out = append(out, a.Kind)
	}
	b, _ := json.Marshal(out)
	return string(b)
}
