package blob

import (
	"fmt"
	"slices"

	"filippo.io/age"
)

// A ring of keys opens blobs until it is shut.
type ring struct {
	identities []age.Identity
	shut       chan struct{} // closed when the vault is sealed
}

// Unseal gives the vault identities to open with, beside those that it has.
func (v *Vault) Unseal(identities ...age.Identity) {
	if len(identities) == 0 {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	next := &ring{identities: identities, shut: make(chan struct{})}
	if v.ring != nil {
		next.identities, next.shut = slices.Concat(v.ring.identities, identities), v.ring.shut
	}
	v.ring = next
}

// Seal takes all identities from the vault. It goes on storing, and opens
// nothing; readers that are open give ErrSealed from now on.
//
// BUG: age has no way to wipe a key. It stays in memory until the collector
// has reused the place; only a process that was never unsealed surely lacks it.
func (v *Vault) Seal() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.ring != nil {
		close(v.ring.shut)
		v.ring = nil
	}
}

// Sealed reports whether the vault has no identity to open with.
func (v *Vault) Sealed() bool { return v.keys() == nil }

func (v *Vault) keys() *ring {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.ring
}

// check returns ErrSealed when r is no key, or none any more.
func (r *ring) check() error {
	if r == nil {
		return fmt.Errorf("%w: this vault holds no identity", ErrSealed)
	}
	select {
	case <-r.shut:
		return fmt.Errorf("%w meanwhile", ErrSealed)
	default:
		return nil
	}
}
