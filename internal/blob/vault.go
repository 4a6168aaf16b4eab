package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"filippo.io/age"

	"solferino/record"
)

// tempPrefix begins the names of files that are being written.
const tempPrefix = "tmp-"

// A Config says where a vault is and who can open what is put there.
type Config struct {
	Dir        string
	Recipients []age.Recipient // of all that is put; any of them can open it
	Identities []age.Identity  // to open with; none while the vault is sealed
	Random     io.Reader       // for salts, usually crypto/rand.Reader
}

// A Vault keeps blobs. Its methods may be called by several goroutines, and
// several processes may use one directory.
type Vault struct {
	c      Config
	create func(dir string) (file, error) // replaced by tests

	mu sync.Mutex // owns c.Random
}

// A file is what a blob is written to.
type file interface {
	io.WriteCloser
	Name() string
	Sync() error
}

// New opens the vault that c describes, and makes its directory.
func New(c Config) (*Vault, error) {
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("open vault: %w", err)
	}
	create := func(dir string) (file, error) { return os.CreateTemp(dir, tempPrefix+"*") }
	return &Vault{c: c, create: create}, nil
}

// NewIdentity draws a key pair: its String is secret, its Recipient is for
// Config.Recipients. The randomness is age's own, from the system.
func NewIdentity() (*age.X25519Identity, error) {
	return age.GenerateX25519Identity()
}

// Has reports whether the vault has the blob. It does not read it.
func (v *Vault) Has(ctx context.Context, a record.Attachment) (bool, error) {
	if err := errors.Join(ctx.Err(), a.Validate()); err != nil {
		return false, err
	}
	_, err := os.Stat(v.path(a.Blob))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Sweep removes what a crash left half written, and returns how many files
// that were. Call it before the first Put, when no other process writes.
func (v *Vault) Sweep() (int, error) {
	entries, err := os.ReadDir(v.c.Dir)
	if err != nil {
		return 0, fmt.Errorf("sweep vault: %w", err)
	}
	swept := 0
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), tempPrefix) {
			continue
		}
		if err := os.Remove(filepath.Join(v.c.Dir, e.Name())); err != nil {
			return swept, fmt.Errorf("sweep vault: %w", err)
		}
		swept++
	}
	return swept, nil
}

// path returns the file of a blob, whose digest must be valid.
func (v *Vault) path(d record.Digest) string {
	return filepath.Join(v.c.Dir, string(d[:2]), string(d[2:]))
}
