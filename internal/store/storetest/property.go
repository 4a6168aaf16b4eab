package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"solferino/internal/store"
	"solferino/record"
)

// testModel does at random what can be done with a store, and does the same to
// a model. Then every read has to give what the model gives.
func testModel(t *testing.T, fresh Fresh) {
	rapid.Check(t, func(rt *rapid.T) {
		open := fresh(t)
		m := &machine{TB: t, open: open, db: open()}
		defer func() { m.db.Close() }()
		rt.Repeat(map[string]func(*rapid.T){
			"append":    m.append,
			"refuse":    m.refuse,
			"erase":     m.erase,
			"swap head": m.swapHead,
			"rebuild":   m.rebuild,
			"reopen":    m.reopen,
		})
		if diff := m.diff(t.Context(), m.db, rapid.IntRange(1, 9).Draw(rt, "limit")); diff != "" {
			rt.Fatal(diff)
		}
	})
}

// A machine is a store beside its model.
type machine struct {
	testing.TB
	model
	open    func() *store.DB
	db      *store.DB
	history []store.Row // since the beginning, or the last rebuild
}

var (
	subjects = rapid.SampledFrom([]record.Subject{"case/1", "case/2", "case/10", "case/B", "case/b", "person/ana", "state/CH", "state/ch"})
	texts    = rapid.StringOfN(rapid.Rune().Filter(func(r rune) bool { return r != 0 }), 0, 8, -1)
	lists    = rapid.Map(rapid.SliceOfN(texts, 0, 3), func(l []string) []string { slices.Sort(l); return orNil(l) })
	contents = rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 40), orNil[[]byte])
	times    = rapid.Map(rapid.Int64Range(-1e9, 1e10), func(s int64) time.Time { return time.Unix(s, 0).UTC() })
	few      = rapid.Map(rapid.Int64Range(0, 2), func(s int64) time.Time { return time.Unix(s, 0).UTC() })
	digests  = rapid.Map(rapid.IntRange(0, 9), func(n int) record.Digest {
		if n == 0 {
			return ""
		}
		return record.Sum([]byte{byte(n)})
	})
)

func orNil[S ~[]E, E any](s S) S {
	if len(s) == 0 {
		return nil
	}
	return s
}

// batch draws what may come next.
func (m *machine) batch(t *rapid.T) []store.Entry {
	list := make([]store.Entry, rapid.IntRange(0, 6).Draw(t, "batch"))
	next := m.model.entries
	for i := range list {
		s := subjects.Draw(t, "subject")
		e := entry(int64(len(next)), s, len((&model{entries: next}).chain(s)))
		e.Record, e.Envelope, e.Signature = contents.Draw(t, "record"), contents.Draw(t, "envelope"), contents.Draw(t, "signature")
		e.Kind, e.At = texts.Draw(t, "kind"), times.Draw(t, "at")
		e.Leaf = e.Opening.Leaf()
		list[i], next = e, append(slices.Clip(next), e)
	}
	return list
}

// row draws a row that may follow from a log of a size.
func row(t *rapid.T, size int64) store.Row {
	attached := func() record.Attachment {
		return record.Attachment{Commit: digests.Draw(t, "commit"), Blob: digests.Draw(t, "blob")}
	}
	id := subjects.Draw(t, "of")
	kind := rapid.IntRange(0, 5).Draw(t, "row")
	if size == 0 { // no entry that a row could name
		kind %= 3
	}
	index := rapid.Int64Range(0, max(0, size-1))
	switch kind {
	case 0:
		return store.CaseRow{Case: id, Opened: few.Draw(t, "opened"), Stage: texts.Draw(t, "stage"), Victims: lists.Draw(t, "victims"),
			IncidentDate: texts.Draw(t, "date"), Analyses: rapid.Int().Draw(t, "analyses"), Findings: rapid.Int().Draw(t, "findings"), Head: digests.Draw(t, "head")}
	case 1:
		return store.ExhibitRow{Case: id, Exhibit: texts.Draw(t, "exhibit"), Holder: subjects.Draw(t, "holder"), InTransitTo: subjects.Draw(t, "to"),
			Grade: texts.Draw(t, "grade"), TLP: texts.Draw(t, "tlp"), Content: attached(), Manifest: attached(), Received: times.Draw(t, "received")}
	case 2:
		return store.PersonRow{Person: id, State: texts.Draw(t, "state"), Region: texts.Draw(t, "region"), Sector: texts.Draw(t, "sector"), Roles: lists.Draw(t, "roles")}
	case 3:
		return store.FindingRow{Case: id, Version: rapid.IntRange(0, 3).Draw(t, "version"), State: texts.Draw(t, "state"), Outcome: texts.Draw(t, "outcome"),
			Issued: times.Draw(t, "issued"), Document: attached(), Index: index.Draw(t, "index")}
	case 4:
		return store.AdherenceRow{Index: index.Draw(t, "index"), State: id, Instrument: texts.Draw(t, "instrument"), Act: texts.Draw(t, "act"),
			Date: texts.Draw(t, "date"), Force: texts.Draw(t, "force")}
	}
	return store.PublishedRow{Index: index.Draw(t, "index"), By: index.Draw(t, "by")}
}

