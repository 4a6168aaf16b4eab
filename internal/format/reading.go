// Package format holds what the readers of foreign files share: the one shape
// of what they give back, a [Reading], and the one shape of a refusal, a
// [Fault] that says where. Each format is a package of its own below this one.
package format

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"solferino/evidence"
)

// What a foreign file may hold. The numbers bound memory and time: real files
// stay far below them (a dense MISP event has 23 bytes for each JSON value).
const (
	MaxSize   = 16 << 20  // bytes of one file
	MaxDepth  = 32        // nested JSON objects and lists
	MaxTokens = 2_000_000 // names, values and brackets of JSON
	MaxText   = 8 << 10   // bytes of one value that is carried
	maxLine   = 300       // bytes of a note or an error that a reader words
	maxNames  = 2_000     // bytes of the names in one claim
	maxKinds  = 100       // lines in the list of what was skipped
)

// BOM is the byte order mark that some programs put before UTF-8.
const BOM = "\ufeff"

// ErrUnreadable is wrapped by every error of every reader. A file with an
// error yields nothing.
var ErrUnreadable = errors.New("cannot be read")

// A Reading is what one foreign file says, in our terms.
type Reading struct {
	Title        string                 // as the file has it, or ""
	Published    string                 // YYYY-MM-DD if the file says when it was published, or ""
	Observations []evidence.Observation // o1, o2, … in the order of the file, each family and value once
	Skipped      []Skip                 // sorted by What
	Claims       []Claim                // in the order of the file, each once
}

// A Skip counts things of one kind that the file holds and the Reading does
// not, so that nobody takes a Reading for the whole file.
type Skip struct {
	What  string `json:"what"`
	Count int    `json:"count"`
}

// A Claim is what the file says about who did it. Claims are never
// observations: an analysis that took them for evidence would hear its own
// echo.
type Claim struct {
	Names string `json:"names"` // the name and then its aliases, parted by "; ", as many as fit in 2000 bytes
	Basis string `json:"basis"` // where in the file it is said
}

// A Draft is a Reading in the making. Its zero value is ready for use.
type Draft struct {
	Title, Published string

	list    []evidence.Observation
	seen    map[[2]string]bool // family and value
	skipped map[string]int
	claims  []Claim
	claimed map[Claim]bool
	full    bool
}

// Observe adds o under the next id. An empty value, one longer than [MaxText],
// one with control characters (which no store or page carries safely) and one
// that stands in the Draft already are counted as skipped instead.
func (d *Draft) Observe(o evidence.Observation) {
	o.Value = strings.TrimSpace(o.Value)
	key := [2]string{o.Family, o.Value}
	switch {
	case o.Value == "":
		d.Skip("empty value")
	case len(o.Value) > MaxText:
		d.Skip(fmt.Sprintf("value longer than %d bytes", MaxText))
	case strings.ContainsFunc(o.Value, unicode.IsControl):
		d.Skip("value with control characters")
	case d.seen[key]:
		d.Skip("repeated value")
	case len(d.list) == evidence.MaxObservations:
		d.full = true
	default:
		d.seen = put(d.seen, key, true)
		o.ID, o.Note = fmt.Sprintf("o%d", len(d.list)+1), oneLine(o.Note, MaxText)
		d.list = append(d.list, o)
	}
}

// Skip counts one thing that is not carried. Kinds beyond the hundredth are
// counted together, because a hostile file can make up as many as it likes.
func (d *Draft) Skip(what string) { d.SkipMany(what, 1) }

// SkipMany counts n things that are not carried.
func (d *Draft) SkipMany(what string, n int) {
	if n <= 0 {
		return
	}
	what = OneLine(what)
	if d.skipped[what] == 0 && len(d.skipped) >= maxKinds {
		what = "further kinds"
	}
	d.skipped = put(d.skipped, what, d.skipped[what]+n)
}

// Claim notes who the file says did it: a name with its aliases, and where the
// file says so. Without a name it is counted as skipped.
func (d *Draft) Claim(basis, name string, aliases ...string) {
	c := Claim{joined(append([]string{name}, aliases...)), OneLine(basis)}
	switch {
	case c.Names == "":
		d.Skip("claim without a name")
	case !d.claimed[c]:
		d.claimed = put(d.claimed, c, true)
		d.claims = append(d.claims, c)
	}
}

// joined puts names in a row, each once, as many as have room.
func joined(names []string) string {
	var row []string
	for room := maxNames; room > 0 && len(names) > 0; names = names[1:] {
		n := strings.TrimSpace(names[0])
		if room--; n != "" && !slices.Contains(row, n) {
			row = append(row, n)
			room -= len(n) + 1
		}
	}
	return oneLine(strings.Join(row, "; "), maxNames)
}

