package solferino_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// forbidden says what the rooms that decide may not import, and why.
var forbidden = map[string]string{
	"solferino/internal": "what decides does not know how the machine does it",
	"os":                 "a rule reads no disk and no environment: bytes in, bytes out",
	"io/fs":              "a rule reads no disk",
	"io/ioutil":          "a rule reads no disk",
	"net":                "a rule asks no network",
	"database/sql":       "a rule knows no table",
	"syscall":            "a rule does not know the machine",
	"os/exec":            "a rule runs no program",
	"math/rand":          "a rule draws nothing: chance comes in as bytes that others can check",
	"math/rand/v2":       "a rule draws nothing: chance comes in as bytes that others can check",
	"crypto/rand":        "a rule draws nothing: chance comes in as bytes that others can check",
	"log":                "a rule does not log: it returns",
	"log/slog":           "a rule does not log: it returns",
	"unsafe":             "a rule is recomputed on other machines",
}

// allowed are the modules that the rooms that decide may use: signatures, notes
// and tree arithmetic, strict JSON. Whoever adds one says here why it is pure.
var allowed = map[string]string{
	"github.com/go-json-experiment/json":  "strict JSON",
	"github.com/hiddeco/sshsig":           "SSH signatures",
	"golang.org/x/crypto/ssh":             "SSH keys",
	"golang.org/x/mod/sumdb/note":         "signed notes",
	"golang.org/x/mod/sumdb/tlog":         "tree arithmetic",
	"github.com/transparency-dev/formats": "notes, cosignatures, policies",
	"github.com/transparency-dev/merkle":  "tree arithmetic",
	"solferino":                           "the house itself",
}

// machine are the folders at the root that are not rooms which decide.
var machine = []string{"internal", "cmd", "test", "docs", "changelog"}

// Who decides and who does: the rooms at the root are pure, so that a state's
// lawyer can recompute on any machine what the institution claims.
func TestRoomsAtTheRootArePure(t *testing.T) {
	for _, file := range rootFiles(t) {
		for _, path := range importsOf(t, file) {
			if why, bad := forbiddenImport(path); bad {
				t.Errorf("%s imports %s: %s", file, path, why)
			}
		}
		for _, call := range impureCalls(t, file) {
			t.Errorf("%s calls %s: a rule has no clock; time comes in as a value", file, call)
		}
	}
}

// Directions between the rooms: what stands higher may know what stands lower.
func TestRoomsKnowOnlyWhatStandsBelow(t *testing.T) {
	level := map[string]int{"record": 0, "proof": 1, "party": 1, "convention": 2, "evidence": 2, "attribution": 2,
		"review": 2, "finding": 2, "casebook": 3, "verify": 4, "demo": 4}
	for _, file := range rootFiles(t) {
		room := strings.Split(file, string(filepath.Separator))[0]
		own, known := level[room]
		if !known {
			t.Errorf("room %s has no place in the house: give it one here and in docs/design.md", room)
			continue
		}
		for _, path := range importsOf(t, file) {
			other, ours := strings.CutPrefix(path, "solferino/")
			if !ours || strings.HasPrefix(other, "internal/") {
				continue
			}
			other = strings.Split(other, "/")[0]
			if other != room && level[other] >= own {
				t.Errorf("%s imports %s, which does not stand below %s", file, other, room)
			}
		}
	}
}

// The machine: store knows records and rows only, formats know rules only, and
// nobody but the command line constructs.
func TestMachineDirections(t *testing.T) {
	deny := map[string][]string{
		"internal/store":  {"internal/ledger", "internal/cli", "internal/portal", "internal/tlog", "internal/blob", "casebook", "review", "finding"},
		"internal/blob":   {"internal/ledger", "internal/cli", "internal/portal", "internal/store", "internal/tlog", "casebook"},
		"internal/tlog":   {"internal/ledger", "internal/cli", "internal/portal", "internal/store", "internal/blob", "casebook"},
		"internal/format": {"internal/ledger", "internal/cli", "internal/portal", "internal/store", "internal/tlog", "internal/blob"},
		"internal/ledger": {"internal/cli", "internal/portal"},
		"internal/portal": {"internal/cli"},
	}
	for room, banned := range deny {
		for _, file := range goFiles(t, room) {
			for _, path := range importsOf(t, file) {
				for _, b := range banned {
					if path == "solferino/"+b || strings.HasPrefix(path, "solferino/"+b+"/") {
						t.Errorf("%s imports %s: %s does not know it", file, path, room)
					}
				}
			}
		}
	}
}

func forbiddenImport(path string) (why string, bad bool) {
	for p, why := range forbidden {
		if path == p || strings.HasPrefix(path, p+"/") && p != "os" && p != "log" {
			return why, true
		}
	}
	if !strings.Contains(path, ".") {
		return "", false
	}
	for p := range allowed {
		if path == p || strings.HasPrefix(path, p+"/") {
			return "", false
		}
	}
	return "it is not on the list of pure modules in house_test.go", true
}

// impureCalls finds uses of the clock.
func impureCalls(t *testing.T, file string) []string {
	var found []string
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "Sleep", "After", "Tick", "NewTimer"}, sel.Sel.Name) {
			found = append(found, "time."+sel.Sel.Name)
		}
		return true
	})
	return found
}

// rootFiles returns the Go files of the rooms at the root, without tests.
func rootFiles(t *testing.T) []string {
	var list []string
	dirs, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range dirs {
		if d.IsDir() && !strings.HasPrefix(d.Name(), ".") && !slices.Contains(machine, d.Name()) {
			list = append(list, goFiles(t, d.Name())...)
		}
	}
	if len(list) < 50 {
		t.Fatalf("only %d files were looked at", len(list))
	}
	return list
}

func goFiles(t *testing.T, dir string) []string {
	var list []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			list = append(list, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func importsOf(t *testing.T, file string) []string {
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, i := range f.Imports {
		path, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, path)
	}
	return list
}

// The guard itself is guarded: it finds what it forbids.
func TestGuardBites(t *testing.T) {
	for path, want := range map[string]bool{
		"os": true, "net/http": true, "solferino/internal/store": true, "example.org/x": true, "math/rand/v2": true,
		"solferino/record": false, "crypto/sha256": false, "embed": false, "golang.org/x/mod/sumdb/note": false,
	} {
		if _, got := forbiddenImport(path); got != want {
			t.Errorf("forbiddenImport(%q) = %v, want %v", path, got, want)
		}
	}
}