func rows(t *rapid.T, size int64) []store.Row {
	list := make([]store.Row, rapid.IntRange(0, 8).Draw(t, "rows"))
	for i := range list {
		list[i] = row(t, size)
	}
	return list
}

func (m *machine) append(t *rapid.T) {
	batch := m.batch(t)
	more := rows(t, int64(len(m.entries)+len(batch)))
	if err := m.db.Append(m.Context(), batch, more); err != nil {
		t.Fatal(err)
	}
	m.entries = append(m.entries, batch...)
	m.put(more...)
	m.history = append(m.history, more...)
}

// refuse breaks a batch somewhere; the model stays as it is.
func (m *machine) refuse(t *rapid.T) {
	batch := m.batch(t)
	if len(batch) == 0 {
		return
	}
	e := &batch[rapid.IntRange(0, len(batch)-1).Draw(t, "broken")]
	var kind error = store.ErrGap
	switch rapid.IntRange(0, 2).Draw(t, "how") {
	case 0:
		e.Index += rapid.SampledFrom([]int64{-2, -1, 1, 2}).Draw(t, "index")
	case 1:
		e.Position += rapid.SampledFrom([]int{-2, -1, 1, 2}).Draw(t, "position")
	default:
		if len(m.entries) == 0 {
			return
		}
		e.ID, kind = rapid.SampledFrom(m.entries).Draw(t, "twice").ID, store.ErrDuplicate
	}
	mustRefuse(t, "Append()", m.db.Append(m.Context(), batch, rows(t, int64(len(m.entries)))), kind)
}

func (m *machine) erase(t *rapid.T) {
	if len(m.entries) == 0 {
		return
	}
	e := &m.entries[rapid.IntRange(0, len(m.entries)-1).Draw(t, "erased")]
	if err := m.db.Erase(m.Context(), e.Index); err != nil {
		t.Fatal(err)
	}
	e.Salt, e.Erased = record.Salt{}, true
}

func (m *machine) swapHead(t *rapid.T) {
	size := rapid.Int64Range(0, int64(len(m.entries)+1)).Draw(t, "size")
	to := head(size, fmt.Sprint("root of ", size))
	from := rapid.SampledFrom([]store.Head{m.head, head(size/2, "another")}).Draw(t, "from")
	err := m.db.SwapHead(m.Context(), from, to)
	if !equal(from, m.head) || size < m.head.Size || size > int64(len(m.entries)) {
		mustRefuse(t, "SwapHead()", err, store.ErrForked)
		return
	}
	if m.head = to; err != nil {
		t.Fatal(err)
	}
}

func equal(a, b store.Head) bool {
	return a.Size == b.Size && a.Root == b.Root && string(a.Note) == string(b.Note)
}

// rebuild writes all rows again, from their history or from their last state.
func (m *machine) rebuild(t *rapid.T) {
	from := m.history
	if rapid.Bool().Draw(t, "last state") {
		from = rapid.Permutation(m.all()).Draw(t, "order")
	}
	if err := m.db.Rebuild(m.Context(), seq(from...)); err != nil {
		t.Fatal(err)
	}
}

func (m *machine) reopen(t *rapid.T) {
	if err := m.db.Close(); err != nil {
		t.Fatal(err)
	}
	m.db = m.open()
}
