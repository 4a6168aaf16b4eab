package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"solferino/internal/store"
	"solferino/record"
)

const anyCase = record.Subject("case/2026-001")

func testAppend(t *testing.T, fresh Fresh) {
	open := fresh(t)
	db := again(t, open)
	mustSize(t, db, 0)
	mustAppend(t, db, nil)
	all := entries(anyCase, "person/ana", anyCase, "state/CH", "person/ana", anyCase)
	mustAppend(t, db, all[:1])
	mustAppend(t, db, all[1:5])
	mustAppend(t, db, all[5:])
	checkLog(t, db, all)
	checkLog(t, again(t, open), all) // as another process sees it
}

// checkLog reads every entry in every way.
func checkLog(t *testing.T, db *store.DB, want []store.Entry) {
	t.Helper()
	if diff := (&model{entries: want}).diffEntries(t.Context(), db); diff != "" {
		t.Error(diff)
	}
	_, _, ok, err := db.SubjectHead(t.Context(), "case/none")
	chain, err2 := db.Chain(t.Context(), "case/none")
	if ok || err != nil || len(chain) != 0 || err2 != nil {
		t.Errorf("case/none has a head: %v (%v), and a chain: %v (%v)", ok, err, chain, err2)
	}
	for _, id := range []record.ID{"ffffffffffffffffffffffffffffffff", "FFFF", ""} {
		if e, ok, err := db.ByID(t.Context(), id); ok || err != nil {
			t.Errorf("ByID(%q) = %v, %v, %v", id, e, ok, err)
		}
	}
	for _, index := range []int64{-1, int64(len(want)), 1 << 60} {
		_, err := db.At(t.Context(), index)
		mustRefuse(t, "At", err, store.ErrNotFound, fmt.Sprint(index))
	}
	if _, err := db.Entries(t.Context(), 0, 0); err == nil {
		t.Error("a page of no entries was given")
	}
}

// testRefusals lists every way in which a batch can break, and wants nothing of
// it to be left behind.
func testRefusals(t *testing.T, fresh Fresh) {
	db := opened(t, fresh)
	there := entries(anyCase, "person/ana", anyCase)
	mustAppend(t, db, there, store.PersonRow{Person: "person/ana"})
	before := must[[]store.TableDigest](t)(db.RowDigest(t.Context()))
	next := entry(3, anyCase, 2)
	change := func(do func(*store.Entry)) []store.Entry {
		e := next
		do(&e)
		return []store.Entry{e}
	}
	person := store.PersonRow{Person: "person/bob"}
	tests := map[string]struct {
		batch []store.Entry
		rows  []store.Row
		kind  error
		says  []string
	}{
		"index left out":           {batch: change(func(e *store.Entry) { e.Index = 4 }), kind: store.ErrGap, says: []string{"entry 4", string(next.ID), "log of 3"}},
		"index taken":              {batch: change(func(e *store.Entry) { e.Index = 2 }), kind: store.ErrGap, says: []string{"entry 2"}},
		"index below zero":         {batch: change(func(e *store.Entry) { e.Index = -1 }), kind: store.ErrGap},
		"position left out":        {batch: change(func(e *store.Entry) { e.Position = 3 }), kind: store.ErrGap, says: []string{"position 3 of case/2026-001"}},
		"position taken":           {batch: change(func(e *store.Entry) { e.Position = 1 }), kind: store.ErrGap},
		"gap inside the batch":     {batch: []store.Entry{next, entry(5, anyCase, 3)}, kind: store.ErrGap, says: []string{"entry 5"}},
		"order inside the batch":   {batch: []store.Entry{entry(4, anyCase, 3), next}, kind: store.ErrGap},
		"id there":                 {batch: change(func(e *store.Entry) { e.ID = there[1].ID }), kind: store.ErrDuplicate, says: []string{string(there[1].ID), "entry 1"}},
		"batch there":              {batch: there, kind: store.ErrDuplicate, says: []string{"entry 0"}},
		"id twice in the batch":    {batch: append(change(func(*store.Entry) {}), func() store.Entry { e := entry(4, anyCase, 3); e.ID = next.ID; return e }()), kind: store.ErrDuplicate, says: []string{"entry 3"}},
		"id too short":             {batch: change(func(e *store.Entry) { e.ID = "00" }), says: []string{"entry 3"}},
		"id not hexadecimal":       {batch: change(func(e *store.Entry) { e.ID = "zz" }), says: []string{"entry 3"}},
		"id in upper case":         {batch: change(func(e *store.Entry) { e.ID = record.ID(strings.ToUpper(string(e.ID))) }), says: []string{"entry 3", "lower-case"}},
		"leaf missing":             {batch: change(func(e *store.Entry) { e.Leaf = "" }), says: []string{"entry 3"}},
		"part of a second":         {batch: change(func(e *store.Entry) { e.At = e.At.Add(time.Millisecond) }), says: []string{"entry 3", "whole seconds"}},
		"row with NUL":             {batch: []store.Entry{next}, rows: []store.Row{person, store.PersonRow{Person: "person/eve", Sector: "a\x00b"}}, says: []string{"person row person/eve"}},
		"row of no entry":          {batch: []store.Entry{next}, rows: []store.Row{person, store.PublishedRow{Index: 4, By: 3}}, says: []string{"published row 4"}},
		"row by no entry":          {batch: []store.Entry{next}, rows: []store.Row{person, store.PublishedRow{Index: 3, By: 4}}, says: []string{"published row 3"}},
		"row with a broken digest": {batch: []store.Entry{next}, rows: []store.Row{person, store.CaseRow{Case: anyCase, Head: "xyz"}}, says: []string{"case row case/2026-001"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := db.Append(t.Context(), tt.batch, tt.rows)
			if err == nil {
				t.Fatal("Append() took it")
			}
			mustRefuse(t, "Append()", err, orItself(tt.kind, err), tt.says...)
			checkLog(t, db, there)
			if diff := cmp.Diff(before, must[[]store.TableDigest](t)(db.RowDigest(t.Context()))); diff != "" {
				t.Errorf("rows are left behind (-want +got):\n%s", diff)
			}
		})
	}
	mustAppend(t, db, []store.Entry{next}, person)
	checkLog(t, db, append(there, next))
}

