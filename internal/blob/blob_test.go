package blob

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	"pgregory.net/rapid"

	"solferino/record"
)

func newVault(t testing.TB, identities ...age.Identity) *Vault {
	t.Helper()
	if len(identities) == 0 {
		id, err := NewIdentity()
		check(t, err)
		identities = append(identities, id)
	}
	c := Config{Dir: filepath.Join(t.TempDir(), "vault"), Identities: identities, Random: rand.Reader}
	for _, id := range identities {
		switch id := id.(type) {
		case *age.X25519Identity:
			c.Recipients = append(c.Recipients, id.Recipient())
		case *age.HybridIdentity:
			c.Recipients = append(c.Recipients, id.Recipient())
		}
	}
	v, err := New(c)
	check(t, err)
	if _, measured := t.(*testing.B); !measured {
		v.disk = hasty{}
	}
	return v
}

// A hasty disk does not wait for the disk: no test survives a power cut, and
// TestOrderOfSteps shows what would.
type hasty struct{ osDisk }

func (hasty) SyncDir(path string) error {
	_, err := os.Stat(path)
	return err
}

func (hasty) Create(dir string) (file, error) {
	f, err := osDisk{}.Create(dir)
	return hastyFile{f}, err
}

type hastyFile struct{ file }

func (hastyFile) Sync() error { return nil }

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// put puts content and returns how a record names it.
func put(t testing.TB, v *Vault, content []byte) record.Attachment {
	t.Helper()
	a, err := v.Put(context.Background(), bytes.NewReader(content))
	check(t, err)
	return a
}

// ciphertext is the file of a blob.
func ciphertext(t testing.TB, v *Vault, a record.Attachment) []byte {
	t.Helper()
	b, err := os.ReadFile(v.path(a.Blob))
	check(t, err)
	return b
}

func writeFile(t testing.TB, path string, b []byte) {
	t.Helper()
	check(t, os.WriteFile(path, b, 0o600))
}

// flip changes the bits of one byte of a file.
func flip(t testing.TB, path string, at int, bits byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	check(t, err)
	b := make([]byte, 1)
	_, err = f.ReadAt(b, int64(at))
	check(t, err)
	b[0] ^= bits
	_, err = f.WriteAt(b, int64(at))
	check(t, errors.Join(err, f.Close()))
}

// filesIn lists all files below the vault's directory.
func filesIn(t testing.TB, v *Vault) (names []string) {
	t.Helper()
	check(t, filepath.WalkDir(v.c.Dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, path)
		}
		return err
	}))
	return names
}

func TestWhatIsPutIsGot(t *testing.T) {
	classic, err := NewIdentity()
	check(t, err)
	hybrid, err := NewHybridIdentity()
	check(t, err)
	t.Run("classic", func(t *testing.T) { testPutIsGot(t, newVault(t, classic)) })
	t.Run("hybrid", func(t *testing.T) { testPutIsGot(t, newVault(t, hybrid)) })
}

func testPutIsGot(t *testing.T, v *Vault) {
	sizes := rapid.OneOf(
		rapid.IntRange(0, 200),
		rapid.IntRange(64<<10-100, 64<<10+100), // a chunk of age, less the salt
		rapid.IntRange(frameSize-2, frameSize+2),
		rapid.IntRange(2*frameSize-2, 2*frameSize+2),
		rapid.IntRange(diskPiece-1500, diskPiece+1500),
	)
	rapid.Check(t, func(r *rapid.T) {
		content := make([]byte, sizes.Draw(r, "size"))
		_, _ = rand.Read(content)
		a, err := v.Put(context.Background(), slow{bytes.NewReader(content), rapid.IntRange(1, 2*frameSize).Draw(r, "piece")})
		if err != nil {
			r.Fatal(err)
		}
		salt, got, err := v.Get(context.Background(), a, int64(len(content)))
		if err != nil || !bytes.Equal(got, content) {
			r.Fatalf("Get() = %d bytes, %v, want %d bytes", len(got), err, len(content))
		}
		if record.Commit(salt, content) != a.Commit {
			r.Errorf("the commitment is not record.Commit's")
		}
		cipher, err := os.ReadFile(v.path(a.Blob))
		if err != nil || record.Sum(cipher) != a.Blob {
			r.Errorf("the blob's name is not the hash of its file: %v", err)
		}
		if has, err := v.Has(context.Background(), a); !has || err != nil {
			r.Errorf("Has() = %v, %v", has, err)
		}
	})
	if len(filesIn(t, v)) == 0 {
		t.Error("no files")
	}
}

