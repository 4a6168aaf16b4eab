package blob

import (
	"os"

	"golang.org/x/sys/unix"
)

// direct has writes to f go past the cache of the kernel, or through it. Not
// all file systems can.
func direct(f *os.File, on bool) error {
	flags, err := unix.FcntlInt(f.Fd(), unix.F_GETFL, 0)
	if err != nil {
		return err
	}
	flags &^= unix.O_DIRECT
	if on {
		flags |= unix.O_DIRECT
	}
	_, err = unix.FcntlInt(f.Fd(), unix.F_SETFL, flags)
	return err
}

// forget drops f from the cache of the kernel, so that who reads it sees what
// the disk holds.
func forget(f *os.File) {
	_ = unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED) // a wish, not a need
}