func orItself(kind, err error) error {
	if kind == nil {
		return err
	}
	return kind
}

// testTwoWriters has two processes append at the same index: one wins.
func testTwoWriters(t *testing.T, fresh Fresh) {
	open := fresh(t)
	writers := []*store.DB{again(t, open), again(t, open)}
	for round := range int64(20) {
		errs := make([]error, len(writers))
		var wg sync.WaitGroup
		for i, db := range writers {
			wg.Go(func() {
				subject := record.Subject(fmt.Sprintf("case/%d-%d", round, i))
				errs[i] = db.Append(t.Context(), []store.Entry{entry(round, subject, 0)}, nil)
			})
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("round %d: %v, %v, want one to win", round, errs[0], errs[1])
		}
		mustRefuse(t, "the other writer", errors.Join(errs...), store.ErrGap)
	}
	mustSize(t, writers[1], 20)
}

func testTimes(t *testing.T, fresh Fresh) {
	db := opened(t, fresh)
	kathmandu := time.FixedZone("", (5*60+45)*60)
	for i, at := range []time.Time{
		time.Date(2026, 11, 22, 1, 2, 3, 0, time.UTC),
		time.Date(2026, 11, 22, 1, 2, 3, 0, kathmandu),
		time.Date(2040, 2, 29, 23, 59, 59, 0, time.UTC), // past 32 bits
		time.Date(1859, 6, 24, 6, 0, 0, 0, time.UTC),    // Solferino
		time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
		time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC),
	} {
		e := entry(int64(i), anyCase, i)
		e.At = at
		mustAppend(t, db, []store.Entry{e}, store.CaseRow{Case: anyCase, Opened: at})
		got := must[store.Entry](t)(db.At(t.Context(), e.Index)).At
		row := must[store.CaseRow](t)(db.Case(t.Context(), anyCase)).Opened
		if got != at.UTC() || row != at.UTC() {
			t.Errorf("%s came back as %s in the entry, %s in the row", at, got, row)
		}
	}
}

func testText(t *testing.T, fresh Fresh) {
	db := opened(t, fresh)
	for i, s := range []string{
		"", " ", "'; DROP TABLE entry; --", "Ωmega", "e\u0301 \u00e9", "إختبار", "医院 больница", "🕊", "\ufeff\uffff\n\t\\\x7f",
		"%_*?$1", strings.Repeat("ä", 70_000),
	} {
		e := entry(int64(i), record.Subject("case/"+s), 0)
		e.Kind, e.Actor = s, record.Subject(s)
		row := store.CaseRow{Case: e.Subject, Opened: e.At, Stage: s, Victims: []string{s, s}, IncidentDate: s}
		mustAppend(t, db, []store.Entry{e}, row)
		if diff := cmp.Diff([]store.Entry{e}, must[[]store.Entry](t)(db.Chain(t.Context(), e.Subject))); diff != "" {
			t.Errorf("%.20q changed in an entry (-want +got):\n%s", s, diff)
		}
		if diff := cmp.Diff(row, must[store.CaseRow](t)(db.Case(t.Context(), e.Subject))); diff != "" {
			t.Errorf("%.20q changed in a row (-want +got):\n%s", s, diff)
		}
	}
	size := must[int64](t)(db.Size(t.Context()))
	for _, s := range []string{"\x00", "a\x00b", "\xff", "a\xc3", "\xed\xa0\x80"} {
		e := entry(size, record.Subject(s), 0)
		for what, err := range map[string]error{
			"subject": db.Append(t.Context(), []store.Entry{e}, nil),
			"list":    db.Append(t.Context(), nil, []store.Row{store.PersonRow{Person: "person/ana", Roles: []string{s}}}),
			"text":    db.Append(t.Context(), nil, []store.Row{store.PersonRow{Person: "person/ana", Region: s}}),
			"chain":   func() error { _, err := db.Chain(t.Context(), record.Subject(s)); return err }(),
		} {
			if err == nil {
				t.Errorf("%q was taken as %s", s, what)
			}
		}
	}
	mustSize(t, db, size)
}

