package blob

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"

	"filippo.io/age"

	"solferino/record"
)

// Open returns the salt of a blob and a reader of its content. Hold what it
// gives for doubtful until it gives io.EOF: it does so only when ciphertext and
// content are what the attachment names, and an error that wraps [ErrDamaged]
// in its place when they are not. (A changed byte is not given even before: age
// authenticates each piece of 64 KiB. What was cut off shows at the end.)
func (v *Vault) Open(ctx context.Context, a record.Attachment) (record.Salt, io.ReadCloser, error) {
	if err := a.Validate(); err != nil {
		return record.Salt{}, nil, fmt.Errorf("open blob: %w", err)
	}
	keys := v.keys()
	if err := keys.check(); err != nil {
		return record.Salt{}, nil, fmt.Errorf("open blob %s: %w", a.Blob.Short(), err)
	}
	f, err := v.open(v.path(a.Blob))
	if err != nil {
		return record.Salt{}, nil, fmt.Errorf("open blob %s: %w", a.Blob.Short(), err)
	}
	r := &reader{ctx: ctx, a: a, file: f, keys: keys, sum: sha256.New()}
	salt, err := r.begin(v)
	if err == nil {
		err = v.access(ctx, a)
	}
	if err == nil {
		err = keys.check() // Access may have taken its time
	}
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

// access has it recorded that ctx's caller is about to have access to a.
func (v *Vault) access(ctx context.Context, a record.Attachment) error {
	if v.c.Access == nil {
		return nil
	}
	if err := v.c.Access(ctx, a); err != nil {
		return fmt.Errorf("access: %w", err)
	}
	return nil
}

// A reader decrypts one blob and checks it on the way.
type reader struct {
	ctx     context.Context
	a       record.Attachment
	file    io.ReadSeekCloser
	keys    *ring
	sum     hash.Hash // of the ciphertext that was read
	mac     hash.Hash // of the content
	content *unframer
	err     error // what Read returns from now on
}

// begin opens the age file and reads the salt.
func (r *reader) begin(v *Vault) (salt record.Salt, err error) {
	key, err := r.fileKey(v)
	if err != nil {
		return salt, err
	}
	plain, err := age.Decrypt(r.cipher(), age.NewInjectedFileKeyIdentity(key))
	if err != nil {
		return salt, r.why(err)
	}
	r.content = &unframer{r: plain}
	if salt, err = r.content.begin(); err != nil {
		return salt, r.why(err)
	}
	r.mac = hmac.New(sha256.New, salt[:])
	return salt, nil
}

// fileKey returns the key of the age file. Its header is read once more
// afterwards, to be hashed.
func (r *reader) fileKey(v *Vault) ([]byte, error) {
	header, err := age.ExtractHeader(r.file)
	if _, again := r.file.Seek(0, io.SeekStart); again != nil {
		return nil, again
	}
	if err != nil {
		return nil, r.why(err)
	}
	key, err := v.fileKey(r.a.Blob, header, r.keys.identities)
	if err == nil {
		return key, nil
	}
	if damaged := r.checkCipher(); damaged != nil {
		return nil, fmt.Errorf("%w: %w", damaged, err)
	}
	var foreign *age.NoIdentityMatchError
	if errors.As(err, &foreign) {
		return nil, fmt.Errorf("%w: %w", ErrSealed, err)
	}
	return nil, err // as of a token that does not answer
}

// cipher reads the file and hashes what it reads.
func (r *reader) cipher() io.Reader { return io.TeeReader(r.file, r.sum) }

// Read implements [io.Reader].
func (r *reader) Read(p []byte) (int, error) {
	if r.err == nil {
		r.err = r.ctx.Err()
	}
	if r.err == nil {
		r.err = r.keys.check()
	}
	if r.err != nil {
		return 0, r.err
	}
	n, err := r.content.Read(p)
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

// why tells a failing disk from a blob that is damaged or of a later version.
func (r *reader) why(err error) error {
	var disk *fs.PathError
	if errors.As(err, &disk) {
		return err
	}
	if damaged := r.checkCipher(); damaged != nil {
		return fmt.Errorf("%w: %w", damaged, err)
	}
	if errors.Is(err, ErrVersion) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}

// isHeader reports whether b is an age header and nothing else.
func isHeader(b []byte) bool {
	h, err := age.ExtractHeader(bytes.NewReader(b))
	return err == nil && bytes.Equal(h, b)
}
