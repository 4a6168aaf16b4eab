package store

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"solferino/record"
)

func openTemp(t testing.TB) *DB {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "solferino.db"))
}

func openAt(t testing.TB, path string) *DB {
	t.Helper()
	db, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// appendSamples appends n entries, each in a batch of its own with the row of
// its case.
func appendSamples(t testing.TB, db *DB, from, n, size int) {
	t.Helper()
	for i := from; i < from+n; i++ {
		e := sampleEntry(i, bytes.Repeat([]byte("r"), size))
		row := CaseRow{Case: e.Subject, Opened: e.At, Head: e.Leaf}
		if err := db.Append(t.Context(), []Entry{e}, []Row{row}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestConnectionsAreSetUp(t *testing.T) {
	db := openTemp(t)
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": busyTimeout,
	} {
		for name, p := range map[string]pool{"writer": db.write, "reader": db.read} {
			var got string
			if err := p.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
				t.Errorf("%s: PRAGMA %s = %s (%v), want %s", name, pragma, got, err, want)
			}
		}
	}
	if _, err := db.read.ExecContext(t.Context(), "DELETE FROM case_row"); err == nil {
		t.Error("a reader writes")
	}
}

func TestFileIsPrivateAndMayHaveAnyName(t *testing.T) {
	path := filepath.Join(t.TempDir(), "what? 100% #1 ä.db")
	appendSamples(t, openAt(t, path), 0, 1, 10)
	files, err := filepath.Glob(filepath.Dir(path) + "/*")
	if err != nil || len(files) != 3 {
		t.Errorf("files %q (%v), want the database, its journal and its index", files, err)
	}
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil || info.Mode().Perm() != 0o600 || !strings.HasPrefix(f, path) {
			t.Errorf("%s has mode %v (%v)", f, info.Mode(), err)
		}
	}
}

func TestShellCannotRewriteTheLog(t *testing.T) {
	db := openTemp(t)
	appendSamples(t, db, 0, 3, 10)
	if err := db.SwapHead(t.Context(), Head{}, Head{2, [32]byte{1}, []byte("n")}); err != nil {
		t.Fatal(err)
	}
	const columns = "(idx, id, subject, position, kind, actor, at, leaf, salt, envelope, record, signature)"
	const other = "zeroblob(16), subject, 7, kind, actor, at, leaf, salt, envelope, record, signature FROM entry"
	for _, text := range []string{
		"DELETE FROM entry",
		"DELETE FROM entry WHERE idx = 2",
		"UPDATE entry SET record = zeroblob(3)",
		"UPDATE entry SET record = zeroblob(3), salt = NULL",
		"UPDATE entry SET at = at + 1, salt = NULL",
		"UPDATE entry SET idx = 3, salt = NULL WHERE idx = 2",
		"UPDATE entry SET rowid = 3, salt = NULL WHERE idx = 2",
		"UPDATE entry SET salt = zeroblob(32) WHERE idx = 1",
		"UPDATE OR REPLACE entry SET idx = 1, salt = NULL WHERE idx = 2",
		"INSERT INTO entry " + columns + " SELECT 5, " + other + " WHERE idx = 1",
		"INSERT OR REPLACE INTO entry " + columns + " SELECT 1, " + other + " WHERE idx = 1",
		"DELETE FROM head",
		"UPDATE head SET size = 1",
		"UPDATE head SET root = zeroblob(32)",
	} {
		if _, err := db.write.ExecContext(t.Context(), text); err == nil || !strings.Contains(err.Error(), "never") && !strings.Contains(err.Error(), "gap") {
			t.Errorf("%s: %v, want a refusal", text, err)
		}
	}
	if _, err := db.write.ExecContext(t.Context(), "INSERT INTO entry "+columns+" SELECT 3, "+other+" WHERE idx = 1"); err != nil {
		t.Errorf("what differs from a refused INSERT only in its index: %v", err)
	}
}

// TestNobodyInterruptsABatch gives up while the writer has its turn.
func TestNobodyInterruptsABatch(t *testing.T) {
	db := openTemp(t)
	ctx, cancel := context.WithCancel(t.Context())
	e := sampleEntry(0, nil)
	err := db.update(ctx, func(ctx context.Context, tx transaction) error {
		cancel()
		return tx.addEntries(ctx, []Entry{e})
	})
	size, sizeErr := db.Size(t.Context())
	if err != nil || size != 1 || sizeErr != nil {
		t.Errorf("a batch given up half-way: %v, then Size() = %d, %v", err, size, sizeErr)
	}
}

// TestFullDisk lets the file grow no further in the middle of a batch, and then
// gives it room again.
func TestFullDisk(t *testing.T) {
	db := openTemp(t)
	appendSamples(t, db, 0, 10, 700)
	limit := func(pages string) {
		t.Helper()
		if _, err := db.write.ExecContext(t.Context(), "PRAGMA max_page_count = "+pages); err != nil {
			t.Fatal(err)
		}
	}
	limit("1") // no less than there are
	batch := make([]Entry, 50)
	for i := range batch {
		batch[i] = sampleEntry(10+i, make([]byte, 700))
	}
	err := db.Append(t.Context(), batch, nil)
	if err == nil || !strings.Contains(err.Error(), "full") {
		t.Errorf("Append() to a full disk = %v", err)
	}
	if size, err := db.Size(t.Context()); err != nil || size != 10 {
		t.Errorf("Size() after that = %d, %v, want 10", size, err)
	}
	limit("1000000")
	if err := db.Append(t.Context(), batch, nil); err != nil {
		t.Errorf("Append() with room again = %v", err)
	}
}

func TestLeavesSayWhereTheLogWasCut(t *testing.T) {
	db := openTemp(t)
	appendSamples(t, db, 0, 5, 10)
	for _, text := range []string{"DROP TRIGGER entry_stays", "DELETE FROM entry WHERE idx = 2"} {
		if _, err := db.write.ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	err := db.Leaves(t.Context(), 0, 5, func(record.Digest) error { return nil })
	if !errors.Is(err, ErrGap) || !strings.Contains(err.Error(), "leaf 1 is followed by leaf 3") {
		t.Errorf("Leaves() over a cut log = %v, want ErrGap", err)
	}
}

func TestOpenRefusesASchemaItDoesNotKnow(t *testing.T) {
	for name, text := range map[string]string{
		"newer program": "INSERT INTO migration VALUES (99, '0099_later.sql', zeroblob(32))",
		"edited schema": "UPDATE migration SET digest = zeroblob(32) WHERE version = 2",
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "solferino.db")
			db := openAt(t, path)
			if _, err := db.write.ExecContext(t.Context(), text); err != nil {
				t.Fatal(err)
			}
			if again, err := Open(t.Context(), path); err == nil || !strings.Contains(err.Error(), "schema 0") {
				t.Errorf("Open() = %v, %v, want an error that names the schema", again, err)
			}
		})
	}
}

func TestOpenRefusesWhatIsNoStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "letter.txt")
	if err := os.WriteFile(path, bytes.Repeat([]byte("Dear Sir or Madam, "), 300), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), path); err == nil || !strings.Contains(err.Error(), "letter.txt") {
		t.Errorf("Open(a letter) = %v, want an error that names the file", err)
	}
	if _, err := Open(t.Context(), filepath.Join(path, "x.db")); err == nil {
		t.Error("Open(below a file) succeeded")
	}
}

// TestErasedSaltIsInNoFile reads the files as a thief would. That the salt is
// found before the erasure shows that the search works.
func TestErasedSaltIsInNoFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "solferino.db")
	db := openAt(t, path)
	for i, size := range []int{0, 300, 3000, 60000} {
		appendSamples(t, db, i*10, 10, size)
	}
	gone := []int64{0, 3, 14, 25, 36, 39}
	if n := saltsFound(t, path, gone); n != len(gone) {
		t.Fatalf("%d salts found before the erasure, want %d", n, len(gone))
	}
	if err := db.Erase(t.Context(), gone...); err != nil {
		t.Fatal(err)
	}
	if n := saltsFound(t, path, gone); n != 0 {
		t.Errorf("%d salts found after the erasure", n)
	}
	if n := saltsFound(t, path, []int64{1, 15, 38}); n != 3 {
		t.Errorf("%d of 3 other salts are left", n)
	}
}

