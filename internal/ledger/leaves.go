package ledger

import (
	"context"
	"errors"
	"fmt"

	"solferino/internal/store"
	"solferino/internal/tlog"
	"solferino/record"
)

// Leaves gives the public log what the database holds of it: see [tlog.Store].
type Leaves struct {
	DB *store.DB
}

// Size returns the number of entries.
func (l Leaves) Size(ctx context.Context) (int64, error) { return l.DB.Size(ctx) }

// Leaves yields the leaves of the entries from ≤ i < to, in order.
func (l Leaves) Leaves(ctx context.Context, from, to int64, yield func(record.Digest) error) error {
	return l.DB.Leaves(ctx, from, to, yield)
}

// Head returns the last signed head, or the zero Head.
func (l Leaves) Head(ctx context.Context) (tlog.Head, error) {
	h, err := l.DB.Head(ctx)
	return tlog.Head(h), err
}

// SwapHead replaces the head if it is still the one given.
func (l Leaves) SwapHead(ctx context.Context, from, to tlog.Head) error {
	err := l.DB.SwapHead(ctx, store.Head(from), store.Head(to))
	if errors.Is(err, store.ErrForked) {
		return fmt.Errorf("%w: %w", tlog.ErrForked, err)
	}
	return err
}
