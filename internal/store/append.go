package store

import (
	"context"
	"fmt"

	"solferino/record"
)

// Append adds a batch of entries to the log and writes the rows that follow
// from them, all or nothing. The first index has to be the size of the log and
// each position the length of its subject's chain, else the error wraps
// [ErrGap]; an id that the log has already gives [ErrDuplicate], whatever the
// index. Nobody reads the entries without the rows.
//
// So whoever reads the size first, then folds and checks what a batch relies
// on, and then appends at that size, knows that nothing came between: if
// something did, this process's or another's, the batch is refused.
func (db *DB) Append(ctx context.Context, batch []Entry, rows []Row) error {
	return db.update(ctx, func(ctx context.Context, tx transaction) error {
		if err := tx.addEntries(ctx, batch); err != nil {
			return err
		}
		for _, r := range rows {
			if err := tx.putRow(ctx, r); err != nil {
				return err
			}
		}
		return nil
	})
}

func (tx transaction) addEntries(ctx context.Context, batch []Entry) error {
	next, err := size(ctx, tx.named(ctx, "entry_size"))
	if err != nil {
		return err
	}
	chains := make(map[record.Subject]int)
	for i := range batch {
		e := &batch[i]
		length, err := tx.length(ctx, e.Subject, chains)
		if err != nil {
			return fmt.Errorf("append entry %d: %w", e.Index, err)
		}
		var added int64
		if e.Index == next && e.Position == length {
			added, err = tx.exec(ctx, "entry_put", e.columns()...)
		}
		if err != nil {
			return fmt.Errorf("append entry %d (id %s): %w", e.Index, e.ID, err)
		}
		if added == 0 {
			return tx.refusal(ctx, e, next, length)
		}
		next++
		chains[e.Subject] = length + 1
	}
	return nil
}

// length returns the length of a subject's chain, which it looks up once for a
// batch.
func (tx transaction) length(ctx context.Context, subject record.Subject, chains map[record.Subject]int) (int, error) {
	if n, ok := chains[subject]; ok {
		return n, nil
	}
	last, ok, err := only(collect(ctx, tx.named(ctx, "entry_last"), (*place).leafAndPosition, subject))
	if err != nil || !ok {
		return 0, err
	}
	return last.position + 1, nil
}

// refusal says why e cannot come next.
func (tx transaction) refusal(ctx context.Context, e *Entry, size int64, length int) error {
	old, ok, err := only(collect(ctx, tx.named(ctx, "entry_by_id"), (*Entry).columns, hexed[record.ID]{&e.ID}))
	switch {
	case err != nil:
		return fmt.Errorf("append entry %d (id %s): %w", e.Index, e.ID, err)
	case ok:
		return fmt.Errorf("append entry %d: id %s is entry %d: %w", e.Index, e.ID, old.Index, ErrDuplicate)
	case e.Index != size:
		return fmt.Errorf("append entry %d (id %s) to a log of %d: %w", e.Index, e.ID, size, ErrGap)
	}
	return fmt.Errorf("append entry %d (id %s) as position %d of %s, which has %d: %w",
		e.Index, e.ID, e.Position, e.Subject, length, ErrGap)
}
