package attribution

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"strings"
	"testing"
)

func TestNoProductIsAddedBeforeItIsRounded(t *testing.T) {
	files := token.NewFileSet()
	var parsed []*ast.File
	names, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(files, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, f)
	}
	for _, at := range fusible(files, parsed) {
		t.Errorf("%v: wrap the product in float64(), or some machines fuse it with the addition", files.Position(at))
	}
}

func TestFusibleProductsAreFound(t *testing.T) {
	// The negative control of the test above.
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, "control.go", `package p
func f(x, y, z float64, i int) float64 {
	a := x*y + z // found
	a -= (x * y) // found
	b := float64(x*y) + z
	i = i*2 + 1
	return a + b + float64(i)
}`, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := fusible(files, []*ast.File{f}); len(got) != 2 {
		t.Errorf("%d fusible products found, want 2", len(got))
	}
}

// fusible finds products that are added or subtracted as they are, unless
// they are of integers.
func fusible(files *token.FileSet, parsed []*ast.File) (found []token.Pos) {
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	lenient := types.Config{Error: func(error) {}, Importer: noImports{}}
	lenient.Check("p", files, parsed, info) // what it cannot type counts as a product of floats
	product := func(e ast.Expr) {
		m, ok := ast.Unparen(e).(*ast.BinaryExpr)
		if !ok || m.Op != token.MUL {
			return
		}
		if b, ok := info.Types[m].Type.(*types.Basic); ok && b.Info()&types.IsInteger != 0 {
			return
		}
		if info.Types[m].Value == nil { // constants are exact
			found = append(found, m.Pos())
		}
	}
	for _, f := range parsed {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BinaryExpr:
				if n.Op == token.ADD || n.Op == token.SUB {
					product(n.X)
					product(n.Y)
				}
			case *ast.AssignStmt:
				if n.Tok == token.ADD_ASSIGN || n.Tok == token.SUB_ASSIGN {
					product(n.Rhs[0])
				}
			}
			return true
		})
	}
	return found
}

type noImports struct{}

func (noImports) Import(string) (*types.Package, error) { return nil, errors.New("not needed") }
