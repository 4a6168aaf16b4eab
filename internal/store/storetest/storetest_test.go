package storetest

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"solferino/internal/store"
)

// TestNothingChangesUnseen is the control of the suite: whatever one value or
// one line in the file of a store is changed to behind its back, some read has
// to differ from the model.
func TestNothingChangesUnseen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "solferino.db")
	db, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	m := filled(t, db)
	file := behindItsBack(t, path)
	for table, columns := range tablesOf(t, file) {
		if strings.HasPrefix(table, "sqlite_") || table == "migration" {
			continue
		}
		last := " WHERE rowid = (SELECT MAX(rowid) FROM " + table + ")"
		changes := []string{"DELETE FROM " + table + last}
		for column, kind := range columns {
			changes = append(changes, fmt.Sprintf("UPDATE %s SET %s = %s", table, column, other(column, kind))+last)
		}
		for _, change := range changes {
			undo := changed(t, file, table, change)
			if m.diff(t.Context(), db, 2) == "" {
				t.Errorf("nobody sees %s", change)
			}
			undo()
			if diff := m.diff(t.Context(), db, 2); diff != "" {
				t.Fatalf("not undone: %s\n%s", change, diff)
			}
		}
	}
}

func filled(t *testing.T, db *store.DB) *model {
	t.Helper()
	m := &model{head: head(3, "root")}
	for n := range 4 {
		mustAppend(t, db, batchOf(n), oneOfEach(n)...)
		m.entries = append(m.entries, batchOf(n)...)
		m.put(oneOfEach(n)...)
	}
	if err := db.SwapHead(t.Context(), store.Head{}, m.head); err != nil {
		t.Fatal(err)
	}
	if diff := m.diff(t.Context(), db, 2); diff != "" {
		t.Fatal(diff)
	}
	return m
}

// behindItsBack opens the file without the store's precautions.
func behindItsBack(t *testing.T, path string) *sql.DB {
	t.Helper()
	file, err := sql.Open("sqlite", path+"?_pragma=ignore_check_constraints(1)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	file.SetMaxOpenConns(1)
	for _, name := range column[string](t, file, "SELECT name FROM sqlite_schema WHERE type = 'trigger'") {
		do(t, file, "DROP TRIGGER "+name)
	}
	return file
}

// tablesOf returns the columns of every table with their types.
func tablesOf(t *testing.T, file *sql.DB) map[string]map[string]string {
	t.Helper()
	tables := make(map[string]map[string]string)
	for _, table := range column[string](t, file, "SELECT name FROM sqlite_schema WHERE type = 'table'") {
		tables[table] = make(map[string]string)
		for _, c := range column[string](t, file, "SELECT name || ' ' || type FROM pragma_table_info('"+table+"')") {
			name, kind, _ := strings.Cut(c, " ")
			if name != "one" { // the key of the one line of the head says nothing
				tables[table][name] = kind
			}
		}
	}
	return tables
}

func other(column, kind string) string {
	switch {
	case kind == "INTEGER":
		return column + " + 1"
	case kind == "BLOB":
		return "randomblob(length(" + column + "))"
	case column == "victims" || column == "roles":
		return `'["XX"]'`
	}
	return column + " || 'x'"
}

// changed changes one line and returns how to take it back.
func changed(t *testing.T, file *sql.DB, table, change string) (undo func()) {
	t.Helper()
	do(t, file, "CREATE TEMP TABLE kept AS SELECT * FROM "+table)
	do(t, file, change)
	return func() {
		do(t, file, "DELETE FROM "+table)
		do(t, file, "INSERT INTO "+table+" SELECT * FROM kept")
		do(t, file, "DROP TABLE kept")
	}
}

func do(t *testing.T, file *sql.DB, text string) {
	t.Helper()
	if _, err := file.ExecContext(t.Context(), text); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

func column[T any](t *testing.T, file *sql.DB, text string) (list []T) {
	t.Helper()
	rows, err := file.QueryContext(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var v T
		if err := rows.Scan(&v); err != nil {
			t.Fatal(err)
		}
		list = append(list, v)
	}
	return list
}
