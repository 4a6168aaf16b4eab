// Package storetest is the suite that every engine under the store has to
// pass. It says, as tests, what the rest of the house relies on.
package storetest

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"solferino/internal/store"
	"solferino/record"
)

// Fresh makes an empty store and returns how to open it, as often as asked:
// every call gives another DB over the same store. The DBs that it gave are
// closed by whoever asked for them.
type Fresh func(testing.TB) (open func() *store.DB)

// Run runs the suite.
func Run(t *testing.T, fresh Fresh) {
	for name, test := range map[string]func(*testing.T, Fresh){
		"append":               testAppend,
		"refuse a batch":       testRefusals,
		"race of two writers":  testTwoWriters,
		"times":                testTimes,
		"text":                 testText,
		"bytes":                testBytes,
		"leaves":               testLeaves,
		"erase":                testErase,
		"head":                 testHead,
		"heads of two writers": testTwoHeads,
		"rows":                 testRows,
		"pages":                testPages,
		"rebuild":              testRebuild,
		"compare":              testCompare,
		"readers and a writer": testReaders,
		"interrupted":          testInterrupted,
		"every read is right":  testModel,
	} {
		t.Run(name, func(t *testing.T) { test(t, fresh) })
	}
}

// opened opens a fresh store for one test.
func opened(t *testing.T, fresh Fresh) *store.DB {
	t.Helper()
	return again(t, fresh(t))
}

func again(t *testing.T, open func() *store.DB) *store.DB {
	t.Helper()
	db := open()
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// entry returns what stands at an index if it is at a position of a subject.
// What is in it depends on these three alone.
func entry(index int64, subject record.Subject, position int) store.Entry {
	seed := sha256.Sum256(fmt.Appendf(nil, "%d %s %d", index, subject, position))
	e := store.Entry{
		Opening: record.Opening{
			Index:     index,
			Envelope:  fmt.Appendf(nil, `{"subject":%q,"position":%d,"prev":""}`, subject, position),
			Record:    append([]byte("\x00record "), seed[:]...),
			Signature: []byte("signature"),
			Salt:      sha256.Sum256(seed[:]),
		},
		ID:       record.ID(hex.EncodeToString(seed[:16])),
		Subject:  subject,
		Position: position,
		Kind:     "test.said/1",
		Actor:    "person/ana",
		At:       time.Unix(1_795_000_000+index*7, 0).UTC(),
	}
	e.Leaf = e.Opening.Leaf()
	return e
}

// entries returns a whole log: one entry for each subject, in order.
func entries(subjects ...record.Subject) []store.Entry {
	var list []store.Entry
	length := make(map[record.Subject]int)
	for i, s := range subjects {
		list = append(list, entry(int64(i), s, length[s]))
		length[s]++
	}
	return list
}

func mustAppend(t testing.TB, db *store.DB, batch []store.Entry, rows ...store.Row) {
	t.Helper()
	if err := db.Append(t.Context(), batch, rows); err != nil {
		t.Fatal(err)
	}
}

func mustSize(t testing.TB, db *store.DB, want int64) {
	t.Helper()
	if got, err := db.Size(t.Context()); err != nil || got != want {
		t.Errorf("Size() = %d, %v, want %d", got, err, want)
	}
}

// mustRefuse wants an error of a kind whose text has the words in it.
func mustRefuse(t reporter, what string, err, kind error, words ...string) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Errorf("%s: %v, want %q", what, err, kind)
		return
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%s: %q does not name %q", what, err, w)
		}
	}
}

// seq returns rows as an iterator that meets no error.
func seq(rows ...store.Row) iter.Seq2[store.Row, error] {
	return func(yield func(store.Row, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// must returns v, which a test cannot go on without.
func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// before orders digests of tables, for differences to be found by eye.
func before(a, b store.TableDigest) int { return cmp.Compare(a.Table, b.Table) }

// A reporter is a test, of the standard library or of rapid.
type reporter interface {
	Helper()
	Errorf(format string, args ...any)
}