// testBytes keeps all values and all lengths, up to what a page of any engine
// cannot hold.
func testBytes(t *testing.T, fresh Fresh) {
	db := opened(t, fresh)
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	var want []store.Entry
	for i, n := range []int{0, 1, 256, 4095, 4096, 4097, 65536, 1 << 20} {
		e := entry(int64(i), anyCase, i)
		e.Record = slices.Repeat(every, n/256+1)[:n]
		e.Signature = nil
		if n == 0 {
			e.Record = nil
		}
		e.Leaf = e.Opening.Leaf()
		want = append(want, e)
	}
	mustAppend(t, db, want)
	checkLog(t, db, want)
}

func testLeaves(t *testing.T, fresh Fresh) {
	db := opened(t, fresh)
	all := entries(anyCase, anyCase, "state/CH", anyCase, "state/CH")
	mustAppend(t, db, all)
	leaves := func(from, to int64) (got []record.Digest, err error) {
		err = db.Leaves(t.Context(), from, to, func(d record.Digest) error {
			got = append(got, d)
			return nil
		})
		return got, err
	}
	for from := range int64(6) {
		for to := from; to <= 5; to++ {
			got, err := leaves(from, to)
			if err != nil || len(got) != int(to-from) {
				t.Fatalf("Leaves(%d, %d) = %v, %v", from, to, got, err)
			}
			for i, d := range got {
				if d != all[from+int64(i)].Leaf {
					t.Errorf("leaf %d of Leaves(%d, %d) is %s", i, from, to, d.Short())
				}
			}
		}
	}
	got, err := leaves(3, 9)
	mustRefuse(t, "Leaves past the end", err, store.ErrNotFound, "leaf 5")
	if len(got) != 2 {
		t.Errorf("Leaves past the end gave %d leaves before it said so, want 2", len(got))
	}
	stop := errors.New("stop")
	calls := 0
	err = db.Leaves(t.Context(), 0, 5, func(record.Digest) error { calls++; return stop })
	if !errors.Is(err, stop) || calls != 1 {
		t.Errorf("Leaves went on after an error: %d calls, %v", calls, err)
	}
}

func testErase(t *testing.T, fresh Fresh) {
	open := fresh(t)
	db := again(t, open)
	all := entries(anyCase, "person/ana", anyCase, anyCase)
	mustAppend(t, db, all, store.PublishedRow{Index: 2, By: 3})
	mustRefuse(t, "Erase", db.Erase(t.Context(), 0, 4), store.ErrNotFound, "entry 4")
	checkLog(t, db, all) // entry 0 neither
	for range 2 {        // it may be repeated
		if err := db.Erase(t.Context(), 2, 0); err != nil {
			t.Fatal(err)
		}
	}
	for _, i := range []int64{0, 2} {
		all[i].Salt, all[i].Erased = record.Salt{}, true
	}
	for _, db := range []*store.DB{db, again(t, open)} {
		checkLog(t, db, all)
		e, err := db.At(t.Context(), 2)
		mustRefuse(t, "At", err, store.ErrErased, "entry 2")
		_, ok, err := db.ByID(t.Context(), e.ID)
		mustRefuse(t, "ByID", err, store.ErrErased, "entry 2")
		if !ok {
			t.Error("ByID does not find an erased entry")
		}
	}
	err := db.Append(t.Context(), []store.Entry{{ID: all[2].ID}}, nil)
	mustRefuse(t, "an erased record comes back", err, store.ErrDuplicate, "entry 2")
	// A copy of the log starts with what is left of the first.
	other := opened(t, fresh)
	mustAppend(t, other, all)
	checkLog(t, other, all)
}

// testInterrupted gives up before, and not after, the writer has its turn.
func testInterrupted(t *testing.T, fresh Fresh) {
	db := opened(t, fresh)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	mustRefuse(t, "Append", db.Append(ctx, entries(anyCase), nil), context.Canceled)
	_, err := db.Size(ctx)
	mustRefuse(t, "Size", err, context.Canceled)
	mustAppend(t, db, entries(anyCase))

	rows := func(yield func(store.Row, error) bool) {
		if yield(store.PersonRow{Person: "person/ana"}, nil) {
			cancel()
			yield(store.PersonRow{Person: "person/bob"}, nil)
		}
	}
	ctx, cancel = context.WithCancel(t.Context())
	defer cancel()
	mustRefuse(t, "Rebuild", db.Rebuild(ctx, rows), context.Canceled)
	people := must[[]store.PersonRow](t)(db.People(t.Context(), "", 10))
	if len(people) != 0 {
		t.Errorf("a rebuild that was given up left %v", people)
	}
	mustAppend(t, db, []store.Entry{entry(1, anyCase, 1)})
	mustSize(t, db, 2)
}
