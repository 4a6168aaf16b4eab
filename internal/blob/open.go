package blob

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"

	"filippo.io/age"

	"solferino/record"
)

// Open returns the salt of a blob and a reader of its content. Hold what it
// gives for doubtful until it gives io.EOF: it does so only when ciphertext and
// content are what the attachment names, and an error that wraps [ErrDamaged]
// in its place when they are not.
func (v *Vault) Open(ctx context.Context, a record.Attachment) (record.Salt, io.ReadCloser, error) {
	if err := a.Validate(); err != nil {
		return record.Salt{}, nil, fmt.Errorf("open blob: %w", err)
	}
	f, err := os.Open(v.path(a.Blob))
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w: %w", ErrMissing, err)
	}
	if err != nil {
		return record.Salt{}, nil, fmt.Errorf("open blob %s: %w", a.Blob.Short(), err)
	}
	r := &reader{ctx: ctx, a: a, file: f, sum: sha256.New()}
	salt, err := r.begin(v.c.Identities)
	if err != nil {
		return record.Salt{}, nil, fmt.Errorf("open blob %s: %w", a.Blob.Short(), errors.Join(err, f.Close()))
	}
	return salt, r, nil
}

// Get returns the salt of a blob and its whole content, of at most limit
// bytes, checked. The error wraps [ErrTooLarge] when there are more.
func (v *Vault) Get(ctx context.Context, a record.Attachment, limit int64) (record.Salt, []byte, error) {
	salt, r, err := v.Open(ctx, a)
	if err != nil {
		return record.Salt{}, nil, err
	}
	defer r.Close()
	content, err := io.ReadAll(&io.LimitedReader{R: r, N: max(limit, limit+1)})
	if err != nil {
		return record.Salt{}, nil, err
	}
	if int64(len(content)) > limit {
		return record.Salt{}, nil, fmt.Errorf("get blob %s: %w: more than %d bytes", a.Blob.Short(), ErrTooLarge, limit)
	}
	return salt, content, nil
}

// A reader decrypts one blob and checks it on the way.
type reader struct {
	ctx   context.Context
	a     record.Attachment
	file  *os.File
	sum   hash.Hash // of the ciphertext that was read
	mac   hash.Hash // of the content
	plain io.Reader
	err   error // what Read returns from now on
}

// begin opens the age file and reads the salt.
func (r *reader) begin(identities []age.Identity) (salt record.Salt, err error) {
	if len(identities) == 0 {
		return salt, fmt.Errorf("%w: this vault holds no identity", ErrSealed)
	}
	if r.plain, err = age.Decrypt(r.cipher(), identities...); err != nil {
		return salt, r.why(err)
	}
	if _, err := io.ReadFull(r.plain, salt[:]); err != nil {
		return salt, r.why(err)
	}
	r.mac = hmac.New(sha256.New, salt[:])
	return salt, nil
}

// cipher reads the file and hashes what it reads.
func (r *reader) cipher() io.Reader { return io.TeeReader(r.file, r.sum) }

// Read implements [io.Reader].
func (r *reader) Read(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	if r.err = r.ctx.Err(); r.err != nil {
		return 0, r.err
	}
	n, err := r.plain.Read(p)
	r.mac.Write(p[:n])
	switch {
	case err == io.EOF:
		r.err = r.verdict()
	case err != nil:
		r.err = fmt.Errorf("read blob %s: %w", r.a.Blob.Short(), r.why(err))
	}
	return n, r.err
}

// Close implements [io.Closer].
func (r *reader) Close() error { return r.file.Close() }

// verdict is io.EOF if all that was read is what the attachment names.
func (r *reader) verdict() error {
	if err := r.checkCipher(); err != nil {
		return fmt.Errorf("read blob %s: %w", r.a.Blob.Short(), err)
	}
	if got := digest(r.mac); !got.Equal(r.a.Commit) {
		return fmt.Errorf("read blob %s: %w: the content is not what %s commits to", r.a.Blob.Short(), ErrDamaged, r.a.Commit.Short())
	}
	return io.EOF
}

// checkCipher reads the rest of the file and compares its hash.
func (r *reader) checkCipher() error {
	if _, err := io.Copy(io.Discard, r.cipher()); err != nil {
		return err
	}
	if got := digest(r.sum); got != r.a.Blob {
		return fmt.Errorf("%w: the ciphertext is %s", ErrDamaged, got.Short())
	}
	return nil
}

// why tells a wrong key from a damaged file and from a failing disk.
func (r *reader) why(err error) error {
	var disk *fs.PathError
	if errors.As(err, &disk) {
		return err
	}
	if damaged := r.checkCipher(); damaged != nil {
		return fmt.Errorf("%w: %w", damaged, err)
	}
	var foreign *age.NoIdentityMatchError
	if errors.As(err, &foreign) {
		return fmt.Errorf("%w: %w", ErrSealed, err)
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}