// slow gives at most n bytes at a time.
type slow struct {
	io.Reader
	n int
}

func (s slow) Read(p []byte) (int, error) { return s.Reader.Read(p[:min(len(p), s.n)]) }

func TestSameContentTwiceGivesNothingAway(t *testing.T) {
	v := newVault(t)
	a, b := put(t, v, []byte("secret")), put(t, v, []byte("secret"))
	if a.Commit == b.Commit || a.Blob == b.Blob {
		t.Errorf("the same content shows: %v, %v", a, b)
	}
}

func TestNameIsDirectoryAndRest(t *testing.T) {
	v := newVault(t)
	a := put(t, v, []byte("x"))
	want := filepath.Join(v.c.Dir, string(a.Blob[:2]), string(a.Blob[2:]))
	if got := filesIn(t, v); len(got) != 1 || got[0] != want {
		t.Errorf("files are %v, want %s", got, want)
	}
}

func TestFlippedByteIsRefused(t *testing.T) {
	v := newVault(t)
	a := put(t, v, []byte("exhibit"))
	path := v.path(a.Blob)
	good, err := os.ReadFile(path)
	check(t, err)
	for i := range good {
		flip(t, path, i, 1<<(i%8))
		if _, content, err := v.Get(context.Background(), a, 100); !errors.Is(err, ErrDamaged) {
			t.Errorf("byte %d: Get() = %q, %v, want ErrDamaged", i, content, err)
		}
		flip(t, path, i, 1<<(i%8))
	}
	for i := len(good) - 1; i >= 0; i -= 7 {
		check(t, os.Truncate(path, int64(i)))
		if _, content, err := v.Get(context.Background(), a, 100); !errors.Is(err, ErrDamaged) {
			t.Errorf("first %d bytes: Get() = %q, %v, want ErrDamaged", i, content, err)
		}
	}
	check(t, os.WriteFile(path, append(good, 0), 0o600))
	if _, _, err := v.Get(context.Background(), a, 100); !errors.Is(err, ErrDamaged) {
		t.Errorf("byte behind: Get() = %v, want ErrDamaged", err)
	}
}

// Damage far into a large blob shows at the latest at the end, for good.
func TestReaderGivesNoEOFOnDamage(t *testing.T) {
	v := newVault(t)
	a := put(t, v, make([]byte, 1<<20))
	other := put(t, v, []byte("other"))
	for name, wrong := range map[string]record.Attachment{
		"other commitment": {Commit: other.Commit, Blob: a.Blob},
	} {
		_, r, err := v.Open(context.Background(), wrong)
		check(t, err)
		n, err := io.Copy(io.Discard, r)
		if n != 1<<20 || !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: read %d bytes, %v, want all and ErrDamaged", name, n, err)
		}
		if _, err := r.Read(make([]byte, 1)); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: a further Read() = %v, want ErrDamaged", name, err)
		}
		check(t, r.Close())
	}
	check(t, os.Rename(v.path(other.Blob), v.path(a.Blob))) // another's good file under this name
	_, _, err := v.Get(context.Background(), a, 1<<20)
	if !errors.Is(err, ErrDamaged) {
		t.Errorf("Get(swapped file) = %v, want ErrDamaged", err)
	}
}

func TestWhoCannotOpen(t *testing.T) {
	v := newVault(t)
	a := put(t, v, []byte("exhibit"))
	stranger, err := NewIdentity()
	check(t, err)
	for name, ids := range map[string][]age.Identity{"stranger": {stranger}, "nobody": nil} {
		other, err := New(Config{Dir: v.c.Dir, Identities: ids})
		check(t, err)
		if _, _, err := other.Get(context.Background(), a, 100); !errors.Is(err, ErrSealed) {
			t.Errorf("%s: Get() = %v, want ErrSealed", name, err)
		}
	}
	if _, err := v.PutFor(context.Background(), strings.NewReader("x"), nil); err == nil {
		t.Error("Put() for nobody succeeds")
	}
	if got := filesIn(t, v); len(got) != 1 {
		t.Errorf("files are %v", got)
	}
}

