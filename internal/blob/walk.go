package blob

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"solferino/record"
)

// An entry is a blob as the directory shows it.
type entry struct {
	name    record.Digest
	headers []string // files of its further headers
}

// walk gives all blobs behind the name after, in order of name. Files with other
// names are passed over.
func (v *Vault) walk(after record.Digest) iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		for i := range 256 {
			shelf := fmt.Sprintf("%02x", i)
			if len(after) > 2 && shelf < string(after[:2]) {
				continue
			}
			entries, err := v.readShelf(shelf)
			if err != nil && !yield(entry{}, err) {
				return
			}
			for _, e := range entries {
				if e.name > after && !yield(e, nil) {
					return
				}
			}
		}
	}
}

// readShelf lists the blobs of one directory, in order.
func (v *Vault) readShelf(shelf string) (entries []entry, err error) {
	dir := filepath.Join(v.c.Dir, shelf)
	files, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, f := range files {
		rest, sum, further := strings.Cut(f.Name(), headerMark)
		name := record.Digest(shelf + rest)
		switch {
		case name.Validate() != nil:
		case !further:
			entries = append(entries, entry{name: name})
		case len(entries) > 0 && entries[len(entries)-1].name == name && record.Digest(sum).Validate() == nil:
			last := &entries[len(entries)-1] // os.ReadDir sorts: headers stand behind their blob
			last.headers = append(last.headers, filepath.Join(dir, f.Name()))
		}
	}
	return entries, err
}

// Size returns how many blobs the vault has and the bytes of their files, so
// that a scrub can be spread evenly. It reads names, not contents.
func (v *Vault) Size(ctx context.Context) (blobs int, bytes int64, err error) {
	for e, err := range v.walk("") {
		if err = errors.Join(ctx.Err(), err); err != nil {
			return blobs, bytes, fmt.Errorf("size of vault: %w", err)
		}
		n, err := v.sizeOf(e)
		if err != nil {
			return blobs, bytes, fmt.Errorf("size of vault: %w", err)
		}
		blobs, bytes = blobs+1, bytes+n
	}
	return blobs, bytes, nil
}

// sizeOf returns the bytes of the files of e. What is gone has none.
func (v *Vault) sizeOf(e entry) (bytes int64, err error) {
	for _, path := range append([]string{v.path(e.name)}, e.headers...) {
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return bytes, err
		}
		bytes += info.Size()
	}
	return bytes, nil
}
