package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"solferino/attribution"
	"solferino/casebook"
	"solferino/evidence"
	"solferino/internal/ledger"
	"solferino/internal/store"
	"solferino/party"
	"solferino/record"
)

func claim(says string) attribution.Claimed {
	return attribution.Claimed{By: "somebody", Date: "2026-01-02", Says: says, Source: "a source", Basis: "seen"}
}

// The same record again gives the same receipt; other bytes under its id are
// refused, also within one batch and after a restart.
func TestSubmitAgain(t *testing.T) {
	w := newBench(t)
	rec, sig := w.signed(t, theCase, claim("once"))
	first, err := w.ledger.Submit(t.Context(), rec, sig)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		again, err := w.ledger.Submit(t.Context(), rec, sig)
		if err != nil || again != first {
			t.Errorf("Submit(again) = %+v, %v, want %+v", again, err, first)
		}
	}
	other := record.Record{Subject: theCase, ID: idOf(t, rec), Actor: founder, At: w.at, Act: claim("another")}
	b, err := other.Encode()
	if err != nil {
		t.Fatal(err)
	}
	signature, err := record.Sign(b, w.key)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.ledger.Submit(t.Context(), b, signature); !errors.Is(err, ledger.ErrConflict) {
		t.Errorf("Submit(other bytes) = %v, want ErrConflict", err)
	}
}

func idOf(t *testing.T, rec []byte) record.ID {
	t.Helper()
	r, err := casebook.Kinds().Decode(rec)
	if err != nil {
		t.Fatal(err)
	}
	return r.ID
}

// What is refused leaves nothing behind: no entry, no row, no changed fold.
func TestRefusedLeavesNothing(t *testing.T) {
	w := newBench(t)
	before := w.everything(t)
	bad := map[string]struct {
		subject record.Subject
		act     record.Act
		want    error
	}{
		"act of a role that the actor lacks": {founder, party.KeyAdded{Key: w.line}, party.ErrNotPermitted},
		"case opened twice":                  {theCase, casebook.Opened{Title: someAttachment, Date: "2026-01-01", Victims: []string{}, Parties: []string{}}, casebook.ErrOutOfStep},
		"case that is not open":              {"case/other", claim("early"), casebook.ErrOutOfStep},
	}
	for name, tt := range bad {
		t.Run(name, func(t *testing.T) {
			rec, sig := w.signed(t, tt.subject, tt.act)
			if _, err := w.ledger.Submit(t.Context(), rec, sig); !errors.Is(err, tt.want) {
				t.Errorf("Submit() = %v, want %v", err, tt.want)
			}
		})
	}
	rec, sig := w.signed(t, theCase, claim("forged"))
	sig[len(sig)/2] ^= 1
	if _, err := w.ledger.Submit(t.Context(), rec, sig); !errors.Is(err, record.ErrBadSignature) {
		t.Errorf("Submit(forged) = %v, want ErrBadSignature", err)
	}
	if diff := cmp.Diff(before, w.everything(t)); diff != "" {
		t.Errorf("refusals left something behind (-before +after):\n%s", diff)
	}
	rec, sig = w.signed(t, theCase, claim("after all"))
	if _, err := w.ledger.Submit(t.Context(), rec, sig); err != nil {
		t.Errorf("Submit(good, after refusals) = %v", err)
	}
}

