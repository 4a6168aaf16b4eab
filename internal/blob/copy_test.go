package blob

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"solferino/record"
)

// A replica needs no key, and a vault is restored from it.
func TestReplicaRestores(t *testing.T) {
	id, err := NewIdentity()
	check(t, err)
	v := newVault(t, id)
	a := put(t, v, make([]byte, 200_000))
	check(t, v.Rewrap(t.Context(), a, v.c.Recipients))
	replica, err := New(Config{Dir: t.TempDir()})
	check(t, err)
	replicate(t, v, replica, a.Blob)
	check(t, v.Delete(t.Context(), a.Blob))
	replicate(t, replica, v, a.Blob)
	replicate(t, replica, v, a.Blob) // again does no harm
	if _, got, err := v.Get(t.Context(), a, 1<<20); len(got) != 200_000 || err != nil {
		t.Errorf("Get() = %d bytes, %v", len(got), err)
	}
	if n := len(filesIn(t, v)); n != 2 {
		t.Errorf("%d files, want blob and header", n)
	}
}

func replicate(t *testing.T, from, to *Vault, name record.Digest) {
	t.Helper()
	r, w := io.Pipe()
	go func() { w.CloseWithError(from.Copy(t.Context(), name, w)) }()
	check(t, to.PutCiphertext(t.Context(), name, r))
	headers, err := from.Headers(t.Context(), name)
	check(t, err)
	for _, h := range headers[1:] {
		check(t, to.PutHeader(t.Context(), name, h))
	}
}

func TestWrongCiphertextIsNotStored(t *testing.T) {
	v := newVault(t)
	a := put(t, v, []byte("exhibit"))
	good := ciphertext(t, v, a)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	to, err := New(Config{Dir: t.TempDir()})
	check(t, err)
	for name, tt := range map[string]struct {
		ctx  context.Context
		name record.Digest
		r    io.Reader
		want error
	}{
		"another":    {t.Context(), record.Sum(nil), bytes.NewReader(good), ErrDamaged},
		"cut short":  {t.Context(), a.Blob, bytes.NewReader(good[1:]), ErrDamaged},
		"longer":     {t.Context(), a.Blob, io.MultiReader(bytes.NewReader(good), bytes.NewReader(good)), ErrDamaged},
		"breaks off": {t.Context(), a.Blob, io.MultiReader(bytes.NewReader(good), broken{errCable, nil}), errCable},
		"cancelled":  {cancelled, a.Blob, bytes.NewReader(good), context.Canceled},
	} {
		if err := to.PutCiphertext(tt.ctx, tt.name, tt.r); !errors.Is(err, tt.want) {
			t.Errorf("%s: PutCiphertext() = %v, want %v", name, err, tt.want)
		}
	}
	if err := to.PutCiphertext(t.Context(), "../x", bytes.NewReader(good)); err == nil {
		t.Error("PutCiphertext(bad name) succeeds")
	}
	if got := filesIn(t, to); len(got) > 0 {
		t.Errorf("files are %v", got)
	}
}

func TestDamagedBlobIsRepaired(t *testing.T) {
	v := newVault(t)
	a := put(t, v, []byte("exhibit"))
	good := ciphertext(t, v, a)
	writeFile(t, v.path(a.Blob), good[1:])
	if err := v.Copy(t.Context(), a.Blob, io.Discard); !errors.Is(err, ErrDamaged) {
		t.Errorf("Copy(damaged) = %v, want ErrDamaged", err)
	}
	if err := v.PutCiphertext(t.Context(), a.Blob, bytes.NewReader(good[1:])); !errors.Is(err, ErrDamaged) {
		t.Errorf("PutCiphertext(damaged) = %v, want ErrDamaged", err)
	}
	check(t, v.PutCiphertext(t.Context(), a.Blob, bytes.NewReader(good)))
	if _, _, err := v.Get(t.Context(), a, 100); err != nil {
		t.Errorf("repaired: Get() = %v", err)
	}
	if err := v.Copy(t.Context(), record.Sum(nil), io.Discard); !errors.Is(err, ErrMissing) {
		t.Errorf("Copy(missing) = %v, want ErrMissing", err)
	}
	if err := v.Copy(t.Context(), "", io.Discard); err == nil {
		t.Error("Copy(no name) succeeds")
	}
}

func TestDeletedIsGone(t *testing.T) {
	v := newVault(t)
	a, kept := put(t, v, []byte("exhibit")), put(t, v, []byte("kept"))
	check(t, v.Rewrap(t.Context(), a, v.c.Recipients))
	check(t, v.Delete(t.Context(), a.Blob))
	check(t, v.Delete(t.Context(), a.Blob)) // as after a crash
	check(t, v.Delete(t.Context(), record.Sum(nil)))
	if _, _, err := v.Get(t.Context(), a, 100); !errors.Is(err, ErrMissing) {
		t.Errorf("Get() = %v, want ErrMissing", err)
	}
	if got := filesIn(t, v); len(got) != 1 || got[0] != v.path(kept.Blob) {
		t.Errorf("files are %v", got)
	}
	for _, bad := range []record.Digest{"", "..", record.Digest("../" + string(a.Blob[3:]))} {
		if err := v.Delete(t.Context(), bad); err == nil {
			t.Errorf("Delete(%q) succeeds", bad)
		}
	}
}

// Files never change once they are named, so a copy of the directory that is
// made while blobs are put has every blob that was put before, whole.
func TestCopyOfTheDirectoryIsABackup(t *testing.T) {
	id, err := NewIdentity()
	check(t, err)
	v := newVault(t, id)
	var before []record.Attachment
	for range 20 {
		before = append(before, put(t, v, make([]byte, 100_000)))
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				_, _ = v.Put(context.Background(), bytes.NewReader(make([]byte, 100_000)))
			}
		}
	}()
	copied := newVault(t, id)
	for _, path := range filesIn(t, v) {
		rel, err := filepath.Rel(v.c.Dir, path)
		check(t, err)
		if filepath.Dir(rel) == "." {
			continue // tmp-
		}
		b, err := os.ReadFile(path)
		check(t, err)
		check(t, os.MkdirAll(filepath.Dir(filepath.Join(copied.c.Dir, rel)), 0o700))
		writeFile(t, filepath.Join(copied.c.Dir, rel), b)
	}
	close(stop)
	<-stopped
	for _, a := range before {
		if _, _, err := copied.Get(t.Context(), a, 1<<20); err != nil {
			t.Errorf("Get(%s) from the backup = %v", a.Blob.Short(), err)
		}
	}
	if _, report, err := copied.Scrub(t.Context(), "", 1<<40, nil); err != nil || len(report.Damaged) > 0 {
		t.Errorf("Scrub(backup) = %v, %v", report, err)
	}
}
