//go:build !linux

package blob

import (
	"errors"
	"os"
)

// direct would have writes go past the cache of the kernel.
func direct(_ *os.File, on bool) error {
	if on {
		return errors.ErrUnsupported
	}
	return nil
}

// forget would drop a file from the cache of the kernel.
func forget(*os.File) {}
