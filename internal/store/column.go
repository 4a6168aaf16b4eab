package store

import (
	"database/sql/driver"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"solferino/record"
)

// Columns carry the fields of a struct to the database and back. The types
// below stand for what SQL has no word for, each with a pointer to its field,
// so that one list of columns serves writing, reading and hashing. Fields that
// are plain numbers and texts are pointers themselves.

// values returns what a database stores for args: numbers, texts, bytes, null.
func values(args []any) ([]any, error) {
	plain := make([]any, len(args))
	for i, a := range args {
		v, err := value(a)
		if err != nil {
			return nil, err
		}
		plain[i] = v
	}
	return plain, nil
}

func value(arg any) (any, error) {
	switch a := arg.(type) {
	case driver.Valuer:
		return a.Value()
	case *int64:
		return *a, nil
	case *int:
		return int64(*a), nil
	case *string:
		return checkText(*a)
	case *record.Subject:
		return checkText(string(*a))
	case *[]byte:
		if *a == nil {
			return []byte{}, nil
		}
		return *a, nil
	case string:
		return checkText(a)
	case record.Subject:
		return checkText(string(a))
	}
	return arg, nil
}

// checkText refuses what one engine keeps and the other does not.
func checkText(s string) (any, error) {
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return nil, fmt.Errorf("text %.40q is not UTF-8 without NUL", s)
	}
	return s, nil
}

// hexed is a digest or an id: hexadecimal digits here, bytes there.
type hexed[T ~string] struct{ digits *T }

func (c hexed[T]) Value() (driver.Value, error) {
	b, err := hex.DecodeString(string(*c.digits))
	if err != nil || hex.EncodeToString(b) != string(*c.digits) {
		return nil, fmt.Errorf("%.40q is not lower-case hexadecimal", string(*c.digits))
	}
	return b, nil
}

func (c hexed[T]) Scan(src any) error {
	b, err := scanned[[]byte](src)
	*c.digits = T(hex.EncodeToString(b))
	return err
}

func digest(d *record.Digest) hexed[record.Digest] { return hexed[record.Digest]{d} }

// seconds is a time in UTC, in whole seconds since 1970.
type seconds struct{ at *time.Time }

func (c seconds) Value() (driver.Value, error) {
	if c.at.Nanosecond() != 0 {
		return nil, fmt.Errorf("time %s is not in whole seconds", c.at.Format(time.RFC3339Nano))
	}
	return c.at.Unix(), nil
}

func (c seconds) Scan(src any) error {
	n, err := scanned[int64](src)
	*c.at = time.Unix(n, 0).UTC()
	return err
}

// list is texts as JSON, because SQL has no lists that both engines know.
type list struct{ items *[]string }

func (c list) Value() (driver.Value, error) {
	for _, s := range *c.items {
		if _, err := checkText(s); err != nil {
			return nil, err
		}
	}
	b, err := record.Marshal(*c.items)
	return string(b), err
}

func (c list) Scan(src any) error {
	text, err := scanned[string](src)
	if err != nil || text == "[]" {
		return err
	}
	return record.Unmarshal([]byte(text), c.items)
}

// fixed is 32 bytes.
type fixed struct{ bytes *[32]byte }

func (c fixed) Value() (driver.Value, error) { return c.bytes[:], nil }

func (c fixed) Scan(src any) error {
	b, err := scanned[[]byte](src)
	if err != nil {
		return err
	}
	if len(b) != len(c.bytes) {
		return fmt.Errorf("column holds %d bytes, want %d", len(b), len(c.bytes))
	}
	copy(c.bytes[:], b)
	return nil
}

// salt is the salt of an entry, or null once it is erased.
type salt struct{ of *Entry }

func (c salt) Value() (driver.Value, error) {
	if c.of.Erased {
		return nil, nil
	}
	return c.of.Salt[:], nil
}

func (c salt) Scan(src any) error {
	if c.of.Erased = src == nil; c.of.Erased {
		return nil
	}
	return fixed{(*[32]byte)(&c.of.Salt)}.Scan(src)
}

func scanned[T any](src any) (T, error) {
	v, ok := src.(T)
	if !ok {
		return v, fmt.Errorf("column holds %T, want %T", src, v)
	}
	return v, nil
}