// everything is what the store holds.
func (w *bench) everything(t *testing.T) any {
	t.Helper()
	entries, err := w.db.Entries(t.Context(), 0, 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	digests, err := w.db.RowDigest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return []any{entries, digests}
}

// Many submit at once: indexes have no gap, chains hold, the rows are what the
// records give, and the writer's cached fold is the fold of the chain.
func TestManySubmitAtOnce(t *testing.T) {
	w := newBench(t)
	const clients, each = 16, 25
	var wait sync.WaitGroup
	var mu sync.Mutex
	var indexes []int64
	for c := range clients {
		wait.Go(func() {
			for i := range each {
				rec, sig := w.signed(t, theCase, claim(fmt.Sprint(c, i)))
				receipt, err := w.ledger.Submit(t.Context(), rec, sig)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				indexes = append(indexes, receipt.Index)
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	slices.Sort(indexes)
	for i, n := range indexes {
		if n != int64(i)+w.first {
			t.Fatalf("index %d at place %d: there is a gap", n, i)
		}
	}
	w.sound(t, clients*each)
}

// sound reports whether rows and folds are what the records give.
func (w *bench) sound(t *testing.T, claims int) {
	t.Helper()
	differences, err := w.db.Compare(t.Context(), ledger.Rows(t.Context(), w.db, institution))
	if err != nil || len(differences) > 0 {
		t.Errorf("rows are not what the records give: %v, %v", differences, err)
	}
	fresh, err := ledger.NewBook(t.Context(), w.db, institution).Now(theCase)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(fresh.Case().Claims); got != claims {
		t.Errorf("%d claims on record, want %d", got, claims)
	}
	cached := w.ledger.Folded(theCase)
	if diff := cmp.Diff(fresh.Case(), cached.Case(), cmpopts.IgnoreUnexported(evidence.Shelf{}, casebook.Case{})); diff != "" || fresh.Head != cached.Head {
		t.Errorf("the cached fold is not the fold of the chain (-fresh +cached):\n%s", diff)
	}
}

// When the database refuses a batch, nobody is told that they are admitted,
// and the ledger goes on from what is on disk.
func TestDatabaseRefusesABatch(t *testing.T) {
	w := newBench(t)
	rec, sig := w.signed(t, theCase, claim("slipped in by another process"))
	w.behindTheBack(t, claim("by the other"))
	if _, err := w.ledger.Submit(t.Context(), rec, sig); !errors.Is(err, store.ErrGap) {
		t.Fatalf("Submit(after another writer) = %v, want ErrGap", err)
	}
	size, err := w.db.Size(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if size != w.first+1 {
		t.Errorf("size %d, want %d: the refused record was written", size, w.first+1)
	}
	if receipt, err := w.ledger.Submit(t.Context(), rec, sig); err != nil || receipt.Index != size {
		t.Errorf("Submit(again) = %+v, %v, want index %d", receipt, err, size)
	}
	w.sound(t, 2)
}

// behindTheBack has another ledger write to the same database.
func (w *bench) behindTheBack(t *testing.T, act record.Act) {
	t.Helper()
	other, err := ledger.Open(t.Context(), ledger.Config{DB: w.db, Institution: institution, Random: zeros{}})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	rec, sig := w.signed(t, theCase, act)
	if _, err := other.Submit(context.Background(), rec, sig); err != nil {
		t.Fatal(err)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// A ledger that is closed says so, and takes nothing.
func TestSubmitToAClosedLedger(t *testing.T) {
	w := newBench(t)
	rec, sig := w.signed(t, theCase, claim("late"))
	w.ledger.Close()
	if _, err := w.ledger.Submit(t.Context(), rec, sig); !errors.Is(err, ledger.ErrClosed) {
		t.Errorf("Submit() = %v, want ErrClosed", err)
	}
}

// The check of the rows can fail: a row that was changed is found.
func TestReindexFindsAChangedRow(t *testing.T) {
	w := newBench(t)
	rows := func(yield func(store.Row, error) bool) {
		for r, err := range ledger.Rows(t.Context(), w.db, institution) {
			if c, ok := r.(store.CaseRow); ok {
				c.Stage = "found"
				r = c
			}
			if !yield(r, err) {
				return
			}
		}
	}
	if err := w.db.Rebuild(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
	differences, err := w.db.Compare(t.Context(), ledger.Rows(t.Context(), w.db, institution))
	if err != nil || len(differences) == 0 {
		t.Errorf("Compare() = %v, %v, want the changed row", differences, err)
	}
}
