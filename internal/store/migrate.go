package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strconv"

	"solferino/record"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// A migration is one file of schema/, applied once.
type migration struct {
	version int
	name    string
	digest  record.Digest
	text    string
}

func (m *migration) columns() []any {
	return []any{&m.version, &m.name, digest(&m.digest)}
}

// readMigrations returns the files of schema/ in order. The first makes the
// table of migrations itself.
func readMigrations() ([]migration, error) {
	files, err := fs.Glob(schemaFiles, "schema/*.sql")
	if err != nil {
		return nil, err
	}
	var list []migration
	for i, f := range files {
		b, err := schemaFiles.ReadFile(f)
		if err != nil {
			return nil, err
		}
		name := path.Base(f)
		if n, err := strconv.Atoi(name[:4]); err != nil || n != i {
			return nil, fmt.Errorf("schema %s stands where %04d should", name, i)
		}
		list = append(list, migration{i, name, record.Sum(b), string(b)})
	}
	return list, nil
}

// migrate applies, in one transaction, what has not been applied.
func migrate(ctx context.Context, db *sql.DB) error {
	known, err := readMigrations()
	if err != nil {
		return err
	}
	query, err := readQueries()
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // of nothing, after the commit
	if _, err := tx.ExecContext(ctx, known[0].text); err != nil {
		return err
	}
	list, err := tx.PrepareContext(ctx, query["migration_list"])
	if err != nil {
		return err
	}
	done, err := collect(ctx, list, (*migration).columns)
	if err != nil {
		return err
	}
	todo, err := pending(known[1:], done)
	if err != nil {
		return err
	}
	for _, m := range todo {
		if err := m.apply(ctx, tx, query["migration_put"]); err != nil {
			return fmt.Errorf("schema %s: %w", m.name, err)
		}
	}
	return tx.Commit()
}

// pending returns what of known is not done yet, if what is done is known.
func pending(known, done []migration) ([]migration, error) {
	for i, d := range done {
		if i >= len(known) {
			return nil, fmt.Errorf("schema %s is of a newer program", d.name)
		}
		if k := known[i]; d.version != k.version || d.digest != k.digest {
			return nil, fmt.Errorf("schema %s is not the %s of this program", d.name, k.name)
		}
	}
	return known[len(done):], nil
}

func (m migration) apply(ctx context.Context, tx *sql.Tx, note string) error {
	if _, err := tx.ExecContext(ctx, m.text); err != nil {
		return err
	}
	args, err := values(m.columns())
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, note, args...)
	return err
}
