package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"solferino/internal/store"
	"solferino/record"
)

// testReaders reads while batches come. A reader sees whole batches: a row that
// is there speaks of an entry that is there, and nothing is ever taken back.
func testReaders(t *testing.T, fresh Fresh) {
	open := fresh(t)
	writer, beside := again(t, open), again(t, open)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var wg sync.WaitGroup
	for i, db := range []*store.DB{writer, writer, beside, beside} {
		wg.Go(func() {
			var seen int64
			for ctx.Err() == nil && !t.Failed() {
				if err := readOnce(ctx, db, &seen); err != nil && ctx.Err() == nil {
					t.Errorf("reader %d after %d entries: %v", i, seen, err)
				}
			}
		})
	}
	var all []store.Row
	for n, size := 0, 0; n < 100 && !t.Failed(); n++ {
		batch := make([]store.Entry, 1+n%5)
		for i := range batch {
			batch[i] = entry(int64(size), anyCase, size)
			size++
		}
		row := store.CaseRow{Case: anyCase, Analyses: size - 1, Head: batch[len(batch)-1].Leaf}
		mustAppend(t, writer, batch, row)
		all = append(all, row)
		if n%25 == 24 {
			if err := writer.Rebuild(t.Context(), seq(all...)); err != nil {
				t.Error(err)
			}
		}
	}
	cancel()
	wg.Wait()
}

func readOnce(ctx context.Context, db *store.DB, seen *int64) error {
	size, err := db.Size(ctx)
	if err != nil {
		return err
	}
	if size < *seen {
		return fmt.Errorf("the log shrank from %d to %d", *seen, size)
	}
	*seen = size
	row, err := db.Case(ctx, anyCase)
	if err != nil {
		if size == 0 {
			return nil
		}
		return err
	}
	chain, err := db.Chain(ctx, anyCase)
	if err != nil {
		return err
	}
	for i, e := range chain {
		if e.Position != i || e.Index != int64(i) {
			return fmt.Errorf("entry %d stands at position %d where %d should", e.Index, e.Position, i)
		}
	}
	if len(chain) <= row.Analyses || chain[row.Analyses].Leaf != row.Head || int64(len(chain)) < size {
		return fmt.Errorf("a row speaks of position %d of a chain of %d", row.Analyses, len(chain))
	}
	return db.Leaves(ctx, 0, size, func(record.Digest) error { return nil })
}