// Reading returns what was gathered. ok is false if the file held more than
// [evidence.MaxObservations] observations.
func (d *Draft) Reading() (r Reading, ok bool) {
	if d.full {
		return Reading{}, false
	}
	r = Reading{Title: OneLine(d.Title), Published: d.Published, Observations: d.list, Claims: d.claims}
	for what, n := range maps.All(d.skipped) {
		r.Skipped = append(r.Skipped, Skip{what, n})
	}
	slices.SortFunc(r.Skipped, func(a, b Skip) int { return cmp.Compare(a.What, b.What) })
	return r, true
}

func put[K comparable, V any](m map[K]V, k K, v V) map[K]V {
	if m == nil {
		m = make(map[K]V)
	}
	m[k] = v
	return m
}

// OneLine makes foreign text fit to stand in a note or an error: one line,
// valid UTF-8, no control characters, at most 300 bytes.
func OneLine(s string) string { return oneLine(s, maxLine) }

func oneLine(s string, limit int) string {
	if len(s) > limit {
		n := limit - len("…")
		for n > 0 && !utf8.RuneStart(s[n]) {
			n--
		}
		s = s[:n] + "…"
	}
	s = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return ' '
		}
		return c
	}, s)
	return strings.TrimSpace(s)
}

// A Fault says what is wrong with a file and where. It wraps [ErrUnreadable].
type Fault struct {
	Format       string // as "misp"
	Line, Column int    // from 1; the column counts characters
	Offset       int64  // in bytes, from 0
	Says         string // what was expected, and what stands there
	Hint         string // what to do about it, or ""
}

func (f *Fault) Error() string {
	s := fmt.Sprintf("%s: %v: line %d, column %d, byte %d: %s", f.Format, ErrUnreadable, f.Line, f.Column, f.Offset, f.Says)
	if f.Hint != "" {
		s += "; hint: " + f.Hint
	}
	return s
}

func (f *Fault) Unwrap() error { return ErrUnreadable }

// A File is a foreign file held whole, so that every error can say where.
type File struct {
	Format string
	Bytes  []byte
}

// Open reads a file of at most [MaxSize] bytes.
func Open(name string, r io.Reader) (File, error) {
	b, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	f := File{name, b}
	if err != nil {
		return File{}, fmt.Errorf("%s: %w: after %d bytes: %w", name, ErrUnreadable, len(b), err)
	}
	if len(b) > MaxSize {
		return File{}, f.Fault(MaxSize, fmt.Sprintf("expected at most %d MiB", MaxSize>>20), "split the file")
	}
	return f, nil
}

// OpenJSON reads a file as Open does and makes sure that it is one JSON value
// which everybody reads alike: valid UTF-8, no broken surrogates, no member
// twice in an object, nothing behind it, within [MaxDepth] and [MaxTokens].
func OpenJSON(name string, r io.Reader) (File, error) {
	f, err := Open(name, r)
	if err != nil {
		return File{}, err
	}
	if err := f.checkJSON(); err != nil {
		return File{}, err
	}
	return f, nil
}

func (f File) checkJSON() error {
	dec := jsontext.NewDecoder(bytes.NewBuffer(f.Bytes))
	for n := 0; ; n++ {
		_, err := dec.ReadToken()
		at := dec.InputOffset()
		switch {
		case err == io.EOF && n > 0:
			return nil
		case err != nil:
			return f.syntax(err)
		case dec.StackDepth() > MaxDepth:
			return f.Fault(at-1, fmt.Sprintf("expected at most %d nested objects and lists", MaxDepth), "")
		case n == MaxTokens:
			return f.Fault(at, fmt.Sprintf("expected at most %d names, values and brackets", MaxTokens), "split the file")
		case dec.StackDepth() == 0 && len(bytes.TrimLeft(f.Bytes[at:], " \t\r\n")) > 0:
			return f.Fault(at, "expected the end of the file, found more after the value", "")
		}
	}
}

// Unmarshal reads the JSON value v, which begins at byte at of the file.
// Members that into does not name are passed over; a member of another type
// than the specification gives it is an error.
func (f File) Unmarshal(at int64, v jsontext.Value, into any) error {
	err := json.Unmarshal(v, into)
	var shape *json.SemanticError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &shape):
		at += shape.ByteOffset
		return f.Fault(at, wrongShape(shape, jsontext.Value(f.Bytes[min(at, int64(len(f.Bytes))):]).Kind()), "")
	default:
		return f.Fault(at, err.Error(), "")
	}
}

