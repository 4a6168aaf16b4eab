package ledger

import (
	"context"
	"fmt"
	"iter"

	"solferino/casebook"
	"solferino/internal/store"
	"solferino/record"
)

// page is how many entries reindexing reads at once.
const page = 1000

// Rows folds the whole log again, in its order, and yields every row that
// follows. A later row replaces an earlier one with the same key. It stops at
// the first entry that the rules do not admit.
func Rows(ctx context.Context, db *store.DB, institution record.Subject) iter.Seq2[store.Row, error] {
	return func(yield func(store.Row, error) bool) {
		book := &casebook.Book{Institution: institution, Live: true,
			Chain: func(record.Subject, int) ([]record.Opening, error) { return nil, nil }}
		for from := int64(0); ; from += page {
			entries, err := db.Entries(ctx, from, page)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, e := range entries {
				if !yieldRows(book, e, yield) {
					return
				}
			}
			if len(entries) < page {
				return
			}
		}
	}
}

func yieldRows(book *casebook.Book, e store.Entry, yield func(store.Row, error) bool) bool {
	admitted, after, err := book.Check(e.Opening)
	if err == nil && admitted.Leaf != e.Leaf {
		err = fmt.Errorf("leaf %s is not that of its opening: %w", e.Leaf.Short(), casebook.ErrBrokenChain)
	}
	if err != nil {
		yield(nil, fmt.Errorf("entry %d: %w", e.Index, err))
		return false
	}
	for _, r := range rows(admitted, after) {
		if !yield(r, nil) {
			return false
		}
	}
	return true
}
