package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

//go:embed query/*.sql
var queryFiles embed.FS

// readQueries returns the text of every query by the name of its file.
func readQueries() (map[string]string, error) {
	files, err := fs.Glob(queryFiles, "query/*.sql")
	if err != nil {
		return nil, err
	}
	texts := make(map[string]string)
	for _, f := range files {
		b, err := queryFiles.ReadFile(f)
		if err != nil {
			return nil, err
		}
		texts[strings.TrimSuffix(path.Base(f), ".sql")] = string(b)
	}
	return texts, nil
}

func (p *pool) prepare(ctx context.Context) error {
	texts, err := readQueries()
	if err != nil {
		return err
	}
	p.query = make(map[string]*sql.Stmt)
	for name, text := range texts {
		if p.query[name], err = p.PrepareContext(ctx, text); err != nil {
			return fmt.Errorf("query %s: %w", name, err)
		}
	}
	return nil
}

// named returns a query. A name without a file is a mistake in this package.
func (p pool) named(name string) *sql.Stmt {
	q, ok := p.query[name]
	if !ok {
		panic("store: no file query/" + name + ".sql")
	}
	return q
}

func (tx transaction) named(ctx context.Context, name string) *sql.Stmt {
	if tx.query[name] == nil {
		tx.query[name] = tx.StmtContext(ctx, tx.of.named(name))
	}
	return tx.query[name]
}

// exec runs a query and returns how many lines it wrote.
func (tx transaction) exec(ctx context.Context, name string, args ...any) (int64, error) {
	plain, err := values(args)
	if err != nil {
		return 0, err
	}
	done, err := tx.named(ctx, name).ExecContext(ctx, plain...)
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}

// collect returns the lines that a query finds, each read into the columns of
// a T.
func collect[T any](ctx context.Context, q *sql.Stmt, columns func(*T) []any, args ...any) ([]T, error) {
	var list []T
	err := each(ctx, q, columns, func(item T) error {
		list = append(list, item)
		return nil
	}, args...)
	return list, err
}

// page is collect with a limit, which comes last.
func page[T any](ctx context.Context, q *sql.Stmt, columns func(*T) []any, limit int, args ...any) ([]T, error) {
	if limit < 1 {
		return nil, errors.New("a page has room for one at least")
	}
	return collect(ctx, q, columns, append(args, int64(limit))...)
}

// each calls do with the lines that a query finds, one after another.
func each[T any](ctx context.Context, q *sql.Stmt, columns func(*T) []any, do func(T) error, args ...any) error {
	plain, err := values(args)
	if err != nil {
		return err
	}
	rows, err := q.QueryContext(ctx, plain...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var item T
		if err := rows.Scan(columns(&item)...); err != nil {
			return err
		}
		if err := do(item); err != nil {
			return err
		}
	}
	return rows.Err()
}

// only returns the one line of a list, or whether there is none.
func only[T any](list []T, err error) (T, bool, error) {
	if err != nil || len(list) == 0 {
		return *new(T), false, err
	}
	return list[0], true, nil
}