// Fault returns the error for byte at of the file.
func (f File) Fault(at int64, says, hint string) error {
	before := bytes.TrimPrefix(f.Bytes[:min(max(at, 0), int64(len(f.Bytes)))], []byte(BOM))
	line := 1 + bytes.Count(before, []byte("\n"))
	column := 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	return &Fault{f.Format, line, column, at, OneLine(says), hint}
}

func (f File) syntax(err error) error {
	var s *jsontext.SyntacticError
	if !errors.As(err, &s) {
		return f.Fault(0, "expected JSON, found an empty file", "")
	}
	at, rest := s.ByteOffset, f.Bytes[min(s.ByteOffset, int64(len(f.Bytes))):]
	next := bytes.TrimLeft(rest, ", \t\r\n")
	switch {
	case bytes.HasPrefix(f.Bytes, []byte(BOM)):
		return f.Fault(0, "expected JSON, found a byte order mark", "save it as UTF-8 without one")
	case bytes.HasPrefix(f.Bytes, []byte("\xff\xfe")), bytes.HasPrefix(f.Bytes, []byte("\xfe\xff")):
		return f.Fault(0, "expected UTF-8, found UTF-16", "save it as UTF-8")
	case errors.Is(err, jsontext.ErrDuplicateName):
		return f.Fault(at, fmt.Sprintf("expected each member once, found %.60q twice in one object", s.JSONPointer.LastToken()),
			"readers differ on which one counts: ask who made the file")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return f.Fault(at, "expected more, the file ends in the middle of a value", "it was cut off: fetch it again")
	case len(rest) > 0 && rest[0] == ',' && len(next) > 0 && (next[0] == ']' || next[0] == '}'):
		return f.Fault(at, fmt.Sprintf("expected another value after the comma, found %q", next[0]), "take the comma out")
	}
	return f.Fault(at, "expected JSON, found "+s.Err.Error(), "")
}

var (
	goWords = map[reflect.Kind]string{
		reflect.String: "a string", reflect.Bool: "true or false", reflect.Struct: "an object", reflect.Slice: "a list",
	}
	jsonWords = map[jsontext.Kind]string{
		'n': "null", 't': "true", 'f': "false", '"': "a string", '0': "a number", '{': "an object", '[': "a list",
	}
)

// wrongShape words that a value has another type than it should.
func wrongShape(s *json.SemanticError, found jsontext.Kind) string {
	says := "expected something else"
	switch {
	case s.Err != nil:
		says = s.Err.Error()
	case s.GoType != nil && goWords[s.GoType.Kind()] != "":
		says = "expected " + goWords[s.GoType.Kind()]
	}
	if jsonWords[found] != "" {
		says += ", found " + jsonWords[found]
	}
	if s.JSONPointer == "" {
		return says
	}
	return fmt.Sprintf("%.120s: %s", s.JSONPointer, says)
}

// Members are the members of a JSON object in the order of the file, each with
// its place; nil if there is none or null. Any other value is an error.
type Members []Part

// Get returns the member of that name. ok is false if there is none, or null.
func (m Members) Get(name string) (part Part, ok bool) {
	for _, p := range m {
		if p.Name == name && p.Value.Kind() != 'n' {
			return p, true
		}
	}
	return Part{}, false
}

// A List holds the elements of a JSON list, each with its place; nil if there is
// none or null. Any other value is an error.
type List []Part

// A Part is one member or element. At is the byte at which Value begins in the
// value that was unmarshalled.
type Part struct {
	Name  string // of a member
	At    int64
	Value jsontext.Value
}

// UnmarshalJSONFrom serves the JSON library.
func (m *Members) UnmarshalJSONFrom(dec *jsontext.Decoder) (err error) {
	*m, err = readParts(dec, '{')
	return err
}

// UnmarshalJSONFrom serves the JSON library.
func (l *List) UnmarshalJSONFrom(dec *jsontext.Decoder) (err error) {
	*l, err = readParts(dec, '[')
	return err
}

func readParts(dec *jsontext.Decoder, kind jsontext.Kind) ([]Part, error) {
	switch dec.PeekKind() {
	case kind:
	case 'n':
		return nil, dec.SkipValue()
	default:
		return nil, errors.New("expected " + jsonWords[kind])
	}
	if _, err := dec.ReadToken(); err != nil {
		return nil, err
	}
	parts := []Part{}
	for dec.PeekKind() != '}' && dec.PeekKind() != ']' {
		part, err := readPart(dec, kind == '{')
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	_, err := dec.ReadToken()
	return parts, err
}

func readPart(dec *jsontext.Decoder, member bool) (part Part, err error) {
	if member {
		name, err := dec.ReadToken()
		if err != nil {
			return part, err
		}
		part.Name = name.String()
	}
	v, err := dec.ReadValue()
	part.At, part.Value = dec.InputOffset()-int64(len(v)), v.Clone()
	return part, err
}
