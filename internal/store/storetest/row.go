package storetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"solferino/internal/store"
	"solferino/record"
)

// oneOfEach returns a row of every kind, all different for different n; rows
// that name entries name n-1 and n.
func oneOfEach(n int) []store.Row {
	sum := func(what string) record.Digest { return record.Sum(fmt.Appendf(nil, "%s %d", what, n)) }
	attached := func(what string) record.Attachment {
		return record.Attachment{Commit: sum(what), Blob: sum(what + " blob")}
	}
	id := record.Subject(fmt.Sprintf("case/2026-%03d", n))
	day := time.Date(2026, 1, 1, 0, 0, n/3, 0, time.UTC) // three at a time
	return []store.Row{
		store.CaseRow{Case: id, Opened: day, Stage: fmt.Sprint("stage ", n), Victims: []string{"CH", "KE"}, IncidentDate: "2025-12-31", Analyses: n, Findings: 2 * n, Head: sum("head")},
		store.ExhibitRow{Case: id, Exhibit: fmt.Sprintf("x-%016x", n), Holder: "person/ana", InTransitTo: "person/bob", Grade: "B2", TLP: "amber", Content: attached("content"), Manifest: attached("manifest"), Received: day},
		store.FindingRow{Case: id, Version: 1 + n%3, State: "issued", Outcome: "upheld", Issued: day, Document: attached("document"), Index: int64(n / 2)},
		store.PersonRow{Person: record.Subject(fmt.Sprintf("person/p%d", n)), State: "CH", Region: "africa", Sector: "academia", Roles: []string{"analyst", "counsel"}},
		store.AdherenceRow{Index: int64(n), State: "state/CH", Instrument: "un-charter-1945", Act: "ratify", Date: "2002-09-10", Force: "legal"},
		store.PublishedRow{Index: int64(n), By: int64(max(0, n-1))},
	}
}

// batchOf returns entry n, to which oneOfEach belongs.
func batchOf(n int) []store.Entry {
	return []store.Entry{entry(int64(n), record.Subject(fmt.Sprintf("case/2026-%03d", n)), 0)}
}

func testRows(t *testing.T, fresh Fresh) {
	db := opened(t, fresh)
	var m model
	check := func() {
		t.Helper()
		if diff := m.diff(t.Context(), db, 2); diff != "" {
			t.Error(diff)
		}
	}
	check() // nothing
	for n := range 7 {
		batch, rows := batchOf(n), oneOfEach(n)
		mustAppend(t, db, batch, rows...)
		m.entries = append(m.entries, batch...)
		m.put(rows...)
	}
	check()
	// A later act replaces every column but the key, also by nothing.
	replaced := []store.Row{
		store.CaseRow{Case: "case/2026-003"},
		store.ExhibitRow{Case: "case/2026-003", Exhibit: fmt.Sprintf("x-%016x", 3)},
		store.FindingRow{Case: "case/2026-003", Version: 1},
		store.PersonRow{Person: "person/p3"},
		store.AdherenceRow{Index: 3},
		store.PublishedRow{Index: 3},
	}
	last := batchOf(7)
	mustAppend(t, db, last, replaced...)
	m.entries = append(m.entries, last...)
	m.put(replaced...)
	check()
	// Within one batch, too, the last one counts; and one entry may speak of
	// several versions.
	several := append(oneOfEach(4), oneOfEach(3)...)
	for version := range 5 {
		several = append(several, store.FindingRow{Case: "case/2026-005", Version: version, Index: 5})
	}
	mustAppend(t, db, nil, several...)
	m.put(several...)
	check()
	_, err := db.Case(t.Context(), "case/none")
	mustRefuse(t, "Case", err, store.ErrNotFound, "case/none")
}

// testPages turns pages while rows come and change: whatever was there all the
// time comes exactly once.
func testPages(t *testing.T, fresh Fresh) {
	for limit := 1; limit <= 8; limit++ {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			db := opened(t, fresh)
			for n := range 14 {
				mustAppend(t, db, batchOf(n), oneOfEach(n)...)
			}
			pagesWhileRowsCome(t, db, limit)
		})
	}
	db := opened(t, fresh)
	_, cases := db.Cases(t.Context(), store.CaseKey{}, 0)
	_, findings := db.Findings(t.Context(), store.FindingKey{}, -1)
	_, people := db.People(t.Context(), "", 0)
	_, published := db.Published(t.Context(), 0, 0)
	for _, err := range []error{cases, findings, people, published} {
		if err == nil {
			t.Error("a page without room was given")
		}
	}
}

