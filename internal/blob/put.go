package blob

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"slices"

	"filippo.io/age"

	"solferino/record"
)

// Put encrypts what r gives, up to its io.EOF, for the recipients of the vault,
// and returns how a record names it. When Put returns without error, the exhibit
// survives a power cut; when it returns an error, nothing is left behind.
func (v *Vault) Put(ctx context.Context, r io.Reader) (record.Attachment, error) {
	return v.PutFor(ctx, r, v.c.Recipients)
}

// PutFor is Put for these recipients alone, as the custodians of one case and
// an escrow.Recipient. It does not add those of the vault.
func (v *Vault) PutFor(ctx context.Context, r io.Reader, recipients []age.Recipient) (record.Attachment, error) {
	var a record.Attachment
	err := v.store(func(w io.Writer) (path string, err error) {
		if a, err = v.encrypt(ctx, w, r, recipients); err != nil {
			return "", err
		}
		return v.path(a.Blob), nil
	})
	if err != nil {
		return record.Attachment{}, fmt.Errorf("put into vault: %w", err)
	}
	return a, nil
}

// encrypt writes the age file of the content to w. Beside the encryption, one
// goroutine commits to the content, one hashes the ciphertext, and one writes it.
func (v *Vault) encrypt(ctx context.Context, w io.Writer, r io.Reader, recipients []age.Recipient) (record.Attachment, error) {
	salt, err := v.salt()
	if err != nil {
		return record.Attachment{}, err
	}
	mac, sum := hmac.New(sha256.New, salt[:]), sha256.New()
	commit := behind(frameHead+frameSize, frameHead, mac)
	store := behind(diskPiece, 0, sum, w)
	err = pump(patient{ctx, r}, salt, commit, store, recipients)
	for _, r := range []*relay{commit, store} {
		if failed := r.end(); err == nil {
			err = failed
		}
	}
	if err != nil {
		return record.Attachment{}, err
	}
	return record.Attachment{Commit: digest(mac), Blob: digest(sum)}, nil
}

func (v *Vault) salt() (salt record.Salt, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if _, err := io.ReadFull(v.c.Random, salt[:]); err != nil {
		return salt, fmt.Errorf("draw a salt: %w", err)
	}
	return salt, nil
}

// pump takes the content, framed and padded, through age to store, and as it is
// to commit. Each frame is read into its place once, and not copied for commit.
func pump(r io.Reader, salt record.Salt, commit, store *relay, recipients []age.Recipient) error {
	sealed, err := age.Encrypt(store, recipients...)
	if err != nil {
		return err
	}
	f := &framer{w: sealed}
	if err := f.begin(salt); err != nil {
		return err
	}
	for n := frameSize; n == frameSize; {
		frame, err := commit.take()
		if err != nil {
			return err
		}
		frame = slices.Grow(frame, commit.size)[:commit.size]
		if n, err = fill(r, frame[frameHead:]); err != nil {
			return err
		}
		frame = frame[:frameHead+n]
		head(frame)
		commit.pass(frame)
		if err := f.write(frame); err != nil {
			return err
		}
	}
	if err := f.pad(); err != nil {
		return err
	}
	return sealed.Close()
}

// fill reads until p is full or r ends. Only io.EOF ends r well: an upload that
// was cut short ends in io.ErrUnexpectedEOF, which io.ReadFull would hide.
func fill(r io.Reader, p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var m int
		m, err = r.Read(p[n:])
		n += m
	}
	if err == io.EOF {
		err = nil
	}
	return n, err
}

// A patient reader reads until its context ends.
type patient struct {
	ctx context.Context
	r   io.Reader
}

func (p patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.r.Read(b)
}

func digest(h hash.Hash) record.Digest {
	return record.Digest(hex.EncodeToString(h.Sum(nil)))
}
