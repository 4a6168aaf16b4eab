package storetest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	gocmp "github.com/google/go-cmp/cmp"

	"solferino/internal/store"
	"solferino/record"
)

// A model is what a store should hold, kept in the most simple-minded way.
type model struct {
	entries []store.Entry
	rows    map[string]store.Row // by key
	head    store.Head
}

func (m *model) put(rows ...store.Row) {
	if m.rows == nil {
		m.rows = make(map[string]store.Row)
	}
	for _, r := range rows {
		m.rows[key(r)] = r
	}
}

func key(row store.Row) string {
	switch r := row.(type) {
	case store.CaseRow:
		return fmt.Sprintf("case %q", r.Case)
	case store.ExhibitRow:
		return fmt.Sprintf("exhibit %q %q", r.Case, r.Exhibit)
	case store.FindingRow:
		return fmt.Sprintf("finding %q %d", r.Case, r.Version)
	case store.PersonRow:
		return fmt.Sprintf("person %q", r.Person)
	case store.AdherenceRow:
		return fmt.Sprintf("adherence %d", r.Index)
	case store.PublishedRow:
		return fmt.Sprintf("published %d", r.Index)
	}
	panic(fmt.Sprintf("storetest: no key for %T", row))
}

// pick returns the rows of one kind that fit, in an order.
func pick[T store.Row](m *model, fits func(T) bool, compare func(a, b T) int) []T {
	var list []T
	for _, row := range m.rows {
		if r, ok := row.(T); ok && fits(r) {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, compare)
	return list
}

func every[T any](T) bool { return true }

func (m *model) subjects() []record.Subject {
	var list []record.Subject
	for _, e := range m.entries {
		list = append(list, e.Subject)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func (m *model) chain(s record.Subject) []store.Entry {
	var list []store.Entry
	for _, e := range m.entries {
		if e.Subject == s {
			list = append(list, e)
		}
	}
	return list
}

// findings collects what does not agree.
type findings []string

// same notes a difference between what a read gave and what it should give.
func (f *findings) same(what string, got, want any, err error) {
	if diff := gocmp.Diff(want, got, gocmp.Comparer(bytes.Equal)); diff != "" || err != nil {
		*f = append(*f, fmt.Sprintf("%s: %v (-want +got):\n%s", what, err, diff))
	}
}

// diff reads everything in every way and says what is not as it should be, or
// "".
func (m *model) diff(ctx context.Context, db *store.DB, limit int) string {
	head, err := db.Head(ctx)
	var f findings
	f.same("Head()", head, m.head, err)
	f = append(f, m.diffEntries(ctx, db), m.diffLists(ctx, db, limit), m.diffOfCases(ctx, db), m.diffDigests(ctx, db))
	return strings.TrimSpace(strings.Join(f, "\n"))
}

func (m *model) diffEntries(ctx context.Context, db *store.DB) string {
	var f findings
	size, err := db.Size(ctx)
	f.same("Size()", size, int64(len(m.entries)), err)
	list, err := pages(ctx, db.Entries, func(e store.Entry) int64 { return e.Index + 1 }, 3)
	f.same("pages of Entries()", list, m.entries, err)
	var leaves, want []record.Digest
	err = db.Leaves(ctx, 0, size, func(d record.Digest) error {
		leaves = append(leaves, d)
		return nil
	})
	for _, e := range m.entries {
		want = append(want, e.Leaf)
		m.diffEntry(ctx, db, e, &f)
	}
	f.same("Leaves()", leaves, want, err)
	for _, s := range m.subjects() {
		want := m.chain(s)
		chain, err := db.Chain(ctx, s)
		f.same(fmt.Sprintf("Chain(%s)", s), chain, want, err)
		leaf, position, ok, err := db.SubjectHead(ctx, s)
		last := want[len(want)-1]
		f.same(fmt.Sprintf("SubjectHead(%s)", s), []any{leaf, position, ok}, []any{last.Leaf, last.Position, true}, err)
	}
	return strings.Join(f, "\n")
}

func (m *model) diffEntry(ctx context.Context, db *store.DB, want store.Entry, f *findings) {
	at, err := db.At(ctx, want.Index)
	f.same(fmt.Sprintf("At(%d)", want.Index), at, want, unlessErased(want, err))
	byID, ok, err := db.ByID(ctx, want.ID)
	f.same(fmt.Sprintf("ByID(%s)", want.ID), byID, want, unlessErased(want, err))
	if !ok {
		*f = append(*f, fmt.Sprintf("ByID(%s) finds nothing", want.ID))
	}
	if !want.Erased && at.Opening.Leaf() != want.Leaf {
		*f = append(*f, fmt.Sprintf("the opening of entry %d does not lead to its leaf", want.Index))
	}
}

// unlessErased takes away the error that an erased entry has to give.
func unlessErased(e store.Entry, err error) error {
	switch {
	case !e.Erased:
		return err
	case errors.Is(err, store.ErrErased):
		return nil
	}
	return fmt.Errorf("got %w, want ErrErased", err)
}

func (m *model) diffLists(ctx context.Context, db *store.DB, limit int) string {
	var f findings
	cases, err := pages(ctx, db.Cases, store.CaseRow.Key, limit)
	f.same("pages of Cases()", cases, pick(m, every, func(a, b store.CaseRow) int {
		return -cmp.Or(a.Opened.Compare(b.Opened), cmp.Compare(a.Case, b.Case))
	}), err)
	list, err := pages(ctx, db.Findings, store.FindingRow.Key, limit)
	f.same("pages of Findings()", list, pick(m, every, func(a, b store.FindingRow) int {
		return -cmp.Or(cmp.Compare(a.Index, b.Index), cmp.Compare(a.Case, b.Case), cmp.Compare(a.Version, b.Version))
	}), err)
	people, err := pages(ctx, db.People, func(r store.PersonRow) record.Subject { return r.Person }, limit)
	f.same("pages of People()", people, pick(m, every, func(a, b store.PersonRow) int {
		return cmp.Compare(a.Person, b.Person)
	}), err)
	published, err := pages(ctx, db.Published, func(r store.PublishedRow) int64 { return r.Index + 1 }, limit)
	f.same("pages of Published()", published, pick(m, every, func(a, b store.PublishedRow) int {
		return cmp.Compare(a.Index, b.Index)
	}), err)
	for _, e := range m.entries {
		ok, err := db.IsPublished(ctx, e.Index)
		_, want := m.rows[key(store.PublishedRow{Index: e.Index})]
		f.same(fmt.Sprintf("IsPublished(%d)", e.Index), ok, want, err)
	}
	return strings.Join(f, "\n")
}

// diffOfCases looks at what belongs to one subject, for each there may be.
func (m *model) diffOfCases(ctx context.Context, db *store.DB) string {
	var f findings
	for _, s := range append(m.subjects(), "case/none") {
		row, err := db.Case(ctx, s)
		want, ok := m.rows[key(store.CaseRow{Case: s})].(store.CaseRow)
		if !ok && errors.Is(err, store.ErrNotFound) {
			err = nil
		}
		f.same(fmt.Sprintf("Case(%s)", s), row, want, err)
		exhibits, err := db.Exhibits(ctx, s)
		f.same(fmt.Sprintf("Exhibits(%s)", s), exhibits, pick(m,
			func(r store.ExhibitRow) bool { return r.Case == s },
			func(a, b store.ExhibitRow) int { return cmp.Compare(a.Exhibit, b.Exhibit) }), err)
		list, err := db.FindingsOf(ctx, s)
		f.same(fmt.Sprintf("FindingsOf(%s)", s), list, pick(m,
			func(r store.FindingRow) bool { return r.Case == s },
			func(a, b store.FindingRow) int { return cmp.Compare(a.Version, b.Version) }), err)
		adherences, err := db.Adherences(ctx, s)
		f.same(fmt.Sprintf("Adherences(%s)", s), adherences, pick(m,
			func(r store.AdherenceRow) bool { return r.State == s },
			func(a, b store.AdherenceRow) int { return cmp.Compare(a.Index, b.Index) }), err)
	}
	return strings.Join(f, "\n")
}

func (m *model) diffDigests(ctx context.Context, db *store.DB) string {
	var f findings
	want, err := store.DigestRows(seq(m.all()...))
	f.same("DigestRows()", err, nil, nil)
	got, err := db.RowDigest(ctx)
	f.same("RowDigest()", got, want, err)
	differences, err := db.Compare(ctx, seq(m.all()...))
	f.same("Compare()", differences, []store.Difference(nil), err)
	return strings.Join(f, "\n")
}

// all returns the rows in no order.
func (m *model) all() []store.Row {
	var list []store.Row
	for _, r := range m.rows {
		list = append(list, r)
	}
	return list
}

// pages reads a whole list in pages of a limit, from the zero key on.
func pages[K, T any](ctx context.Context, read func(context.Context, K, int) ([]T, error), next func(T) K, limit int) ([]T, error) {
	var all []T
	for after := *new(K); ; {
		page, err := read(ctx, after, limit)
		all = append(all, page...)
		switch {
		case err != nil:
			return all, err
		case len(page) > limit:
			return all, fmt.Errorf("a page of %d, asked for %d", len(page), limit)
		case len(page) < limit:
			return all, nil
		case len(all) > 100_000:
			return all, errors.New("the pages do not end")
		}
		after = next(page[len(page)-1])
	}
}
