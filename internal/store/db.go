package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
)

// A DB is an open store. It may be used by many goroutines: one writes at a
// time, the others wait their turn; reads go on beside it, each seeing what
// was committed when it began.
type DB struct {
	write pool // one connection
	read  pool
}

// A pool is connections of one kind with every query prepared on them.
type pool struct {
	*sql.DB
	query map[string]*sql.Stmt
}

// Open opens the store in the file at path, which is made if it is not there,
// readable by its owner alone, and brings its schema up to date. A store whose
// schema this program does not know is refused. Several processes may have one
// store open, on one machine; SQLite lays two more files beside it.
//
// A process that has a store open must not open and close its files in another
// way, not even to copy them: the system would drop SQLite's locks.
func Open(ctx context.Context, path string) (*DB, error) {
	db, err := open(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("open the store %s: %w", path, err)
	}
	return db, nil
}

func open(ctx context.Context, path string) (_ *DB, err error) {
	if err := createPrivate(path); err != nil {
		return nil, err
	}
	db := new(DB)
	defer func() {
		if err != nil {
			err = errors.Join(err, db.Close())
		}
	}()
	if db.write.DB, err = openWriter(path); err != nil {
		return nil, err
	}
	if err := migrate(ctx, db.write.DB); err != nil {
		return nil, err
	}
	if db.read.DB, err = openReaders(path, max(4, 2*runtime.NumCPU())); err != nil {
		return nil, err
	}
	for _, p := range []*pool{&db.write, &db.read} {
		if err := p.prepare(ctx); err != nil {
			return nil, err
		}
	}
	return db, nil
}

// Close waits for what is under way and closes the store.
func (db *DB) Close() error {
	var errs []error
	for _, p := range []pool{db.read, db.write} {
		if p.DB != nil {
			errs = append(errs, p.DB.Close())
		}
	}
	return errors.Join(errs...)
}

// A transaction is the writer's turn. One goroutine uses it.
type transaction struct {
	*sql.Tx
	of    pool
	query map[string]*sql.Stmt // those used so far, bound to the transaction
}

// update runs do in one transaction and commits it, or leaves nothing of it.
// It waits for its turn as long as ctx lasts; once begun it is not interrupted,
// because a batch carries the acts of many.
func (db *DB) update(ctx context.Context, do func(context.Context, transaction) error) error {
	conn, err := db.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("wait for the writer: %w", err)
	}
	defer conn.Close()
	ctx = context.WithoutCancel(ctx)
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin to write: %w", err)
	}
	defer tx.Rollback() // of nothing, after the commit
	if err := do(ctx, transaction{tx, db.write, make(map[string]*sql.Stmt)}); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}
