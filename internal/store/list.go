package store

import (
	"context"
	"fmt"
	"math"
	"time"

	"solferino/record"
)

// Lists come in pages. The next page begins after the key of the last row of
// the one before; a page shorter than its limit is the last. Rows that come or
// go meanwhile never make a page skip or repeat another row.

// A CaseKey is the place of a case in the list of cases; the zero CaseKey
// stands before the first.
type CaseKey struct {
	Opened time.Time
	Case   record.Subject
}

// Key returns the place of the case in the list of cases.
func (r CaseRow) Key() CaseKey { return CaseKey{r.Opened, r.Case} }

// Cases returns up to limit cases after a key, the last opened first.
func (db *DB) Cases(ctx context.Context, after CaseKey, limit int) ([]CaseRow, error) {
	opened := any(seconds{&after.Opened})
	if after == (CaseKey{}) {
		opened = int64(math.MaxInt64)
	}
	rows, err := page(ctx, db.read.named("case_page"), caseColumns, limit, opened, after.Case)
	if err != nil {
		return nil, fmt.Errorf("cases after %q: %w", after.Case, err)
	}
	return rows, nil
}

// Case returns one case. The error wraps [ErrNotFound] if there is none.
func (db *DB) Case(ctx context.Context, id record.Subject) (CaseRow, error) {
	row, ok, err := only(collect(ctx, db.read.named("case_one"), caseColumns, id))
	if err == nil && !ok {
		err = ErrNotFound
	}
	if err != nil {
		return CaseRow{}, fmt.Errorf("row of %s: %w", id, err)
	}
	return row, nil
}

// Exhibits returns all exhibits of a case, in the order of their ids.
func (db *DB) Exhibits(ctx context.Context, id record.Subject) ([]ExhibitRow, error) {
	rows, err := collect(ctx, db.read.named("exhibit_of_case"), exhibitColumns, id)
	if err != nil {
		return nil, fmt.Errorf("exhibits of %s: %w", id, err)
	}
	return rows, nil
}

// A FindingKey is the place of a finding in the list of findings; the zero
// FindingKey stands before the first.
type FindingKey struct {
	Index   int64
	Case    record.Subject
	Version int
}

// Key returns the place of the finding in the list of findings.
func (r FindingRow) Key() FindingKey { return FindingKey{r.Index, r.Case, r.Version} }

// Findings returns up to limit findings after a key, the newest first: in the
// order of the log, not of the times that people claim.
func (db *DB) Findings(ctx context.Context, after FindingKey, limit int) ([]FindingRow, error) {
	if after == (FindingKey{}) {
		after.Index = math.MaxInt64
	}
	rows, err := page(ctx, db.read.named("finding_page"), findingColumns, limit, after.Index, after.Case, &after.Version)
	if err != nil {
		return nil, fmt.Errorf("findings after %d: %w", after.Index, err)
	}
	return rows, nil
}

// FindingsOf returns all versions of the finding of a case, the first first.
func (db *DB) FindingsOf(ctx context.Context, id record.Subject) ([]FindingRow, error) {
	rows, err := collect(ctx, db.read.named("finding_of_case"), findingColumns, id)
	if err != nil {
		return nil, fmt.Errorf("findings of %s: %w", id, err)
	}
	return rows, nil
}

// People returns up to limit people after one, in the order of their ids. "" is
// before everybody.
func (db *DB) People(ctx context.Context, after record.Subject, limit int) ([]PersonRow, error) {
	rows, err := page(ctx, db.read.named("person_page"), personColumns, limit, after)
	if err != nil {
		return nil, fmt.Errorf("people after %q: %w", after, err)
	}
	return rows, nil
}

// Adherences returns all steps of a state, in the order of the log.
func (db *DB) Adherences(ctx context.Context, state record.Subject) ([]AdherenceRow, error) {
	rows, err := collect(ctx, db.read.named("adherence_of_state"), adherenceColumns, state)
	if err != nil {
		return nil, fmt.Errorf("adherences of %s: %w", state, err)
	}
	return rows, nil
}

// Published returns up to limit published entries from an index on.
func (db *DB) Published(ctx context.Context, from int64, limit int) ([]PublishedRow, error) {
	rows, err := page(ctx, db.read.named("published_page"), publishedColumns, limit, from)
	if err != nil {
		return nil, fmt.Errorf("published from %d: %w", from, err)
	}
	return rows, nil
}

// IsPublished reports whether the opening of an entry may be shown.
func (db *DB) IsPublished(ctx context.Context, index int64) (bool, error) {
	_, ok, err := only(collect(ctx, db.read.named("published_one"), publishedColumns, index))
	if err != nil {
		return false, fmt.Errorf("published %d: %w", index, err)
	}
	return ok, nil
}