func TestEraseSaysWhenAReaderKeepsTheJournal(t *testing.T) {
	db := openTemp(t)
	appendSamples(t, db, 0, 2, 10)
	if _, err := db.write.ExecContext(t.Context(), "PRAGMA busy_timeout = 1"); err != nil {
		t.Fatal(err)
	}
	err := db.Leaves(t.Context(), 0, 2, func(record.Digest) error { return db.Erase(t.Context(), 1) })
	if err == nil || !strings.Contains(err.Error(), "not yet gone from the files") {
		t.Errorf("Erase() under a long read = %v", err)
	}
	if err := db.Erase(t.Context(), 1); err != nil {
		t.Errorf("Erase() once more = %v", err)
	}
}

func saltsFound(t *testing.T, path string, indexes []int64) (found int) {
	t.Helper()
	var all []byte
	for _, f := range []string{path, path + "-wal"} {
		b, err := os.ReadFile(copyFile(t, f, t.TempDir()))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b...)
	}
	for _, i := range indexes {
		if e := sampleEntry(int(i), nil); bytes.Contains(all, e.Salt[:]) {
			found++
		}
	}
	return found
}

// copyFile copies in a process of its own: if this one opened and closed the
// file of an open database, it would lose the locks that it holds on it.
func copyFile(t *testing.T, from, dir string) string {
	t.Helper()
	if out, err := exec.Command("cp", from, dir).CombinedOutput(); err != nil {
		t.Fatalf("cp %s: %v\n%s", from, err, out)
	}
	return filepath.Join(dir, filepath.Base(from))
}

// TestJournalCutAnywhere opens what a power cut may leave: the database with
// some first part of its journal. The log has to end with a whole batch, with
// exactly the rows that belong to it, and has to go on from there.
func TestJournalCutAnywhere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "solferino.db")
	db := openAt(t, path)
	rows := make(map[int64][]TableDigest)
	for n := int64(0); ; n++ {
		digest, err := db.RowDigest(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if rows[n] = digest; n == 12 {
			break
		}
		appendSamples(t, db, int(n), 1, 700)
	}
	info, err := os.Stat(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	sizes := make(map[int64]bool)
	for cut := info.Size(); cut > 0; cut -= 3001 {
		size := reopenCut(t, path, cut, rows)
		sizes[size] = true
		if cut == info.Size() && size != 12 {
			t.Errorf("the whole journal gives a log of %d, want 12", size)
		}
	}
	if len(sizes) < 10 {
		t.Errorf("cuts gave only the sizes %v", sizes)
	}
}

func reopenCut(t *testing.T, path string, cut int64, rows map[int64][]TableDigest) int64 {
	t.Helper()
	dir := t.TempDir()
	copied := copyFile(t, path, dir)
	if err := os.Truncate(copyFile(t, path+"-wal", dir), cut); err != nil {
		t.Fatal(err)
	}
	db, err := Open(t.Context(), copied)
	if err != nil {
		t.Fatalf("journal cut at %d: %v", cut, err)
	}
	defer db.Close()
	size, err := db.Size(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got, err := db.RowDigest(t.Context())
	if diff := cmp.Diff(rows[size], got); diff != "" || err != nil {
		t.Errorf("journal cut at %d: rows of a log of %d (%v) (-want +got):\n%s", cut, size, err, diff)
	}
	appendSamples(t, db, int(size), 1, 10)
	return size
}
