package portal

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	cosig "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"solferino/casebook"
	"solferino/convention"
	"solferino/finding"
	"solferino/internal/store"
	"solferino/proof"
	"solferino/record"
)

const origin = "example.org/log/1"

// clock is when everything in these tests happens.
var clock = time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC)

// A world is an institution with a small archive.
type world struct {
	t       testing.TB
	db      *store.DB
	dir     string // the public directory
	policy  *proof.Policy
	signers []note.Signer
	entries []store.Entry
	kept    int         // of entries that are in the store
	rows    []store.Row // that are not
	hashes  forest
	handler http.Handler
	notice  string
}

// A forest holds the hashes of a log.
type forest []tlog.Hash

func (f forest) ReadHashes(at []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(at))
	for i, n := range at {
		out[i] = f[n]
	}
	return out, nil
}

// emptyWorld is an institution that has done nothing yet.
func emptyWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, dir: filepath.Join(t.TempDir(), "public"), notice: "DEMONSTRATION"}
	check(t, os.MkdirAll(w.dir, 0o755))
	db, err := store.Open(context.Background(), filepath.Join(t.TempDir(), "store.db"))
	check(t, err)
	t.Cleanup(func() { db.Close() })
	w.db = db
	w.found()
	root, err := os.OpenRoot(w.dir)
	check(t, err)
	t.Cleanup(func() { root.Close() })
	w.handler = New(Config{DB: db, Public: root, Policy: w.policy, Institution: "Institute of Examples", Notice: w.notice})
	return w
}

