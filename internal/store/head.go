package store

import (
	"context"
	"fmt"
)

// A Head is the last checkpoint of the log that was signed: the size and the
// root of its tree, and the note as it was signed. The zero Head stands for
// none.
type Head struct {
	Size int64
	Root [32]byte
	Note []byte
}

func (h *Head) columns() []any { return []any{&h.Size, fixed{&h.Root}, &h.Note} }

func (h Head) none() bool { return h.Size == 0 && h.Root == [32]byte{} && len(h.Note) == 0 }

// Head returns the last signed checkpoint, or the zero Head before the first.
func (db *DB) Head(ctx context.Context) (Head, error) {
	h, _, err := only(collect(ctx, db.read.named("head"), (*Head).columns))
	if err != nil {
		return Head{}, fmt.Errorf("head of the log: %w", err)
	}
	return h, nil
}

// SwapHead puts one signed checkpoint in the place of another. The error wraps
// [ErrForked] if the one in place is not from, to the last bit of its note, or
// if to goes back: to a smaller tree, to another root of the same size, or to
// more entries than there are.
func (db *DB) SwapHead(ctx context.Context, from, to Head) error {
	if len(to.Note) == 0 {
		return fmt.Errorf("head of size %d without a note", to.Size)
	}
	if to.Size < from.Size || (to.Size == from.Size && to.Root != from.Root && !from.none()) {
		return fmt.Errorf("head of size %d, root %x after size %d, root %x: %w", to.Size, to.Root[:4], from.Size, from.Root[:4], ErrForked)
	}
	return db.update(ctx, func(ctx context.Context, tx transaction) error {
		entries, err := size(ctx, tx.named(ctx, "entry_size"))
		if err != nil {
			return err
		}
		if to.Size > entries {
			return fmt.Errorf("head of size %d over %d entries: %w", to.Size, entries, ErrForked)
		}
		return tx.swapHead(ctx, from, to)
	})
}

func (tx transaction) swapHead(ctx context.Context, from, to Head) error {
	name, args := "head_swap", append(to.columns(), from.columns()...)
	if from.none() {
		name, args = "head_first", to.columns()
	}
	n, err := tx.exec(ctx, name, args...)
	if err != nil {
		return fmt.Errorf("head of size %d: %w", to.Size, err)
	}
	if n != 1 {
		return fmt.Errorf("head of size %d: the one before is not size %d, root %x: %w", to.Size, from.Size, from.Root[:4], ErrForked)
	}
	return nil
}
