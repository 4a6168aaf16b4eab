package blob

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"solferino/record"
)

// Delete erases a blob with all its headers, which hold the only copies of its
// key. When it returns without error, they stay away also after a power cut. To
// delete what is not there is no error: an erasure that a crash cut short is
// repeated until it succeeds.
//
// Nothing is overwritten. File systems that copy on write and disks that move
// their blocks would keep the old bytes elsewhere, so that overwriting gives
// false comfort. Such remains are ciphertext under keys of the custodians, as
// are copies in backups and replicas: who erases must have them deleted too.
// A reader that is open can read on.
func (v *Vault) Delete(ctx context.Context, name record.Digest) error {
	if err := errors.Join(ctx.Err(), name.Validate()); err != nil {
		return fmt.Errorf("delete blob: %w", err)
	}
	if err := v.delete(name); err != nil {
		return fmt.Errorf("delete blob %s: %w", name.Short(), err)
	}
	return nil
}

func (v *Vault) delete(name record.Digest) error {
	headers, err := v.headerPaths(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // no directory, so no blob
	}
	if err != nil {
		return err
	}
	for _, path := range append(headers, v.path(name)) {
		if err := v.remove(path); err != nil {
			return err
		}
	}
	return v.disk.SyncDir(filepath.Dir(v.path(name)))
}
