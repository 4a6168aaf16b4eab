package store

import (
	"context"
	"fmt"
	"time"

	"solferino/record"
)

// A Row is one line of a read model: what lists and searches need to know of a
// subject without folding it. It follows from entries and carries nothing that
// they do not say. A later row with the same key replaces an earlier one.
//
// The rows are [CaseRow], [ExhibitRow], [FindingRow], [PersonRow],
// [AdherenceRow] and [PublishedRow].
//
// BUG: a row can be replaced but not removed, except by [DB.Rebuild]; the
// erasure of evidence will need that.
type Row interface {
	// line returns the name of the table and the columns, key first.
	line() (table string, columns []any)
}

// tables lists the read models and of how many columns, the first ones, their
// keys are.
var tables = map[string]int{
	"adherence": 1,
	"case":      1,
	"exhibit":   2,
	"finding":   2,
	"person":    1,
	"published": 1,
}

// A CaseRow says where a case stands.
type CaseRow struct {
	Case         record.Subject // key
	Opened       time.Time      // UTC, whole seconds
	Stage        string
	Victims      []string // codes of states, sorted
	IncidentDate string   // YYYY-MM-DD, or ""
	Analyses     int
	Findings     int
	Head         record.Digest // leaf of the last entry of the case
}

// An ExhibitRow says who holds an exhibit now.
type ExhibitRow struct {
	Case        record.Subject // key, with Exhibit
	Exhibit     string
	Holder      record.Subject
	InTransitTo record.Subject // "" where it is not offered to anybody
	Grade       string         // as "B2"
	TLP         string
	Content     record.Attachment
	Manifest    record.Attachment
	Received    time.Time // UTC, whole seconds
}

// A FindingRow is one version of the finding of a case.
type FindingRow struct {
	Case     record.Subject // key, with Version
	Version  int
	State    string // issued, superseded, withdrawn
	Outcome  string
	Issued   time.Time // UTC, whole seconds
	Document record.Attachment
	Index    int64 // of the entry that issued it
}

// A PersonRow says what the rules of diversity and recusal ask of a person.
type PersonRow struct {
	Person record.Subject // key
	State  string         // ISO 3166-1 alpha-2
	Region string
	Sector string
	Roles  []string // sorted
}

// An AdherenceRow is one step of a state about an instrument.
type AdherenceRow struct {
	Index      int64 // key: of the entry that says so
	State      record.Subject
	Instrument string
	Act        string
	Date       string // YYYY-MM-DD
	Force      string
}

// A PublishedRow says that the opening of an entry may be shown.
type PublishedRow struct {
	Index int64 // key: of the published entry
	By    int64 // of the entry that publishes it
}

func (r CaseRow) line() (string, []any)      { return "case", caseColumns(&r) }
func (r ExhibitRow) line() (string, []any)   { return "exhibit", exhibitColumns(&r) }
func (r FindingRow) line() (string, []any)   { return "finding", findingColumns(&r) }
func (r PersonRow) line() (string, []any)    { return "person", personColumns(&r) }
func (r AdherenceRow) line() (string, []any) { return "adherence", adherenceColumns(&r) }
func (r PublishedRow) line() (string, []any) { return "published", publishedColumns(&r) }

func caseColumns(r *CaseRow) []any {
	return []any{
		&r.Case, seconds{&r.Opened}, &r.Stage, list{&r.Victims}, &r.IncidentDate,
		&r.Analyses, &r.Findings, digest(&r.Head),
	}
}

func exhibitColumns(r *ExhibitRow) []any {
	return []any{
		&r.Case, &r.Exhibit, &r.Holder, &r.InTransitTo, &r.Grade, &r.TLP,
		digest(&r.Content.Commit), digest(&r.Content.Blob),
		digest(&r.Manifest.Commit), digest(&r.Manifest.Blob),
		seconds{&r.Received},
	}
}

func findingColumns(r *FindingRow) []any {
	return []any{
		&r.Case, &r.Version, &r.State, &r.Outcome, seconds{&r.Issued},
		digest(&r.Document.Commit), digest(&r.Document.Blob), &r.Index,
	}
}

func personColumns(r *PersonRow) []any {
	return []any{&r.Person, &r.State, &r.Region, &r.Sector, list{&r.Roles}}
}

func adherenceColumns(r *AdherenceRow) []any {
	return []any{&r.Index, &r.State, &r.Instrument, &r.Act, &r.Date, &r.Force}
}

func publishedColumns(r *PublishedRow) []any { return []any{&r.Index, &r.By} }

func (tx transaction) putRow(ctx context.Context, r Row) error {
	table, columns := r.line()
	if _, err := tx.exec(ctx, table+"_put", columns...); err != nil {
		return fmt.Errorf("write %s row %s: %w", table, keyOf(table, columns), err)
	}
	return nil
}
