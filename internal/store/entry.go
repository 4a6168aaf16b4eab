package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"solferino/record"
)

// An Entry is one line of the log: an opening, its leaf, and the parts of it by
// which it is found. The store takes the caller's word for them; it does not
// read the envelope or the record.
type Entry struct {
	record.Opening
	ID       record.ID
	Subject  record.Subject
	Position int // among the entries of the subject, from 0
	Kind     string
	Actor    record.Subject
	At       time.Time // UTC, whole seconds
	Leaf     record.Digest
	// Erased means that the salt was destroyed. The opening has none and does
	// not lead to the leaf any more; everything else is there.
	Erased bool
}

func (e *Entry) columns() []any {
	return []any{
		&e.Index, hexed[record.ID]{&e.ID}, &e.Subject, &e.Position, &e.Kind, &e.Actor, seconds{&e.At},
		digest(&e.Leaf), salt{e}, &e.Envelope, &e.Record, &e.Signature,
	}
}

// A place is an entry without its content.
type place struct {
	index    int64
	leaf     record.Digest
	position int
}

func (p *place) indexAndLeaf() []any { return []any{&p.index, digest(&p.leaf)} }

func (p *place) leafAndPosition() []any { return []any{digest(&p.leaf), &p.position} }

// Size returns the number of entries, which is the index of the next one.
func (db *DB) Size(ctx context.Context) (int64, error) {
	return size(ctx, db.read.named("entry_size"))
}

func size(ctx context.Context, q *sql.Stmt) (n int64, err error) {
	if err := q.QueryRowContext(ctx).Scan(&n); err != nil {
		return 0, fmt.Errorf("size of the log: %w", err)
	}
	return n, nil
}

// ByID returns the entry of the record with this id, and whether there is one.
// Of an erased entry it returns what is left, with an error that wraps
// [ErrErased].
func (db *DB) ByID(ctx context.Context, id record.ID) (Entry, bool, error) {
	if _, err := value(hexed[record.ID]{&id}); err != nil {
		return Entry{}, false, nil // no entry has such an id
	}
	e, ok, err := only(collect(ctx, db.read.named("entry_by_id"), (*Entry).columns, hexed[record.ID]{&id}))
	if err != nil {
		return Entry{}, false, fmt.Errorf("entry with id %s: %w", id, err)
	}
	return e, ok, e.unlessErased()
}

// At returns the entry at an index. Of an erased entry it returns what is left,
// with an error that wraps [ErrErased].
func (db *DB) At(ctx context.Context, index int64) (Entry, error) {
	e, ok, err := only(db.Entries(ctx, index, 1))
	if err != nil {
		return Entry{}, err
	}
	if !ok || e.Index != index {
		return Entry{}, fmt.Errorf("entry %d: %w", index, ErrNotFound)
	}
	return e, e.unlessErased()
}

func (e Entry) unlessErased() error {
	if e.Erased {
		return fmt.Errorf("entry %d: %w", e.Index, ErrErased)
	}
	return nil
}

// Chain returns all entries of a subject in the order of their positions.
// Erased ones are among them, marked: they must still be folded.
func (db *DB) Chain(ctx context.Context, subject record.Subject) ([]Entry, error) {
	list, err := collect(ctx, db.read.named("entry_chain"), (*Entry).columns, subject)
	if err != nil {
		return nil, fmt.Errorf("chain of %s: %w", subject, err)
	}
	return list, nil
}

// SubjectHead returns the leaf and the position of the last entry of a
// subject, and whether it has any.
func (db *DB) SubjectHead(ctx context.Context, subject record.Subject) (leaf record.Digest, position int, ok bool, err error) {
	p, ok, err := only(collect(ctx, db.read.named("entry_last"), (*place).leafAndPosition, subject))
	if err != nil {
		return "", 0, false, fmt.Errorf("head of %s: %w", subject, err)
	}
	return p.leaf, p.position, ok, nil
}

// Entries returns up to limit entries from an index on. Erased ones are among
// them, marked.
func (db *DB) Entries(ctx context.Context, from int64, limit int) ([]Entry, error) {
	list, err := page(ctx, db.read.named("entry_page"), (*Entry).columns, limit, from)
	if err != nil {
		return nil, fmt.Errorf("entries from %d: %w", from, err)
	}
	return list, nil
}

// Leaves calls yield with the leaves from index from up to before index to, in
// order, and stops at its first error. One connection is held meanwhile.
func (db *DB) Leaves(ctx context.Context, from, to int64, yield func(record.Digest) error) error {
	next := from
	check := func(p place) error {
		if p.index != next {
			return fmt.Errorf("leaf %d is followed by leaf %d: %w", next-1, p.index, ErrGap)
		}
		next++
		return yield(p.leaf)
	}
	err := each(ctx, db.read.named("entry_leaves"), (*place).indexAndLeaf, check, from, to)
	if err != nil {
		return fmt.Errorf("leaves %d to %d: %w", from, to, err)
	}
	if next < to {
		return fmt.Errorf("leaf %d: %w", next, ErrNotFound)
	}
	return nil
}

// Erase destroys the salts of entries, so that nobody who does not know them
// can show or test what the leaves commit to. The leaves stay. When it returns
// without an error, no file of the store holds the salts; what the file system
// or the disk keep of overwritten files is out of its reach. It may be
// repeated, and has to be after an error.
func (db *DB) Erase(ctx context.Context, indexes ...int64) error {
	err := db.update(ctx, func(ctx context.Context, tx transaction) error {
		for _, index := range indexes {
			n, err := tx.exec(ctx, "entry_erase", index)
			if err == nil && n == 0 {
				err = ErrNotFound
			}
			if err != nil {
				return fmt.Errorf("erase entry %d: %w", index, err)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := forgetJournal(ctx, db.write.DB); err != nil {
		return fmt.Errorf("erase entries %d, which are closed but not yet gone from the files: %w", indexes, err)
	}
	return nil
}
