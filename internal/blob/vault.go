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
	Recipients []age.Recipient // of all that is put, unless PutFor names others; any of them opens it
	Identities []age.Identity  // to open with; none while the vault is sealed
	Random     io.Reader       // for salts, usually crypto/rand.Reader

	// Access, if set, is told of a blob that is about to be opened, before its
	// salt or any byte of its content is given to anybody; an error stops the
	// opening. When Access returns, it has been recorded for good that ctx's
	// caller has access. It is called without any lock and may use the vault.
	Access func(ctx context.Context, a record.Attachment) error
}

// A Vault keeps blobs. Its methods may be called by several goroutines, and
// several processes may use one directory.
type Vault struct {
	c    Config
	disk disk

	mu   sync.Mutex // owns c.Random and ring
	ring *ring      // nil while the vault is sealed

	shelfMu sync.Mutex // owns shelves
	shelves map[string]bool
}

// New opens the vault that c describes, and makes its directory.
func New(c Config) (*Vault, error) {
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("open vault: %w", err)
	}
	v := &Vault{c: c, disk: osDisk{}, shelves: map[string]bool{}}
	v.Unseal(c.Identities...)
	return v, nil
}

// NewIdentity draws a key pair: its String is secret, its Recipient is for
// Config.Recipients. The randomness is age's own, from the system.
func NewIdentity() (*age.X25519Identity, error) {
	return age.GenerateX25519Identity()
}

// NewHybridIdentity draws a key pair as NewIdentity does, of ML-KEM-768 and
// X25519: what is encrypted to it stays closed to a quantum computer of later
// years. age does not mix its recipients with those of NewIdentity in one blob.
func NewHybridIdentity() (*age.HybridIdentity, error) {
	return age.GenerateHybridIdentity()
}

// Has reports whether the vault has the blob. It does not read it.
func (v *Vault) Has(ctx context.Context, a record.Attachment) (bool, error) {
	if err := errors.Join(ctx.Err(), a.Validate()); err != nil {
		return false, err
	}
	return exists(v.path(a.Blob))
}

func exists(path string) (bool, error) {
	_, err := os.Stat(path)
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
		if err := v.disk.Remove(filepath.Join(v.c.Dir, e.Name())); err != nil {
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

// open opens a file of the blob name, for reading.
func (v *Vault) open(path string) (io.ReadSeekCloser, error) {
	f, err := v.disk.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w: %w", ErrMissing, err)
	}
	return f, err
}
