package blob

import (
	"errors"
	"io"
	"os"
	"syscall"
	"unsafe"
)

// A disk is what the vault writes to and reads from. Tests put one in its place
// that fails.
type disk interface {
	// Create makes a file in dir whose name begins with tempPrefix.
	Create(dir string) (file, error)
	Open(path string) (io.ReadSeekCloser, error)
	Mkdir(path string) error
	Rename(from, to string) error
	Remove(path string) error
	// SyncDir makes the names in a directory survive a power cut.
	SyncDir(path string) error
}

// A file is what is written before it has its name.
type file interface {
	io.WriteCloser
	Name() string
	Sync() error
}

// An osDisk is the disk of this machine.
type osDisk struct{}

func (osDisk) Create(dir string) (file, error) {
	f, err := os.CreateTemp(dir, tempPrefix+"*")
	if err != nil {
		return nil, err
	}
	return &osFile{File: f}, nil
}

func (osDisk) Open(path string) (io.ReadSeekCloser, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err // not a nil *os.File in an interface
	}
	return f, nil
}

func (osDisk) Mkdir(path string) error      { return os.Mkdir(path, 0o700) }
func (osDisk) Rename(from, to string) error { return os.Rename(from, to) }
func (osDisk) Remove(path string) error     { return os.Remove(path) }

func (osDisk) SyncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// block is what memory, offset and length of a direct write are multiples of.
const block = 4 << 10

// An osFile writes pieces of diskPiece bytes past the cache of the kernel, where
// it can. That takes a third of the time of a core, leaves little to do for
// Sync, and does not drive out of memory what others need for the sake of an
// exhibit that nobody reads soon.
type osFile struct {
	*os.File
	direct, refused bool
}

func (f *osFile) Write(p []byte) (int, error) {
	f.goDirect(len(p) == diskPiece && aligned(p))
	n, err := f.File.Write(p)
	if !f.direct || !errors.Is(err, syscall.EINVAL) {
		return n, err
	}
	f.refused = true // after all
	f.goDirect(false)
	m, err := f.File.Write(p[n:])
	return n + m, err
}

// goDirect changes the way of writing. The end of a file is no whole piece.
func (f *osFile) goDirect(on bool) {
	if on = on && !f.refused; on == f.direct {
		return
	}
	if direct(f.File, on) == nil {
		f.direct = on
		return
	}
	f.refused = true
}

// blocks returns size bytes where a direct write can begin.
func blocks(size int) []byte {
	b := make([]byte, size+block)
	return b[offset(b) : offset(b)+size]
}

func aligned(p []byte) bool { return offset(p) == 0 }

// offset returns where in p the first block of memory begins.
func offset(p []byte) int {
	return int(-uintptr(unsafe.Pointer(unsafe.SliceData(p))) % block)
}
