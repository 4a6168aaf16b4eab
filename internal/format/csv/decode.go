// Package csv reads observations that people typed up in a table.
package csv

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"solferino/evidence"
	"solferino/internal/format"
)

// Decode reads a table with the columns family, value, note, forgeability and
// extraction. It must be in UTF-8 (a byte order mark is passed over) and have
// at most [evidence.MaxObservations] rows. Fields are kept as they are, but for
// the space around them, also where a spreadsheet would take them for a
// formula. The error wraps [format.ErrUnreadable].
func Decode(r io.Reader) (format.Reading, error) {
	file, err := format.Open("csv", r)
	if err != nil {
		return format.Reading{}, err
	}
	if err := checkText(file); err != nil {
		return format.Reading{}, err
	}
	body := bytes.TrimPrefix(file.Bytes, []byte(format.BOM))
	t := table{file: file, rows: csv.NewReader(bytes.NewReader(body))}
	if err := t.header(); err != nil {
		return format.Reading{}, err
	}
	for n := 0; ; n++ {
		fields, err := t.rows.Read()
		if err == io.EOF {
			reading, _ := t.draft.Reading()
			return reading, nil
		}
		if err == nil && n == evidence.MaxObservations {
			err = t.fault(0, fmt.Sprintf("expected at most %d rows", evidence.MaxObservations), "split the file")
		} else if err == nil {
			err = t.row(fields)
		} else {
			err = t.broken(err, len(fields))
		}
		if err != nil {
			return format.Reading{}, err
		}
	}
}

// maxCommas bounds the commas of one row, because taking apart a row of
// millions would use up the memory before the columns can be counted.
const maxCommas = 64

// checkText refuses what is not UTF-8, and rows with far too many commas.
// Where a stray quote makes it see other rows than encoding/csv, that stops.
func checkText(file format.File) error {
	if bytes.HasPrefix(file.Bytes, []byte("\xff\xfe")) || bytes.HasPrefix(file.Bytes, []byte("\xfe\xff")) {
		return file.Fault(0, "expected UTF-8, found UTF-16", "save it as UTF-8")
	}
	commas, quoted := 0, false
	for i, rest := 0, file.Bytes; len(rest) > 0; {
		c, size := utf8.DecodeRune(rest)
		switch {
		case c == utf8.RuneError && size == 1:
			return file.Fault(int64(i), fmt.Sprintf("expected UTF-8, found the byte 0x%02x", rest[0]), "save it as UTF-8")
		case c == '"':
			quoted = !quoted
		case c == '\n' && !quoted:
			commas = 0
		case c == ',' && !quoted:
			commas++
		}
		if commas > maxCommas {
			return file.Fault(int64(i), fmt.Sprintf("expected at most %d columns", len(columns)), "put a field with a comma in quotes")
		}
		i, rest = i+size, rest[size:]
	}
	return nil
}

type table struct {
	file  format.File
	rows  *csv.Reader
	draft format.Draft
	names []string // of the columns, in the order of the file
}

// header reads the first row.
func (t *table) header() error {
	fields, err := t.rows.Read()
	if err == io.EOF {
		return t.file.Fault(0, "expected the header "+strings.Join(columns, ",")+", found an empty file", "")
	}
	if err != nil {
		return t.broken(err, len(fields))
	}
	for i, f := range fields {
		name := strings.TrimSpace(f)
		if !slices.Contains(columns, name) {
			return t.fault(i, fmt.Sprintf("expected one of the columns %s, found %.60q", strings.Join(columns, ", "), name), separator(name))
		}
		if slices.Contains(t.names, name) {
			return t.fault(i, fmt.Sprintf("expected each column once, found %q twice", name), "")
		}
		t.names = append(t.names, name)
	}
	for _, name := range required {
		if !slices.Contains(t.names, name) {
			return t.fault(0, fmt.Sprintf("expected the column %s", name), "")
		}
	}
	return nil
}

// separator guesses why a header is not one.
func separator(name string) string {
	if strings.ContainsAny(name, ";\t|") {
		return "part the columns by commas"
	}
	return ""
}

// row reads one observation.
func (t *table) row(fields []string) error {
	var o evidence.Observation
	for i, name := range t.names {
		text := strings.TrimSpace(fields[i])
		if strings.ContainsFunc(text, unicode.IsControl) || len(text) > format.MaxText {
			return t.fault(i, fmt.Sprintf("%s: expected one line of at most %d bytes", name, format.MaxText), "")
		}
		if err := t.field(&o, i, name, text); err != nil {
			return err
		}
	}
	t.draft.Observe(o)
	return nil
}

// field sets what column i says of o.
func (t *table) field(o *evidence.Observation, i int, name, text string) (err error) {
	switch name {
	case colFamily:
		o.Family = text
		if !slices.Contains(families, text) {
			return t.fault(i, fmt.Sprintf("family: expected one of %s, found %.60q", strings.Join(families, ", "), text), "")
		}
	case colValue:
		o.Value = text
		if text == "" {
			return t.fault(i, "value: expected something, found an empty field", "")
		}
	case colNote:
		o.Note = text
	case colForgeability:
		o.Forgeability, err = t.fraction(i, name, text)
	case colExtraction:
		o.Extraction, err = t.fraction(i, name, text)
		if err == nil && text != "" && o.Extraction == 0 {
			return t.fault(i, "extraction: expected more than 0, which would say that the exhibit does not say so", "take the row out, or leave the field empty for certain")
		}
	}
	return err
}

// fractionForm is stricter than Go, which also reads NaN, 1e-3 and 0x1p-2.
var fractionForm = regexp.MustCompile(`^(0|1|0?\.[0-9]{1,9}|1\.0{1,9})$`)

// fraction reads a number from 0 to 1, or 0 from an empty field.
func (t *table) fraction(i int, name, text string) (float64, error) {
	if text == "" {
		return 0, nil
	}
	if !fractionForm.MatchString(text) {
		return 0, t.fault(i, fmt.Sprintf("%s: expected a number from 0 to 1 with a point, as 0.25, found %.60q", name, text), "")
	}
	return strconv.ParseFloat(text, 64)
}

// fault returns the error for field i of the row that was read last.
func (t *table) fault(i int, says, hint string) error {
	line, column := t.rows.FieldPos(i)
	return t.at(line, column, says, hint)
}

// broken words an error of the syntax in a row of so many fields.
func (t *table) broken(err error, fields int) error {
	var parse *csv.ParseError
	if !errors.As(err, &parse) {
		return t.file.Fault(0, err.Error(), "")
	}
	says, hint := "expected a table, found "+parse.Err.Error(), `write a quote inside a quoted field twice: ""`
	if errors.Is(err, csv.ErrFieldCount) {
		says, hint = fmt.Sprintf("expected %d fields as in the header, found %d", len(t.names), fields), "put a field with a comma in quotes"
	}
	return t.at(parse.Line, parse.Column, says, hint)
}

// at turns a line and a column in bytes, as encoding/csv counts them from 1,
// into the place in the file.
func (t *table) at(line, column int, says, hint string) error {
	offset := len(t.file.Bytes) - len(bytes.TrimPrefix(t.file.Bytes, []byte(format.BOM)))
	for ; line > 1; line-- {
		offset += 1 + bytes.IndexByte(t.file.Bytes[offset:], '\n')
	}
	return t.file.Fault(int64(offset+column-1), says, hint)
}
