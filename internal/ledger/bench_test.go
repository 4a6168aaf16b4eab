package ledger_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
	_ "modernc.org/sqlite"

	"solferino/attribution"
	"solferino/casebook"
	"solferino/internal/ledger"
	"solferino/internal/store"
	"solferino/party"
	"solferino/record"
)

// A bench is an institution with one person who may do everything.
type bench struct {
	ledger *ledger.Ledger
	db     *store.DB
	key    ssh.Signer
	line   string
	at     time.Time
	first  int64 // index of the first entry after the founding
}

var someAttachment = record.Attachment{Commit: record.Sum(nil), Blob: record.Sum(nil)}

const (
	institution record.Subject = "institution/bench"
	founder     record.Subject = "person/founder"
	theCase     record.Subject = "case/bench"
)

func newBench(b testing.TB) *bench {
	b.Helper()
	db, err := store.Open(context.Background(), filepath.Join(b.TempDir(), "ledger.db"))
	if err != nil {
		b.Fatal(err)
	}
	l, err := ledger.Open(context.Background(), ledger.Config{DB: db, Institution: institution, Random: rand.Reader})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.Close(); db.Close() })
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	key, err := ssh.NewSignerFromKey(private)
	if err != nil {
		b.Fatal(err)
	}
	w := &bench{ledger: l, db: db, key: key, line: record.FormatKey(key.PublicKey()), at: time.Unix(1_800_000_000, 0), first: 3}
	w.must(b, institution, party.Founded{Name: "Bench", Policy: "none\n", Host: w.line, Founder: w.line, Grants: casebook.Grants()})
	w.must(b, founder, party.Registered{State: "CH", Region: "africa", Sector: "industry", Interests: []string{},
		Roles: []party.Role{party.Analyst, party.Secretariat}, Key: w.line})
	w.must(b, theCase, casebook.Opened{Title: someAttachment, Date: "2026-01-01", Victims: []string{}, Parties: []string{}})
	return w
}

func (w *bench) must(b testing.TB, subject record.Subject, act record.Act) {
	b.Helper()
	rec, sig := w.signed(b, subject, act)
	if _, err := w.ledger.Submit(context.Background(), rec, sig); err != nil {
		b.Fatal(err)
	}
}

func (w *bench) signed(b testing.TB, subject record.Subject, act record.Act) (rec, sig []byte) {
	b.Helper()
	id, err := record.NewID(rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	r := record.Record{Subject: subject, ID: id, Actor: founder, At: w.at, Act: act}
	if rec, err = r.Encode(); err != nil {
		b.Fatal(err)
	}
	if sig, err = record.Sign(rec, w.key); err != nil {
		b.Fatal(err)
	}
	return rec, sig
}

// said returns n signed records of about 1 kB.
func (w *bench) said(b testing.TB, n int) (recs, sigs [][]byte) {
	claim := attribution.Claimed{By: "somebody", Date: "2026-01-02", Says: strings.Repeat("what they say ", 48), Source: "a source", Basis: "seen"}
	for range n {
		rec, sig := w.signed(b, theCase, claim)
		recs, sigs = append(recs, rec), append(sigs, sig)
	}
	return recs, sigs
}

// BenchmarkSubmit is the whole door: 1 kB records, verified, folded, with rows
// and index, durable. The yardstick, in the same run, is bare verification of
// the same signatures and batched inserts of the same bytes into SQLite with
// synchronous=FULL, by as many clients. The metric "ratio" is the first
// against the second; they take turns in slices.
func BenchmarkSubmit(b *testing.B) {
	for _, clients := range []int{1, 64, 1024} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			w := newBench(b)
			bare := newYardstick(b, w.key.PublicKey())
			recs, sigs := w.said(b, b.N)
			var ours, theirs time.Duration
			b.ResetTimer()
			for from, slice := 0, max(clients, 256); from < b.N; from += slice {
				to := min(from+slice, b.N)
				ours += race(b, clients, from, to, func(i int) error {
					_, err := w.ledger.Submit(context.Background(), recs[i], sigs[i])
					return err
				})
				b.StopTimer()
				theirs += race(b, clients, from, to, func(i int) error { return bare.submit(recs[i], sigs[i]) })
				b.StartTimer()
			}
			b.ReportMetric(float64(b.N)/ours.Seconds(), "submits/s")
			b.ReportMetric(float64(b.N)/theirs.Seconds(), "bare/s")
			b.ReportMetric(theirs.Seconds()/ours.Seconds(), "ratio")
		})
	}
}

// race has the clients do the calls from ≤ i < to and returns how long it took.
func race(b *testing.B, clients, from, to int, do func(i int) error) time.Duration {
	start := time.Now()
	var next atomic.Int64
	next.Store(int64(from))
	var wait sync.WaitGroup
	for range clients {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < to; i = int(next.Add(1)) - 1 {
				if err := do(i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wait.Wait()
	return time.Since(start)
}

// A yardstick verifies and inserts, and does nothing else.
type yardstick struct {
	key ssh.PublicKey
	in  chan call
}

type call struct {
	rec, sig []byte
	done     chan error
}

func newYardstick(b *testing.B, key ssh.PublicKey) *yardstick {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "bare.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate")
	if err != nil {
		b.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("CREATE TABLE entry (idx INTEGER PRIMARY KEY, record BLOB NOT NULL, signature BLOB NOT NULL)"); err != nil {
		b.Fatal(err)
	}
	y := &yardstick{key: key, in: make(chan call, 512)}
	done := make(chan struct{})
	go func() { defer close(done); y.write(b, db) }()
	b.Cleanup(func() { close(y.in); <-done; db.Close() })
	return y
}

func (y *yardstick) submit(rec, sig []byte) error {
	if err := record.Verify(rec, sig, y.key); err != nil {
		return err
	}
	c := call{bytes.Clone(rec), sig, make(chan error, 1)}
	y.in <- c
	return <-c.done
}

func (y *yardstick) write(b *testing.B, db *sql.DB) {
	for first := range y.in {
		batch := []call{first}
		for len(batch) < 512 && len(y.in) > 0 {
			batch = append(batch, <-y.in)
		}
		err := insert(db, batch)
		for _, c := range batch {
			c.done <- err
		}
	}
}

func insert(db *sql.DB, batch []call) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	put, err := tx.Prepare("INSERT INTO entry (record, signature) VALUES ($1, $2)")
	if err != nil {
		return err
	}
	for _, c := range batch {
		if _, err := put.Exec(c.rec, c.sig); err != nil {
			return err
		}
	}
	return tx.Commit()
}