// found makes the keys of the log and of its witness.
func (w *world) found() {
	w.t.Helper()
	skey, vkey, err := note.GenerateKey(rand.Reader, origin)
	check(w.t, err)
	log, err := note.NewSigner(skey)
	check(w.t, err)
	skey, wkey, err := note.GenerateKey(rand.Reader, "witness.example/w")
	check(w.t, err)
	wkey, err = cosig.VKeyToCosignatureV1(wkey)
	check(w.t, err)
	witness, err := cosig.NewSignerForCosignatureV1(skey)
	check(w.t, err)
	w.signers = []note.Signer{log, witness}
	w.policy, err = proof.ParsePolicy([]byte("log " + vkey + "\nwitness nairobi " + wkey + "\nquorum nairobi\n"))
	check(w.t, err)
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// add appends a record with the rows that follow from it, and returns its
// index.
func (w *world) add(subject record.Subject, act record.Act, rows ...func(index int64) store.Row) int64 {
	w.t.Helper()
	r := record.Record{Subject: subject, ID: record.ID(fmt.Sprintf("%032x", len(w.entries)+1)), Actor: "person/a.clerk", At: clock, Act: act}
	b, err := r.Encode()
	check(w.t, err)
	return w.addRaw(subject, act.Kind(), b, rows...)
}

func (w *world) addRaw(subject record.Subject, kind string, b []byte, rows ...func(index int64) store.Row) int64 {
	w.t.Helper()
	index := int64(len(w.entries))
	env := record.Envelope{Subject: subject}
	for _, e := range w.entries {
		if e.Subject == subject {
			env.Position, env.Prev = env.Position+1, e.Leaf
		}
	}
	envelope, err := record.Marshal(env)
	check(w.t, err)
	o := record.Opening{Index: index, Envelope: envelope, Record: b, Signature: []byte("-----BEGIN SSH SIGNATURE-----\nfor tests\n-----END SSH SIGNATURE-----\n"),
		Salt: record.Salt(sha256.Sum256(b))}
	e := store.Entry{Opening: o, ID: record.ID(fmt.Sprintf("%032x", index+1)), Subject: subject, Position: env.Position,
		Kind: kind, Actor: "person/a.clerk", At: clock, Leaf: o.Leaf()}
	for _, row := range rows {
		w.rows = append(w.rows, row(index))
	}
	w.entries = append(w.entries, e)
	leaf := e.Leaf.Bytes()
	hashes, err := tlog.StoredHashes(index, leaf[:], w.hashes)
	check(w.t, err)
	w.hashes = append(w.hashes, hashes...)
	return index
}

// publish opens entries to the public, by an act of its own.
func (w *world) publish(id record.Subject, version int, entries ...int64) {
	w.t.Helper()
	by := w.add(record.Subject(fmt.Sprintf("publication/%d", len(w.entries))), casebook.Published{Finding: id, Version: version, Entries: entries},
		func(index int64) store.Row { return store.PublishedRow{Index: index, By: index} })
	for _, n := range append(entries, by) {
		if n != by {
			w.rows = append(w.rows, store.PublishedRow{Index: n, By: by})
		}
		o := w.entries[n].Opening
		w.write(openingPath(n), fmt.Sprintf(`{"index":"%d","envelope":%s,"record":%s,"signature":%s,"salt":"%s"}`,
			n, quote(o.Envelope), quote(o.Record), quote(o.Signature), o.Salt))
	}
}

func quote(b []byte) string {
	q, err := record.Marshal(string(b))
	if err != nil {
		panic(err)
	}
	return string(q)
}

// keep brings the store up to date, in one batch.
func (w *world) keep() {
	w.t.Helper()
	if w.kept == len(w.entries) {
		return
	}
	check(w.t, w.db.Append(context.Background(), w.entries[w.kept:], w.rows))
	w.kept, w.rows = len(w.entries), nil
}

func (w *world) write(name, content string) {
	w.t.Helper()
	path := filepath.Join(w.dir, name)
	check(w.t, os.MkdirAll(filepath.Dir(path), 0o755))
	check(w.t, os.WriteFile(path, []byte(content), 0o644))
}

// issue issues a version of a finding and puts its document and its bundle into
// the public directory, published or not.
func (w *world) issue(d finding.Document, states ...string) int64 {
	w.t.Helper()
	b, err := d.Encode()
	check(w.t, err)
	a := record.Attachment{Commit: record.Sum(b), Blob: record.Sum([]byte("sealed"))}
	w.write(attachmentPath(a.Commit), string(b))
	w.write(fmt.Sprintf("bundle/%s.%d.finding", d.Case.Name(), d.Version), "a bundle")
	act := finding.Issued{Version: d.Version, Outcome: d.Outcome, Analysis: "0123", Document: a, Change: d.Change}
	return w.add(d.Case, act, func(index int64) store.Row {
		return store.FindingRow{Case: d.Case, Version: d.Version, State: "issued", Outcome: string(d.Outcome), Issued: clock, Document: a, Index: index}
	})
}

// adhere makes a state endorse an instrument.
func (w *world) adhere(state, instrument, date string, force convention.Force) int64 {
	w.t.Helper()
	act := convention.Adhered{Instrument: convention.ID(instrument), Act: convention.Endorse, Date: date, Force: force,
		Reporter: convention.Compiled, Source: "https://example.org/list", Basis: convention.Seen}
	subject := record.Subject("state/" + state)
	return w.add(subject, act, func(index int64) store.Row {
		return store.AdherenceRow{Index: index, State: subject, Instrument: instrument, Act: string(act.Act), Date: date, Force: force.String()}
	})
}

// checkpoint signs the log as it stands and writes its bundles.
func (w *world) checkpoint() {
	w.t.Helper()
	size := int64(len(w.entries))
	root, err := tlog.TreeHash(size, w.hashes)
	check(w.t, err)
	text := proof.Checkpoint{Origin: origin, Size: size, Root: root}.Text()
	signed, err := note.Sign(&note.Note{Text: text}, w.signers...)
	check(w.t, err)
	w.write("checkpoint", string(signed))
	w.write("status", "a status list\n")
	for n := int64(0); n*bundleWidth < size; n++ {
		width := min(size-n*bundleWidth, bundleWidth)
		var b []byte
		for _, e := range w.entries[n*bundleWidth : n*bundleWidth+width] {
			leaf, err := hex.DecodeString(string(e.Leaf))
			check(w.t, err)
			b = append(binary.BigEndian.AppendUint16(b, 32), leaf...)
		}
		w.write(bundlePath(n, width), string(b))
	}
}

// newWorld is an institution with findings of every sort: 2026-001 has two
// versions, 2026-002 was withdrawn, 2026-003 is not published, and 2026-004 is
// published but younger than the checkpoint.
func newWorld(t testing.TB) *world {
	w := emptyWorld(t)
	w.adhere("UA", "gge-2015", "2015-12-23", convention.Voluntary)
	w.adhere("RU", "gge-2015", "2015-12-23", convention.Voluntary)
	one := w.issue(named1())
	w.publish("case/2026-001", 1, 0, 1, one)
	two := w.issue(refused("case/2026-002"))
	w.publish("case/2026-002", 1, two)
	again := w.issue(attributed())
	w.publish("case/2026-001", 2, again)
	w.withdraw("case/2026-002", two)
	w.issue(refused("case/2026-003")) // not published
	w.future()
	w.adhere("XB", "paris-2018", "2018-11-12", convention.Political) // not published
	w.checkpoint()
	four := w.issue(refused("case/2026-004"))
	w.publish("case/2026-004", 1, four)
	w.keep()
	return w
}

// named1 is the first version of 2026-001, with other numbers.
func named1() finding.Document {
	d := attributed()
	d.Version, d.Change = 1, ""
	return d
}

func (w *world) withdraw(id record.Subject, issued int64) {
	w.t.Helper()
	r, err := casebook.Kinds().Decode(w.entries[issued].Record)
	check(w.t, err)
	act := r.Act.(finding.Issued)
	n := w.add(id, finding.Withdrawn{Version: act.Version, Reason: "Two exhibits turned out to be one."}, func(int64) store.Row {
		return store.FindingRow{Case: id, Version: act.Version, State: "withdrawn", Outcome: string(act.Outcome), Issued: clock, Document: act.Document, Index: issued}
	})
	w.publish(id, act.Version, n)
}

// future adds a published record of a kind that this program does not know.
func (w *world) future() {
	w.t.Helper()
	b := fmt.Sprintf(`{"kind":"future.thought/9","subject":"dream/1","id":"%032x","actor":"person/b","at":"2026-03-14T09:26:53Z","cites":[],"act":{"text":"<script>alert(1)</script>"}}`, len(w.entries)+1)
	n := w.addRaw("dream/1", "future.thought/9", []byte(b))
	w.publish("case/2026-001", 2, n)
}

// get asks for a page.
func (w *world) get(path string) *httptest.ResponseRecorder { return w.ask(http.MethodGet, path, nil) }

func (w *world) ask(method, path string, header http.Header) *httptest.ResponseRecorder {
	w.t.Helper()
	w.keep()
	r := httptest.NewRequest(method, "http://portal.example"+path, nil)
	for name, values := range header {
		r.Header[name] = values
	}
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, r)
	return answer
}

// page asks for a page that must be there, and returns it.
func (w *world) page(path string) string {
	w.t.Helper()
	answer := w.get(path)
	if answer.Code != http.StatusOK {
		w.t.Fatalf("GET %s = %d, want 200:\n%s", path, answer.Code, excerpt(answer.Body.String()))
	}
	b, err := io.ReadAll(answer.Body)
	check(w.t, err)
	return string(b)
}

func excerpt(s string) string {
	if i := strings.Index(s, "<main"); i >= 0 {
		s = s[i:]
	}
	return s[:min(len(s), 600)]
}
