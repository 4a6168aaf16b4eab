package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"filippo.io/age"

	"solferino/record"
)

// headerMark stands in the name of a further header, between blob and hash.
const headerMark = ".header."

// maxHeader is the most that age takes for a header, in bytes.
const maxHeader = 2 << 20

// Rewrap lets further recipients open a blob that this vault can open. It writes
// a header beside the blob and leaves the blob as it is, so that the attachment
// that records have signed names it as before. Like opening, it is told to
// Config.Access first: whoever has a header has the content.
//
// Nobody loses access by it: the old header stays, and who has once had the file
// key keeps it. To shut somebody out, put the content anew and delete the blob.
func (v *Vault) Rewrap(ctx context.Context, a record.Attachment, recipients []age.Recipient) error {
	if err := a.Validate(); err != nil {
		return fmt.Errorf("rewrap blob: %w", err)
	}
	header, err := v.rewrap(ctx, a, recipients)
	if err == nil {
		err = v.PutHeader(ctx, a.Blob, header)
	}
	if err != nil {
		return fmt.Errorf("rewrap blob %s: %w", a.Blob.Short(), err)
	}
	return nil
}

func (v *Vault) rewrap(ctx context.Context, a record.Attachment, recipients []age.Recipient) ([]byte, error) {
	keys := v.keys()
	if err := keys.check(); err != nil {
		return nil, err
	}
	own, err := v.ownHeader(a.Blob)
	if err != nil {
		return nil, err
	}
	key, err := v.fileKey(a.Blob, own, keys.identities)
	var foreign *age.NoIdentityMatchError
	if errors.As(err, &foreign) {
		err = fmt.Errorf("%w: %w", ErrSealed, err)
	}
	if err != nil {
		return nil, err
	}
	header, labels, err := writeHeader(key, recipients)
	if err != nil {
		return nil, err
	}
	if resists(own) && !slices.Contains(labels, postquantum) {
		return nil, errors.New("classic recipients would open to a quantum computer what hybrid ones keep closed")
	}
	return header, v.access(ctx, a)
}

// Headers returns all headers of a blob, that at its beginning first: for a
// custodian who takes a share out of it, and for a replica. They are public to
// whoever may have the ciphertext.
func (v *Vault) Headers(ctx context.Context, name record.Digest) ([][]byte, error) {
	if err := errors.Join(ctx.Err(), name.Validate()); err != nil {
		return nil, fmt.Errorf("headers of blob: %w", err)
	}
	own, err := v.ownHeader(name)
	if err != nil {
		return nil, fmt.Errorf("headers of blob %s: %w", name.Short(), err)
	}
	headers := [][]byte{own}
	paths, err := v.headerPaths(name)
	for _, path := range paths {
		var h []byte
		if h, err = v.readHeader(path); err != nil {
			break
		}
		headers = append(headers, h)
	}
	if err != nil {
		return nil, fmt.Errorf("headers of blob %s: %w", name.Short(), err)
	}
	return headers, nil
}

// PutHeader keeps a further header of a blob that the vault has, as Rewrap of
// another vault made it. The vault need not be unsealed, and so cannot tell
// whether the header fits; one that does not is passed over by Open.
func (v *Vault) PutHeader(ctx context.Context, name record.Digest, header []byte) error {
	if err := errors.Join(ctx.Err(), name.Validate()); err != nil {
		return fmt.Errorf("put header: %w", err)
	}
	has, err := exists(v.path(name))
	if err == nil && !has {
		err = ErrMissing
	}
	if err == nil && !isHeader(header) {
		err = errors.New("it is no header of age")
	}
	if err == nil {
		err = v.store(func(w io.Writer) (string, error) {
			_, err := w.Write(header)
			return v.path(name) + headerMark + string(record.Sum(header)), err
		})
	}
	if err != nil {
		return fmt.Errorf("put header of blob %s: %w", name.Short(), err)
	}
	return nil
}

// ownHeader returns the header at the beginning of a blob.
func (v *Vault) ownHeader(name record.Digest) ([]byte, error) {
	f, err := v.open(v.path(name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	header, err := age.ExtractHeader(f)
	var disk *fs.PathError
	if err != nil && !errors.As(err, &disk) {
		err = fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return header, err
}

// headerPaths lists the files of the further headers of a blob.
func (v *Vault) headerPaths(name record.Digest) (paths []string, err error) {
	dir, base := filepath.Split(v.path(name))
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), base+headerMark) {
			paths = append(paths, filepath.Join(dir, e.Name()))
		}
	}
	return paths, err
}

// readHeader returns a further header, checked against its name.
func (v *Vault) readHeader(path string) ([]byte, error) {
	f, err := v.open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	header, err := io.ReadAll(io.LimitReader(f, maxHeader+1))
	if err != nil {
		return nil, err
	}
	_, sum, _ := strings.Cut(filepath.Base(path), headerMark)
	if got := record.Sum(header); string(got) != sum {
		return nil, fmt.Errorf("%w: header %.8s is %s", ErrDamaged, sum, got.Short())
	}
	return header, nil
}

// fileKey returns the key of a blob with this header of its own: by that, or by
// a further one. The error wraps age.NoIdentityMatchError when none has a
// recipient that identities know, and also says which of them are unfit.
func (v *Vault) fileKey(name record.Digest, own []byte, identities []age.Identity) ([]byte, error) {
	key, err := age.DecryptHeader(own, identities...)
	var foreign *age.NoIdentityMatchError
	if !errors.As(err, &foreign) {
		return key, err
	}
	paths, unfit := v.headerPaths(name)
	for _, path := range paths {
		header, err := v.readHeader(path)
		if err == nil {
			key, err = age.DecryptHeader(header, identities...)
		}
		if err == nil {
			_, err = age.DecryptHeader(own, age.NewInjectedFileKeyIdentity(key))
		}
		if err == nil {
			return key, nil
		}
		if !errors.As(err, new(*age.NoIdentityMatchError)) {
			unfit = errors.Join(unfit, err)
		}
	}
	return nil, errors.Join(err, unfit)
}
