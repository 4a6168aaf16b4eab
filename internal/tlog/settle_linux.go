package tlog

import (
	"os"

	"golang.org/x/sys/unix"
)

// settle makes the content of f survive a power cut, and asks the kernel to
// forget it, so that who reads it next reads the disk.
func settle(f *os.File) error {
	if err := unix.Fdatasync(int(f.Fd())); err != nil {
		return &os.PathError{Op: "fdatasync", Path: f.Name(), Err: err}
	}
	_ = unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED) // a wish, not a need
	return nil
}
