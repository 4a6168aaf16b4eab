package blob

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"sync"
	"testing"

	"filippo.io/age"

	"solferino/record"
)

func TestSealedVaultStoresAndOpensNothing(t *testing.T) {
	id, err := NewHybridIdentity()
	check(t, err)
	v, err := New(Config{Dir: t.TempDir(), Recipients: []age.Recipient{id.Recipient()}, Random: rand.Reader})
	check(t, err)
	a := put(t, v, make([]byte, 200_000))
	if _, _, err := v.Get(t.Context(), a, 1<<20); !errors.Is(err, ErrSealed) || !v.Sealed() {
		t.Errorf("sealed: Get() = %v, want ErrSealed", err)
	}
	if err := v.Rewrap(t.Context(), a, []age.Recipient{id.Recipient()}); !errors.Is(err, ErrSealed) {
		t.Errorf("sealed: Rewrap() = %v, want ErrSealed", err)
	}
	v.Unseal(id)
	if _, got, err := v.Get(t.Context(), a, 1<<20); len(got) != 200_000 || err != nil {
		t.Errorf("unsealed: Get() = %d bytes, %v", len(got), err)
	}
	_, r, err := v.Open(t.Context(), a)
	check(t, err)
	defer r.Close()
	_, err = io.ReadFull(r, make([]byte, 1000))
	check(t, err)
	v.Seal()
	if n, err := io.Copy(io.Discard, r); n > 0 || !errors.Is(err, ErrSealed) {
		t.Errorf("a reader that was open gives %d bytes more, %v, want ErrSealed", n, err)
	}
	v.Unseal(id)
	if _, err := r.Read(make([]byte, 1)); !errors.Is(err, ErrSealed) {
		t.Errorf("after unsealing the old reader gives %v, want ErrSealed", err)
	}
	v.Seal()
	v.Seal()
	if _, _, err := v.Open(t.Context(), a); !errors.Is(err, ErrSealed) {
		t.Errorf("sealed again: Open() = %v, want ErrSealed", err)
	}
}

func TestCustodiansUnsealOneByOne(t *testing.T) {
	a, err := NewIdentity()
	check(t, err)
	b, err := NewIdentity()
	check(t, err)
	v, err := New(Config{Dir: t.TempDir(), Random: rand.Reader})
	check(t, err)
	for _, id := range []*age.X25519Identity{a, b} {
		v.Unseal(id)
		v.Unseal()
	}
	for _, id := range []*age.X25519Identity{a, b} {
		x, err := v.PutFor(t.Context(), slow{rand.Reader, 1}.limit(10), []age.Recipient{id.Recipient()})
		check(t, err)
		if _, _, err := v.Get(t.Context(), x, 10); err != nil {
			t.Errorf("Get() = %v", err)
		}
	}
}

func (s slow) limit(n int64) io.Reader { return io.LimitReader(s, n) }

// Nothing of a blob is given to anybody before Access has said yes: no salt and
// no byte, and no header for others.
func TestAccessIsRecordedFirst(t *testing.T) {
	v := newVault(t)
	a := put(t, v, []byte("exhibit"))
	full := errors.New("the log is full")
	var told []record.Attachment
	v.c.Access = func(_ context.Context, a record.Attachment) error {
		told = append(told, a)
		return full
	}
	if salt, r, err := v.Open(t.Context(), a); !errors.Is(err, full) || r != nil || salt != (record.Salt{}) {
		t.Errorf("Open() = %v, %v, %v, want nothing and the error of Access", salt, r, err)
	}
	if salt, b, err := v.Get(t.Context(), a, 100); !errors.Is(err, full) || b != nil || salt != (record.Salt{}) {
		t.Errorf("Get() = %v, %q, %v, want nothing and the error of Access", salt, b, err)
	}
	if err := v.Rewrap(t.Context(), a, v.c.Recipients); !errors.Is(err, full) || len(filesIn(t, v)) != 1 {
		t.Errorf("Rewrap() = %v and the files are %v, want the error of Access", err, filesIn(t, v))
	}
	if len(told) != 3 || told[0] != a || told[1] != a || told[2] != a {
		t.Errorf("Access was told %v, want %v three times", told, a)
	}
	stranger, err := NewIdentity()
	check(t, err)
	v.Seal()
	v.Unseal(stranger)
	_, _, _ = v.Get(t.Context(), a, 100)
	if len(told) != 3 {
		t.Error("Access was told of what cannot be opened")
	}
}

// Access may use the vault, and what seals it meanwhile counts.
func TestAccessMayUseTheVault(t *testing.T) {
	v := newVault(t)
	a := put(t, v, []byte("exhibit"))
	v.c.Access = func(context.Context, record.Attachment) error {
		put(t, v, []byte("an account of the access"))
		v.Seal()
		return nil
	}
	if _, _, err := v.Open(t.Context(), a); !errors.Is(err, ErrSealed) {
		t.Errorf("Open() = %v, want ErrSealed", err)
	}
}

func TestManyAtOnce(t *testing.T) {
	id, err := NewIdentity()
	check(t, err)
	v := newVault(t, id)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 5 {
				a, err := v.Put(t.Context(), slow{rand.Reader, 999}.limit(100_000))
				if err != nil {
					t.Errorf("Put() = %v", err)
				}
				if _, _, err := v.Get(t.Context(), a, 1<<20); err != nil && !errors.Is(err, ErrSealed) {
					t.Errorf("Get() = %v", err)
				}
				v.Seal()
				v.Unseal(id)
			}
		})
	}
	wg.Wait()
	if n, _, err := v.Size(t.Context()); n != 40 || err != nil {
		t.Errorf("Size() = %d blobs, %v, want 40", n, err)
	}
}
