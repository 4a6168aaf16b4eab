package store

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite", in Go
)

// busyTimeout is how long one process waits for another to finish writing, in
// milliseconds.
const busyTimeout = "10000"

// openWriter returns the one connection that writes. FULL, because NORMAL may
// lose the last commits in a power cut, and those were acknowledged;
// secure_delete, because an erased salt must not stay in a free page.
func openWriter(path string) (*sql.DB, error) {
	db, err := openSQLite(path, url.Values{
		"_txlock": {"immediate"},
		"_pragma": {"secure_delete(1)", "cache_size(-65536)"},
	})
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// openReaders returns up to size connections that cannot write.
func openReaders(path string, size int) (*sql.DB, error) {
	db, err := openSQLite(path, url.Values{
		"_query_only": {"1"},
		"_pragma":     {"cache_size(-16384)"},
	})
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	return db, nil
}

func openSQLite(path string, settings url.Values) (*sql.DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	settings.Set("_busy_timeout", busyTimeout)
	settings.Set("_journal_mode", "WAL")
	settings.Set("_synchronous", "FULL")
	settings.Set("_foreign_keys", "1")
	settings.Set("_defensive", "1")
	settings.Set("_dqs", "0")
	settings.Set("_error_rc", "1")
	path = "/" + strings.TrimPrefix(filepath.ToSlash(path), "/")
	name := url.URL{Scheme: "file", Path: path, RawQuery: settings.Encode()}
	return sql.Open("sqlite", name.String())
}

// createPrivate makes the file of a new database, readable by its owner alone;
// the files that SQLite lays beside it follow. An existing file is not opened:
// closing it again would drop the locks that this process may hold on it.
func createPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if os.IsExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// forgetJournal moves everything from the write-ahead log into the database
// and empties it, so that no earlier version of a page is left in a file.
func forgetJournal(ctx context.Context, writer *sql.DB) error {
	var busy, pages, moved int
	err := writer.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved)
	if err != nil {
		return err
	}
	if busy != 0 {
		return fmt.Errorf("a long read holds the journal with %d pages", pages)
	}
	return nil
}
