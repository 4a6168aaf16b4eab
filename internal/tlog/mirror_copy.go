package tlog

import (
	"errors"
	"maps"
	"path/filepath"
	"strings"
	"sync"
)

// copy writes the files that the tree of r has and that of size from has not.
// All that is written hashes to the checkpoint.
func (m *Mirror) copy(r *reader, from int64) (repaired []string, err error) {
	w := &copier{dir: m.c.Dir, crew: newCrew()}
	was := edge{size: from}
	for level := len(r.edge.levels) - 1; level > 0; level-- {
		for n := was.count(level + 1); n <= r.edge.count(level+1); n++ {
			if err := w.tile(r, level, n); err != nil {
				return nil, errors.Join(err, w.crew.end())
			}
		}
	}
	const stretch = 32 // tiles that one job fetches with what it needs above
	for n := was.count(1); n*tileWidth < r.edge.size; n += stretch {
		own := &reader{from: r.from, edge: r.edge, cache: maps.Clone(r.cache)}
		if err := w.crew.do(func() error { return w.bundles(own, n, n+stretch) }); err != nil {
			break
		}
	}
	if err := w.crew.end(); err != nil {
		return nil, err
	}
	return w.repaired, syncDirs(m.c.Dir, w.names)
}

// A copier writes the files of a mirror.
type copier struct {
	dir  string
	crew *crew

	mu       sync.Mutex
	names    []string // written; mu
	repaired []string // written over others; mu
}

// tile copies one tile, unless it is empty.
func (w *copier) tile(r *reader, level int, n int64) error {
	data, err := r.tile(level, n)
	if err != nil || len(data) == 0 {
		return err
	}
	return w.put(tilePath(level, n, len(data)/hashSize), data)
}

// bundles copies the bundles from ≤ n < to with the tiles above them.
func (w *copier) bundles(r *reader, from, to int64) error {
	for n := from; n < to && n*tileWidth < r.edge.size; n++ {
		if err := w.tile(r, 0, n); err != nil {
			return err
		}
		data, err := r.bundle(n)
		if err != nil {
			return err
		}
		if err := w.put(bundlePath(n, len(data)/(2+hashSize)), data); err != nil {
			return err
		}
		delete(r.cache, tilePath(0, n, tileWidth))
	}
	return nil
}

// put writes a file that hashes to a checkpoint. Whatever else was there under
// its name has been damaged.
func (w *copier) put(name string, data []byte) error {
	err := put(w.dir, name, data)
	damaged := errors.Is(err, ErrForked)
	if damaged {
		err = replace(filepath.Join(w.dir, name), filepath.Join(w.dir, tempDir, "repaired-"+strings.ReplaceAll(name, "/", "-")), data)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.names = append(w.names, name)
	if damaged {
		w.repaired = append(w.repaired, name)
	}
	return err
}
