package blob

import (
	"errors"
	"io"
	"io/fs"
	"path/filepath"
)

// store makes a file of what fill writes, at the path that fill returns. When it
// returns without error, the file survives a power cut; when it returns an
// error, nothing is left behind.
func (v *Vault) store(fill func(io.Writer) (path string, err error)) error {
	f, err := v.disk.Create(v.c.Dir)
	if err != nil {
		return err
	}
	path, err := fill(f)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = v.place(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, v.remove(f.Name()))
	}
	return nil
}

// place gives a finished file its name, durably.
func (v *Vault) place(temp, path string) error {
	if err := v.shelf(filepath.Dir(path)); err != nil {
		return err
	}
	had, err := exists(path)
	if err != nil {
		return err
	}
	if err := v.disk.Rename(temp, path); err != nil {
		return err
	}
	err = v.disk.SyncDir(filepath.Dir(path))
	if err != nil && !had { // what was there before was the same, or damaged
		err = errors.Join(err, v.remove(path))
	}
	return err
}

// shelf makes a directory of the vault, durably. It looks once at each.
func (v *Vault) shelf(dir string) error {
	v.shelfMu.Lock()
	defer v.shelfMu.Unlock()
	if v.shelves[dir] {
		return nil
	}
	if err := v.disk.Mkdir(dir); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := v.disk.SyncDir(v.c.Dir); err != nil {
		return err
	}
	v.shelves[dir] = true
	return nil
}

// remove removes a file, if it is there.
func (v *Vault) remove(path string) error {
	if err := v.disk.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
