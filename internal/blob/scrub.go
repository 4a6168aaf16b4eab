package blob

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"solferino/record"
)

// A Cursor says how far a scrub has come: the name of the last blob that it has
// looked at, and "" before the first and after the last.
type Cursor = record.Digest

// A Report is what one piece of a scrub found.
type Report struct {
	Blobs   int   // looked at
	Bytes   int64 // read of them and their headers
	Damaged []Damage
	Missing []record.Digest // expected, and not there
}

// A Damage is a blob whose file, or a further header of which, is not what its
// name says or cannot be read.
type Damage struct {
	Name record.Digest
	Err  error // wraps ErrDamaged, or is the disk's
}

// A Catalogue gives the names of all blobs behind the name after that records
// expect in the vault, in ascending order.
type Catalogue func(after record.Digest) iter.Seq2[record.Digest, error]

// Scrub hashes blobs again, in order of name, from the cursor on until it has
// read budget bytes, and says where to go on. It looks at one blob at least. The
// cursor is "" when the round is complete: to cover the vault in 30 days, spend
// a 30th of [Vault.Size] a day. The vault may be sealed, and in use.
//
// Missing is found by comparison with expected, unless that is nil. On an error
// cursor and report tell how far it came.
func (v *Vault) Scrub(ctx context.Context, from Cursor, budget int64, expected Catalogue) (Cursor, Report, error) {
	s := &scrub{v: v, at: from}
	if expected != nil {
		var stop func()
		s.expect, stop = iter.Pull2(expected(from))
		defer stop()
		if err := s.advance(); err != nil {
			return s.at, s.Report, fmt.Errorf("scrub vault: %w", err)
		}
	}
	for e, err := range v.walk(from) {
		if err == nil {
			err = s.look(ctx, e)
		}
		if err != nil {
			return s.at, s.Report, fmt.Errorf("scrub vault: %w", err)
		}
		if s.Bytes >= budget {
			return s.at, s.Report, nil
		}
	}
	if err := s.missing(""); err != nil {
		return s.at, s.Report, fmt.Errorf("scrub vault: %w", err)
	}
	return "", s.Report, nil
}

// A scrub walks along blobs and expected names side by side.
type scrub struct {
	Report
	v      *Vault
	at     Cursor
	expect func() (record.Digest, error, bool) // nil: nothing
	next   record.Digest                       // expected next; "" is none
}

// look checks one blob, and the names expected before it.
func (s *scrub) look(ctx context.Context, e entry) error {
	if err := s.missing(e.name); err != nil {
		return err
	}
	n, err := s.v.rehash(ctx, e)
	s.Bytes += n
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		s.Damaged = append(s.Damaged, Damage{e.name, err})
	}
	s.Blobs, s.at = s.Blobs+1, e.name
	return nil
}

// missing reports what is expected before the blob end, which is there, or to
// the last if end is "".
func (s *scrub) missing(end record.Digest) error {
	for s.next != "" && (end == "" || s.next <= end) {
		if s.next != end {
			has, err := exists(s.v.path(s.next)) // it may have come since
			if err != nil {
				return err
			}
			if !has {
				s.Missing = append(s.Missing, s.next)
			}
			s.at = s.next
		}
		if err := s.advance(); err != nil {
			return err
		}
	}
	return nil
}

// advance takes the next expected name.
func (s *scrub) advance() error {
	if s.expect == nil {
		return nil
	}
	name, err, ok := s.expect()
	if !ok {
		s.next = ""
		return nil
	}
	if err = cmp.Or(err, name.Validate()); err != nil {
		return err
	}
	if name <= max(s.next, s.at) {
		return fmt.Errorf("expected names go from %s back to %s", max(s.next, s.at).Short(), name.Short())
	}
	s.next = name
	return nil
}

// rehash reads the files of a blob from the disk, and returns how many bytes
// they have. What was erased since the directory was read is not damaged.
func (v *Vault) rehash(ctx context.Context, e entry) (n int64, err error) {
	f, err := v.open(v.path(e.name))
	if errors.Is(err, ErrMissing) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if f, ok := f.(*os.File); ok {
		forget(f)
	}
	count := &counter{r: f}
	err = errors.Join(hashed(ctx, e.name, count), f.Close())
	for _, path := range e.headers {
		header, unfit := v.readHeader(path)
		count.n += int64(len(header))
		if !errors.Is(unfit, ErrMissing) {
			err = errors.Join(err, unfit)
		}
	}
	return count.n, err
}

// A counter counts what is read.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
