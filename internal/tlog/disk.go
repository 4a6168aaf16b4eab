package tlog

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// tempDir holds files that are being written, beside the public ones. What a
// crash leaves there is of no use.
const tempDir = ".tmp"

// put writes a file of the tree under dir. A file that is already there must
// hold the same bytes: it is from a run that ended before it could sign.
// The name survives a power cut only after [syncDirs].
func put(dir, name string, data []byte) error {
	path := filepath.Join(dir, name)
	old, err := os.ReadFile(path)
	if err == nil && !bytes.Equal(old, data) {
		return fmt.Errorf("%s: %w: it holds another tree than the store", name, ErrForked)
	}
	if err == nil {
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	temp := filepath.Join(dir, tempDir, strings.ReplaceAll(name, "/", "-"))
	return replace(path, temp, data)
}

// replace writes data to temp and renames it to path, so that path holds the
// old or the new bytes at any time, also across a power cut.
func replace(path, temp string, data []byte) (err error) {
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	if _, err = f.Write(data); err == nil {
		err = settle(f)
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(temp, path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	return nil
}

// Replace writes a file outside a tree, such as a guard: at any time it holds
// the old or the new bytes, and when Replace returns the new ones survive a
// power cut.
func Replace(path string, data []byte) error {
	if err := replace(path, path+".tmp", data); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// syncDirs makes the names of files under dir survive a power cut: it syncs
// each of their directories once, and those above up to dir.
func syncDirs(dir string, names []string) error {
	touched := map[string]bool{".": true}
	for _, name := range names {
		for at := filepath.Dir(name); !touched[at]; at = filepath.Dir(at) {
			touched[at] = true
		}
	}
	c := newCrew()
	for at := range touched {
		if err := c.do(func() error { return syncDir(filepath.Join(dir, at)) }); err != nil {
			break
		}
	}
	return c.end()
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// sweep removes what a crash left half written.
func sweep(dir string) error {
	temp := filepath.Join(dir, tempDir)
	left, err := os.ReadDir(temp)
	for _, f := range left {
		err = errors.Join(err, os.Remove(filepath.Join(temp, f.Name())))
	}
	return err
}

// prune removes the partial files of tiles that became full between two sizes;
// the full ones begin with the same bytes.
// See https://c2sp.org/tlog-tiles#partial-tiles.
func prune(dir string, from, to int64) error {
	var failed error
	remove := func(full string) {
		failed = errors.Join(failed, os.RemoveAll(filepath.Join(dir, full+".p")))
	}
	was, is := edge{size: from}, edge{size: to}
	for level := 0; is.count(level+1) > 0; level++ {
		for n := was.count(level + 1); n < is.count(level+1); n++ {
			remove(tilePath(level, n, tileWidth))
			if level == 0 {
				remove(bundlePath(n, tileWidth))
			}
		}
	}
	return failed
}
