package blob

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"filippo.io/age"

	"solferino/record"
)

// Put encrypts what r gives, up to its io.EOF, and returns how a record names
// it. When Put returns without error, the exhibit survives a power cut; when
// it returns an error, nothing is left behind.
func (v *Vault) Put(ctx context.Context, r io.Reader) (record.Attachment, error) {
	f, err := v.create(v.c.Dir)
	if err != nil {
		return record.Attachment{}, fmt.Errorf("put into vault: %w", err)
	}
	a, err := v.encrypt(ctx, f, r)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = v.place(f.Name(), v.path(a.Blob))
	}
	if err != nil {
		if left := os.Remove(f.Name()); !errors.Is(left, fs.ErrNotExist) {
			err = errors.Join(err, left)
		}
		return record.Attachment{}, fmt.Errorf("put into vault: %w", err)
	}
	return a, nil
}

// encrypt writes salt and content to f under the recipients' keys. Two stages
// work beside it: one commits to the content, one hashes and writes the
// ciphertext.
func (v *Vault) encrypt(ctx context.Context, f io.Writer, r io.Reader) (record.Attachment, error) {
	salt, err := v.salt()
	if err != nil {
		return record.Attachment{}, err
	}
	mac, sum := hmac.New(sha256.New, salt[:]), sha256.New()
	commit, store := behind(mac), behind(io.MultiWriter(f, sum))
	err = v.pump(ctx, r, salt, commit, store)
	for _, s := range []*stage{commit, store} {
		if failed := s.end(); err == nil {
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

// pump takes the content through age to store, and as it is to commit. Only
// io.EOF ends it well: an upload that was cut short ends in
// io.ErrUnexpectedEOF.
func (v *Vault) pump(ctx context.Context, r io.Reader, salt record.Salt, commit, store io.Writer) error {
	sealed, err := age.Encrypt(store, v.c.Recipients...)
	if err != nil {
		return err
	}
	if _, err := sealed.Write(salt[:]); err != nil {
		return err
	}
	both := io.MultiWriter(commit, sealed)
	if _, err := io.CopyBuffer(both, patient{ctx, r}, make([]byte, stageSize)); err != nil {
		return err
	}
	return sealed.Close()
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

// place gives a finished file its name, durably.
func (v *Vault) place(temp, path string) error {
	dir := filepath.Dir(path)
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	if err := errors.Join(syncDir(dir), syncDir(v.c.Dir)); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func digest(h hash.Hash) record.Digest {
	return record.Digest(hex.EncodeToString(h.Sum(nil)))
}