// Any of several custodians opens, also with keys that resist quantum
// computers.
func TestAnyRecipientOpens(t *testing.T) {
	h1, err := NewHybridIdentity()
	check(t, err)
	h2, err := NewHybridIdentity()
	check(t, err)
	v := newVault(t, h1, h2)
	a := put(t, v, []byte("exhibit"))
	for _, id := range v.c.Identities {
		one, err := New(Config{Dir: v.c.Dir, Identities: []age.Identity{id}})
		check(t, err)
		if _, got, err := one.Get(context.Background(), a, 100); err != nil || string(got) != "exhibit" {
			t.Errorf("Get() = %q, %v", got, err)
		}
	}
}

func TestMissingAndMalformedNames(t *testing.T) {
	v := newVault(t)
	a := record.Attachment{Commit: record.Sum([]byte("a")), Blob: record.Sum([]byte("b"))}
	if _, _, err := v.Get(context.Background(), a, 1); !errors.Is(err, ErrMissing) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Get(missing) = %v, want ErrMissing", err)
	}
	if has, err := v.Has(context.Background(), a); has || err != nil {
		t.Errorf("Has(missing) = %v, %v", has, err)
	}
	for _, bad := range []record.Digest{"", "..", "../../../etc/passwd", record.Digest(strings.Repeat("/", 64))} {
		a.Blob = bad
		if _, _, err := v.Open(context.Background(), a); err == nil || errors.Is(err, ErrMissing) {
			t.Errorf("Open(%q) = %v, want a refusal", bad, err)
		}
		if _, err := v.Has(context.Background(), a); err == nil {
			t.Errorf("Has(%q) is answered", bad)
		}
	}
}

func TestGetHasALimit(t *testing.T) {
	v := newVault(t)
	a := put(t, v, []byte("12345"))
	for limit, want := range map[int64]error{4: ErrTooLarge, 0: ErrTooLarge, 5: nil, 6: nil, 1<<63 - 1: nil} {
		if _, _, err := v.Get(context.Background(), a, limit); !errors.Is(err, want) {
			t.Errorf("Get(limit %d) = %v, want %v", limit, err, want)
		}
	}
}

func TestCancelledReaderStops(t *testing.T) {
	v := newVault(t)
	a := put(t, v, make([]byte, 1<<20))
	ctx, cancel := context.WithCancel(context.Background())
	_, r, err := v.Open(ctx, a)
	check(t, err)
	defer r.Close()
	cancel()
	if _, err := io.Copy(io.Discard, r); !errors.Is(err, context.Canceled) {
		t.Errorf("Read() = %v, want context.Canceled", err)
	}
}

// What a vault of later years wrote is not damaged, what is no blob is, and a
// token that does not answer says nothing of the blob.
func TestWhatCannotBeReadSaysWhy(t *testing.T) {
	id, err := NewIdentity()
	check(t, err)
	v := newVault(t, id)
	lock := func(plain []byte) []byte {
		var out bytes.Buffer
		w, err := age.Encrypt(&out, id.Recipient())
		check(t, err)
		_, err = w.Write(plain)
		check(t, err)
		check(t, w.Close())
		return out.Bytes()
	}
	later := frames([]byte("exhibit"))
	later[0] = 2
	padded := frames([]byte("exhibit"))
	padded[1000] = 1
	for name, tt := range map[string]struct {
		cipher []byte
		want   error
	}{
		"later version": {lock(later), ErrVersion},
		"no padding":    {lock(padded), ErrDamaged},
		"empty":         {lock(nil), ErrDamaged},
		"no age file":   {[]byte("exhibit"), ErrDamaged},
	} {
		a := record.Attachment{Commit: record.Sum(nil), Blob: record.Sum(tt.cipher)}
		check(t, v.PutCiphertext(t.Context(), a.Blob, bytes.NewReader(tt.cipher)))
		if _, _, err := v.Get(t.Context(), a, 100); !errors.Is(err, tt.want) || errors.Is(err, ErrVersion) == errors.Is(err, ErrDamaged) {
			t.Errorf("%s: Get() = %v, want %v", name, err, tt.want)
		}
	}
	a := put(t, v, []byte("exhibit"))
	v.Seal()
	v.Unseal(token{})
	if _, _, err := v.Get(t.Context(), a, 100); !errors.Is(err, errToken) || errors.Is(err, ErrDamaged) || errors.Is(err, ErrSealed) {
		t.Errorf("Get() with a token that is not there = %v", err)
	}
}

// A token is an identity that is not plugged in.
type token struct{}

var errToken = errors.New("no token is plugged in")

func (token) Unwrap([]*age.Stanza) ([]byte, error) { return nil, errToken }
