package blob

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"solferino/record"
)

// Copy writes the ciphertext of a blob to another place, as a replica that opens
// nothing. If it returns an error, what was written is worth nothing; it wraps
// [ErrDamaged] when the ciphertext is not what its name says. Further headers are
// copied with Headers and PutHeader.
func (v *Vault) Copy(ctx context.Context, name record.Digest, to io.Writer) error {
	if err := name.Validate(); err != nil {
		return fmt.Errorf("copy blob: %w", err)
	}
	f, err := v.open(v.path(name))
	if err != nil {
		return fmt.Errorf("copy blob %s: %w", name.Short(), err)
	}
	if err := errors.Join(hashed(ctx, name, f, to), f.Close()); err != nil {
		return fmt.Errorf("copy blob %s: %w", name.Short(), err)
	}
	return nil
}

// PutCiphertext stores what another vault's Copy gives, under its name, after
// checking that it has this name. With a good copy it also repairs a blob that
// is damaged. When it returns without error the blob survives a power cut; with
// an error, the vault is as it was.
func (v *Vault) PutCiphertext(ctx context.Context, name record.Digest, r io.Reader) error {
	if err := name.Validate(); err != nil {
		return fmt.Errorf("put ciphertext: %w", err)
	}
	err := v.store(func(w io.Writer) (string, error) {
		return v.path(name), hashed(ctx, name, r, w)
	})
	if err != nil {
		return fmt.Errorf("put ciphertext %s: %w", name.Short(), err)
	}
	return nil
}

// hashed copies r to the writers and reports whether it was the ciphertext with
// this name.
func hashed(ctx context.Context, name record.Digest, r io.Reader, writers ...io.Writer) error {
	sum := sha256.New()
	out := behind(diskPiece, 0, append([]io.Writer{sum}, writers...)...)
	_, err := io.CopyBuffer(out, patient{ctx, r}, make([]byte, 64<<10))
	if failed := out.end(); err == nil {
		err = failed
	}
	if err != nil {
		return err
	}
	if got := digest(sum); got != name {
		return fmt.Errorf("%w: the ciphertext is %s", ErrDamaged, got.Short())
	}
	return nil
}
