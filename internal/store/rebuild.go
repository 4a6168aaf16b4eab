package store

import (
	"cmp"
	"context"
	"fmt"
	"iter"

	"solferino/record"
)

// Rebuild throws all rows away and writes those that come, in one transaction:
// whoever reads sees all the old ones or all the new ones. Entries wait
// meanwhile, so that the rows can be drawn from those that are there; whoever
// draws them must not write to the store.
func (db *DB) Rebuild(ctx context.Context, rows iter.Seq2[Row, error]) error {
	return db.update(ctx, func(inner context.Context, tx transaction) error {
		for table := range tables {
			if _, err := tx.exec(inner, table+"_clear"); err != nil {
				return fmt.Errorf("clear the %s rows: %w", table, err)
			}
		}
		for r, err := range rows {
			if err := cmp.Or(err, ctx.Err()); err != nil {
				return fmt.Errorf("rebuild: %w", err)
			}
			if err := tx.putRow(inner, r); err != nil {
				return err
			}
		}
		return nil
	})
}

// A TableDigest sums up one read model: equal digests, equal rows, on every
// engine and in whatever order they were written.
type TableDigest struct {
	Table  string        `json:"table"`
	Rows   int           `json:"rows"`
	Digest record.Digest `json:"digest"`
}

// RowDigest sums up the rows that are stored, sorted by table.
func (db *DB) RowDigest(ctx context.Context) ([]TableDigest, error) {
	stored, err := db.tally(ctx)
	if err != nil {
		return nil, err
	}
	return stored.digests(), nil
}

// DigestRows sums up the rows that [DB.Rebuild] would leave if it got these.
func DigestRows(rows iter.Seq2[Row, error]) ([]TableDigest, error) {
	wanted, err := tallyOf(rows)
	if err != nil {
		return nil, err
	}
	return wanted.digests(), nil
}

// A Difference is a row that is not what it should be.
type Difference struct {
	Table  string
	Key    string // for people
	Stored bool   // there is one, which is wrong; else it is missing
	Wanted bool   // there should be one; else it should not be there
}

// Compare returns where the stored rows differ from those that [DB.Rebuild]
// would leave if it got these, sorted by table and key. Nothing is written.
func (db *DB) Compare(ctx context.Context, rows iter.Seq2[Row, error]) ([]Difference, error) {
	wanted, err := tallyOf(rows)
	if err != nil {
		return nil, err
	}
	stored, err := db.tally(ctx)
	if err != nil {
		return nil, err
	}
	return differences(stored, wanted), nil
}