func pagesWhileRowsCome(t *testing.T, db *store.DB, limit int) {
	t.Helper()
	seen := make(map[string]int)
	var after struct {
		cases    store.CaseKey
		findings store.FindingKey
		people   record.Subject
		index    int64
	}
	for turn := range 30 {
		n := 14 + turn
		mustAppend(t, db, batchOf(n), append(oneOfEach(n), oneOfEach(turn%14)...)...)
		for _, r := range must[[]store.CaseRow](t)(db.Cases(t.Context(), after.cases, limit)) {
			after.cases = r.Key()
			seen[key(r)]++
		}
		for _, r := range must[[]store.FindingRow](t)(db.Findings(t.Context(), after.findings, limit)) {
			after.findings = r.Key()
			seen[key(r)]++
		}
		for _, r := range must[[]store.PersonRow](t)(db.People(t.Context(), after.people, limit)) {
			after.people = r.Person
			seen[key(r)]++
		}
		for _, r := range must[[]store.PublishedRow](t)(db.Published(t.Context(), after.index, limit)) {
			after.index = r.Index + 1
			seen[key(r)]++
		}
	}
	for n := range 14 {
		for _, row := range oneOfEach(n) {
			switch row.(type) {
			case store.ExhibitRow, store.AdherenceRow: // not in pages
				continue
			}
			if seen[key(row)] == 0 && limit > 1 {
				t.Errorf("%s was skipped", key(row))
			}
		}
	}
	for k, times := range seen {
		if times > 1 {
			t.Errorf("%s came %d times", k, times)
		}
	}
}

// testRebuild writes rows with their entries, then all anew: the same rows.
func testRebuild(t *testing.T, fresh Fresh) {
	db := opened(t, fresh)
	var history []store.Row
	for n := range 40 {
		rows := append(oneOfEach(n), oneOfEach(n/2)...)
		mustAppend(t, db, batchOf(n), rows...)
		history = append(history, rows...)
	}
	want := must[[]store.TableDigest](t)(db.RowDigest(t.Context()))
	mustHave := func(what string, want []store.TableDigest) {
		t.Helper()
		got := must[[]store.TableDigest](t)(db.RowDigest(t.Context()))
		if diff := cmp.Diff(want, got); diff != "" || !slices.IsSortedFunc(got, before) {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	inMemory := must[[]store.TableDigest](t)(store.DigestRows(seq(history...)))
	mustHave("digests of the history in memory", inMemory)
	if err := db.Rebuild(t.Context(), seq(history...)); err != nil {
		t.Fatal(err)
	}
	mustHave("rows rebuilt from the history", want)

	torn := errors.New("torn")
	err := db.Rebuild(t.Context(), func(yield func(store.Row, error) bool) {
		_ = yield(oneOfEach(3)[0], nil) && yield(nil, torn)
	})
	mustRefuse(t, "Rebuild from torn records", err, torn)
	mustHave("rows after a torn rebuild", want)

	var m model
	m.put(history...)
	last := m.all()
	rand.Shuffle(len(last), func(i, j int) { last[i], last[j] = last[j], last[i] })
	if err := db.Rebuild(t.Context(), seq(last...)); err != nil {
		t.Fatal(err)
	}
	mustHave("rows rebuilt in another order", want)
	if err := db.Rebuild(t.Context(), seq()); err != nil {
		t.Fatal(err)
	}
	mustHave("rows rebuilt from nothing", must[[]store.TableDigest](t)(store.DigestRows(seq())))
	mustSize(t, db, 40)
}

func testCompare(t *testing.T, fresh Fresh) {
	db := opened(t, fresh)
	for n := range 3 {
		mustAppend(t, db, batchOf(n), oneOfEach(n)...)
	}
	right := append(oneOfEach(0), append(oneOfEach(1), oneOfEach(2)...)...)
	if got, err := db.Compare(t.Context(), seq(right...)); err != nil || len(got) != 0 {
		t.Errorf("Compare() with what is there = %v, %v", got, err)
	}
	changed := right[1].(store.ExhibitRow)
	changed.InTransitTo = ""
	wanted := append(slices.Clone(right[2:]), changed, store.PersonRow{Person: "person/p 9"})
	got, err := db.Compare(t.Context(), seq(wanted...))
	want := []store.Difference{
		{Table: "case", Key: "case/2026-000", Stored: true},
		{Table: "exhibit", Key: "case/2026-000 x-0000000000000000", Stored: true, Wanted: true},
		{Table: "person", Key: `"person/p 9"`, Wanted: true},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("Compare() = %v (-want +got):\n%s", err, diff)
	}
	torn := errors.New("torn")
	_, err = db.Compare(t.Context(), func(yield func(store.Row, error) bool) { yield(nil, torn) })
	mustRefuse(t, "Compare with torn records", err, torn)
}
