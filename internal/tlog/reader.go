package tlog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// A reader reads the tiles of one signed tree and believes none of them: each
// is checked against the root before its hashes are used. It serves one
// question and is not for several goroutines.
type reader struct {
	from  shelf
	edge  edge
	cache map[string][]byte // full tiles that were checked
}

// A shelf gives the bytes of a file of a tree, so many as it asks for.
type shelf func(name string, size int) ([]byte, error)

// inDir reads the files of a tree from a directory.
func inDir(dir string) shelf {
	return func(name string, size int) ([]byte, error) { return read(dir, name, size) }
}

// newReader opens the tree of a signed head. The error wraps [ErrDamaged] when
// its right edge does not make its root.
func newReader(from shelf, head Head) (*reader, error) {
	r := &reader{from: from, edge: edge{size: head.Size}, cache: make(map[string][]byte)}
	for level := 0; r.edge.count(level) > 0; level++ {
		var data []byte // stays nil where the last tile is full
		if width := int(r.edge.count(level) % tileWidth); width > 0 {
			var err error
			name := tilePath(level, r.edge.count(level+1), width)
			if data, err = from(name, width*hashSize); err != nil {
				return nil, err
			}
		}
		r.edge.levels = append(r.edge.levels, data)
	}
	if got := r.edge.root(); got != head.Root {
		return nil, fmt.Errorf("partial tiles: %w: at size %d they make the root %x, the signed head says %x",
			ErrDamaged, head.Size, got, head.Root)
	}
	return r, nil
}

// read returns the bytes of a file that a signed tree must have. The file of a
// partial tile may have given way to the full one, which begins with the same
// bytes.
func read(dir, name string, size int) ([]byte, error) {
	data, err := os.ReadFile(filepath.Join(dir, name))
	if full, _, ok := strings.Cut(name, ".p/"); ok && errors.Is(err, fs.ErrNotExist) {
		if data, err = os.ReadFile(filepath.Join(dir, full)); len(data) > size {
			data = data[:size]
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w: it is missing", name, ErrDamaged)
	}
	if err != nil {
		return nil, err
	}
	if len(data) != size {
		return nil, fmt.Errorf("%s: %w: %d bytes, want %d", name, ErrDamaged, len(data), size)
	}
	return data, nil
}

// tile returns the widest tile at place n of a level. A full tile must hash to
// its place in the tile above, and so up to the edge, which makes the root.
func (r *reader) tile(level int, n int64) ([]byte, error) {
	last := r.edge.count(level + 1)
	if level >= len(r.edge.levels) || n > last {
		return nil, fmt.Errorf("%s: %w of %d entries", tilePath(level, n, tileWidth), ErrNotSigned, r.edge.size)
	}
	if n == last {
		return r.edge.levels[level], nil
	}
	name := tilePath(level, n, tileWidth)
	if data, ok := r.cache[name]; ok {
		return data, nil
	}
	above, err := r.tile(level+1, n/tileWidth)
	if err != nil {
		return nil, err
	}
	data, err := r.from(name, tileWidth*hashSize)
	if err != nil {
		return nil, err
	}
	place := n % tileWidth
	if rootOfTile(data) != tlog.Hash(above[place*hashSize:(place+1)*hashSize]) {
		return nil, fmt.Errorf("%s: %w: it does not hash to its place %d in the tile above", name, ErrDamaged, place)
	}
	r.cache[name] = data
	return data, nil
}

// lastBundle returns the entries of the last bundle, full or partial, and the
// index of its first.
func (r *reader) lastBundle() (data []byte, first int64, err error) {
	if r.edge.size == 0 {
		return nil, 0, nil
	}
	n := (r.edge.size - 1) / tileWidth
	data, err = r.bundle(n)
	return data, n * tileWidth, err
}

// bundle returns the entries of the widest bundle at place n.
func (r *reader) bundle(n int64) ([]byte, error) {
	width := int(min(r.edge.size-n*tileWidth, tileWidth))
	above, err := r.tile(0, n)
	if err != nil {
		return nil, err
	}
	name := bundlePath(n, width)
	data, err := r.from(name, width*(2+hashSize))
	if err != nil {
		return nil, err
	}
	if err := checkBundle(data, above); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return data, nil
}

// openEdge returns the right edge of a signed tree, checked, to append to.
func openEdge(dir string, head Head) (*edge, error) {
	r, err := newReader(inDir(dir), head)
	if err != nil {
		return nil, err
	}
	if head.Size%tileWidth > 0 {
		r.edge.bundle, _, err = r.lastBundle()
	}
	return &r.edge, err
}

// ReadHashes implements [tlog.HashReader].
func (r *reader) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		t := tlog.TileForIndex(tileHeight, index)
		data, err := r.tile(t.L, t.N)
		if err != nil {
			return nil, err
		}
		t.W = len(data) / hashSize
		if out[i], err = tlog.HashFromTile(t, data, index); err != nil {
			return nil, fmt.Errorf("hash %d: %w of %d entries: %w", index, ErrNotSigned, r.edge.size, err)
		}
	}
	return out, nil
}

// rootAt returns the root that the tree had at an earlier size.
func (r *reader) rootAt(size int64) ([hashSize]byte, error) {
	return tlog.TreeHash(size, r)
}
