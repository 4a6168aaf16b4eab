package store

import (
	"database/sql"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestEveryQueryPrepares needs no more than an open store: Open prepares all.
func TestEveryQueryPrepares(t *testing.T) {
	db := openTemp(t)
	files, err := filepath.Glob("query/*.sql")
	if err != nil || len(files) == 0 || len(files) != len(db.read.query) || len(files) != len(db.write.query) {
		t.Errorf("%d files, %d queries to read, %d to write (%v)", len(files), len(db.read.query), len(db.write.query), err)
	}
}

func TestEveryQueryIsUsed(t *testing.T) {
	texts, err := readQueries()
	if err != nil {
		t.Fatal(err)
	}
	named := namesInSource(t)
	for table := range tables {
		for _, what := range []string{"_put", "_all", "_clear"} {
			named[table+what] = true
			if texts[table+what] == "" {
				t.Errorf("table %s has no query %s%s", table, table, what)
			}
		}
	}
	for name := range texts {
		if !named[name] {
			t.Errorf("nobody uses query/%s.sql", name)
		}
	}
}

// namesInSource returns every string that stands in the code of the package.
func namesInSource(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	names := make(map[string]bool)
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), f, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				s, _ := strconv.Unquote(lit.Value)
				names[s] = true
			}
			return true
		})
	}
	return names
}

// TestQueriesSpeakBothTongues keeps out what only one engine understands, and
// what the house does not want: pages by OFFSET, columns that are not listed. A
// semicolon would have the driver look for a second statement behind it, and so
// parse the query anew at every use.
func TestQueriesSpeakBothTongues(t *testing.T) {
	texts, err := readQueries()
	if err != nil {
		t.Fatal(err)
	}
	unwanted := regexp.MustCompile(`(?i)\b(OFFSET|OVER|REPLACE|GLOB|PRAGMA|ROWID|RETURNING|ILIKE|NOW|BLOB|BYTEA|STRICT|AUTOINCREMENT)\b|\*|\?|::|"|;`)
	call := regexp.MustCompile(`\b(\w+)\(`)
	known := map[string]bool{"COALESCE": true, "MAX": true}
	for name, text := range texts {
		if word := unwanted.FindString(text); word != "" {
			t.Errorf("query %s says %s", name, word)
		}
		for _, m := range call.FindAllStringSubmatch(text, -1) {
			if !known[m[1]] {
				t.Errorf("query %s calls %s", name, m[1])
			}
		}
		for i := 1; i <= strings.Count(text, "$"); i++ {
			if !strings.Contains(text, "$"+strconv.Itoa(i)) {
				t.Errorf("query %s has no $%d", name, i)
			}
		}
	}
}

// TestQueriesUseAnIndex looks for lists that would be sorted or searched line
// by line.
func TestQueriesUseAnIndex(t *testing.T) {
	db := openTemp(t)
	texts, err := readQueries()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range texts {
		if !strings.HasPrefix(text, "SELECT") || strings.HasSuffix(name, "_all") || name == "migration_list" {
			continue
		}
		for _, step := range plan(t, db.read.DB, text) {
			if !strings.HasPrefix(step, "SEARCH ") {
				t.Errorf("query %s: %s", name, step)
			}
		}
	}
}

func plan(t *testing.T, db *sql.DB, text string) (steps []string) {
	t.Helper()
	args := make([]any, strings.Count(text, "$"))
	rows, err := db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+text, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	return steps
}

// inPostgreSQL writes a schema in the words of PostgreSQL. It orders text by
// bytes, as SQLite does, so that pages have the same order on both.
var inPostgreSQL = strings.NewReplacer(
	"INTEGER", "BIGINT",
	"BLOB", "BYTEA",
	"TEXT", `TEXT COLLATE "C"`,
	") STRICT;", ");",
)

// TestPostgreSQLTakesTheText asks psql, if SOLFERINO_POSTGRES says how it
// connects, to take the schema and prepare every query, and then to forget all.
func TestPostgreSQLTakesTheText(t *testing.T) {
	conninfo := os.Getenv("SOLFERINO_POSTGRES")
	if conninfo == "" {
		t.Skip("SOLFERINO_POSTGRES is not set")
	}
	script := "BEGIN;\nCREATE SCHEMA solferino_test;\nSET search_path = solferino_test;\n"
	migrations, err := readMigrations()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range migrations {
		if m.name != "0003_append_only.sql" {
			script += inPostgreSQL.Replace(m.text)
		}
	}
	texts, err := readQueries()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range texts {
		script += "PREPARE " + name + " AS " + text + ";\n"
	}
	psql := exec.Command("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", conninfo)
	psql.Stdin = strings.NewReader(script + "ROLLBACK;\n")
	if out, err := psql.CombinedOutput(); err != nil {
		t.Errorf("psql: %v\n%s", err, out)
	}
}

func TestSchemaFilesAreNumbered(t *testing.T) {
	list, err := readMigrations()
	if err != nil {
		t.Fatal(err)
	}
	files, err := fs.Glob(os.DirFS("schema"), "*")
	if err != nil || len(files) != len(list) {
		t.Errorf("%d files, %d migrations (%v)", len(files), len(list), err)
	}
}
