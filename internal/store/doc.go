// Package store keeps, in SQL, the entries of the log and the rows that follow
// from them. It knows their shape and no rule: what may be admitted is decided
// before.
//
// The table of entries is the log. It has no gaps, it only grows, and triggers
// say so to whoever comes with a shell; the one thing that can be taken out of
// it is a salt (see [DB.Erase]). Rows are read models: they are written in the
// transaction of the entries that they follow from, and can be written again
// from nothing (see [DB.Rebuild] and [DB.Compare]).
//
// When [DB.Append] returns without an error, its batch survives a power cut.
// When it returns an error, nothing of the batch is there.
//
// Every statement is one file in query/, in words that SQLite and PostgreSQL
// share. The files in schema/ are in SQLite's words; another engine needs only
// other names of types (see the test of portability) and other triggers. The
// suite in storetest says what every engine has to keep.
package store

import "errors"

var (
	// ErrGap means that an index or a position does not follow the one before.
	ErrGap = errors.New("does not follow the last one")
	// ErrDuplicate means that there is an entry with this id already.
	ErrDuplicate = errors.New("is in the log already")
	// ErrForked means that the signed head is not the one that was expected:
	// somebody else signs, or the database is not the one it was.
	ErrForked = errors.New("head of the log is not the expected one")
	// ErrNotFound means that there is no such thing.
	ErrNotFound = errors.New("not found")
	// ErrErased means that the salt of an entry was destroyed, so that its
	// opening cannot be shown any more.
	ErrErased = errors.New("salt was erased")
)
