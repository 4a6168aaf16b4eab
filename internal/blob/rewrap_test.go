package blob

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"slices"
	"testing"

	"filippo.io/age"

	"solferino/internal/blob/escrow"
	"solferino/record"
)

// locked opens the directory of v with other keys.
func locked(t *testing.T, v *Vault, ids ...age.Identity) *Vault {
	t.Helper()
	out, err := New(Config{Dir: v.c.Dir, Identities: ids, Random: rand.Reader})
	check(t, err)
	return out
}

func TestCustodianIsAdded(t *testing.T) {
	for name, draw := range map[string]func() (age.Identity, age.Recipient){
		"classic": func() (age.Identity, age.Recipient) {
			id, err := NewIdentity()
			check(t, err)
			return id, id.Recipient()
		},
		"hybrid": func() (age.Identity, age.Recipient) {
			id, err := NewHybridIdentity()
			check(t, err)
			return id, id.Recipient()
		},
	} {
		t.Run(name, func(t *testing.T) {
			old, _ := draw()
			v := newVault(t, old)
			a := put(t, v, make([]byte, 100_000))
			before := ciphertext(t, v, a)
			id, r := draw()
			second, r2 := draw()
			fresh := locked(t, v, id)
			if _, _, err := fresh.Get(t.Context(), a, 1<<20); !errors.Is(err, ErrSealed) {
				t.Fatalf("before: Get() = %v, want ErrSealed", err)
			}
			check(t, v.Rewrap(t.Context(), a, []age.Recipient{r}))
			check(t, fresh.Rewrap(t.Context(), a, []age.Recipient{r2, r})) // who was added adds
			for _, v := range []*Vault{v, fresh, locked(t, v, second)} {
				if _, got, err := v.Get(t.Context(), a, 1<<20); len(got) != 100_000 || err != nil {
					t.Errorf("Get() = %d bytes, %v", len(got), err)
				}
			}
			if !bytes.Equal(ciphertext(t, v, a), before) {
				t.Error("the blob that records name has changed")
			}
			stockAgeOpens(t, v, a, second)
		})
	}
}

// stockAgeOpens puts a further header in the place of the first, which is all
// that it takes to open a blob by hand.
func stockAgeOpens(t *testing.T, v *Vault, a record.Attachment, id age.Identity) {
	t.Helper()
	headers, err := v.Headers(t.Context(), a.Blob)
	check(t, err)
	payload := ciphertext(t, v, a)[len(headers[0]):]
	opened := 0
	for _, h := range headers[1:] {
		r, err := age.Decrypt(io.MultiReader(bytes.NewReader(h), bytes.NewReader(payload)), id)
		if err != nil {
			continue
		}
		plain, err := io.ReadAll(r)
		check(t, err)
		if _, content, err := unframe(plain); len(content) == 100_000 && err == nil {
			opened++
		}
	}
	if len(headers) != 3 || opened != 1 {
		t.Errorf("of %d headers age opens %d for the custodian, want 3 and 1", len(headers), opened)
	}
}

func TestWhatRewrapRefuses(t *testing.T) {
	hybrid, err := NewHybridIdentity()
	check(t, err)
	classic, err := NewIdentity()
	check(t, err)
	v := newVault(t, hybrid)
	a := put(t, v, []byte("exhibit"))
	for name, recipients := range map[string][]age.Recipient{
		"nobody":                 nil,
		"a classic key":          {classic.Recipient()},
		"keys of both kinds":     {hybrid.Recipient(), classic.Recipient()},
		"both, the other way":    {classic.Recipient(), hybrid.Recipient()},
		"a recipient that fails": {broke{}},
	} {
		if err := v.Rewrap(t.Context(), a, recipients); err == nil {
			t.Errorf("%s: Rewrap() succeeds", name)
		}
	}
	missing := record.Attachment{Commit: a.Commit, Blob: a.Commit}
	if err := v.Rewrap(t.Context(), missing, v.c.Recipients); !errors.Is(err, ErrMissing) {
		t.Errorf("Rewrap(missing) = %v, want ErrMissing", err)
	}
	if err := locked(t, v, classic).Rewrap(t.Context(), a, v.c.Recipients); !errors.Is(err, ErrSealed) {
		t.Errorf("Rewrap() by a stranger = %v, want ErrSealed", err)
	}
	if got := filesIn(t, v); len(got) != 1 {
		t.Errorf("files are %v", got)
	}
}

// A broke recipient gives a stanza that no header can hold.
type broke struct{}

func (broke) Wrap([]byte) ([]*age.Stanza, error) {
	return []*age.Stanza{{Type: "mlkem768\nx"}}, nil
}

// A header that is damaged, or does not belong here, costs nobody their access.
func TestUnfitHeadersArePassedOver(t *testing.T) {
	v := newVault(t)
	id, err := NewIdentity()
	check(t, err)
	r := []age.Recipient{id.Recipient()}
	a, other := put(t, v, []byte("exhibit")), put(t, v, []byte("other"))
	check(t, v.Rewrap(t.Context(), other, r))
	headers, err := v.Headers(t.Context(), other.Blob)
	check(t, err)
	check(t, v.PutHeader(t.Context(), a.Blob, headers[1]))
	fresh := locked(t, v, id)
	if _, got, err := fresh.Get(t.Context(), a, 100); !errors.Is(err, ErrSealed) {
		t.Errorf("by a header of another blob: Get() = %q, %v, want ErrSealed", got, err)
	}
	check(t, v.Rewrap(t.Context(), a, r))
	paths, err := v.headerPaths(a.Blob)
	check(t, err)
	for _, path := range paths {
		good, err := os.ReadFile(path)
		check(t, err)
		wrong, _ := served(t, path, []byte("exhibit"), trials(20, 300), func() ([]byte, error) {
			_, got, err := fresh.Get(t.Context(), a, 100)
			return got, err
		})
		if _, got, err := v.Get(t.Context(), a, 100); wrong > 0 || string(got) != "exhibit" || err != nil {
			t.Errorf("flipped header: %d wrong; who needs none gets %q, %v", wrong, got, err)
		}
		writeFile(t, path, good[1:])
		if _, report, err := v.Scrub(t.Context(), "", 1<<40, nil); err != nil || len(report.Damaged) != 1 || report.Damaged[0].Name != a.Blob {
			t.Errorf("Scrub() = %v, %v, want damage of the blob", report, err)
		}
		writeFile(t, path, good)
	}
	if err := v.PutHeader(t.Context(), a.Blob, []byte("age-encryption.org/v1\n")); err == nil {
		t.Error("PutHeader() takes what is none")
	}
	if err := v.PutHeader(t.Context(), record.Sum(nil), headers[1]); !errors.Is(err, ErrMissing) {
		t.Errorf("PutHeader(no blob) = %v, want ErrMissing", err)
	}
}

// The custodians of a case open its blobs, and 2 of 3 others in their absence,
// who never see the vault: its headers are all they need.
func TestCaseWithEscrow(t *testing.T) {
	var ids []age.Identity
	var keys []age.Recipient
	for range 4 {
		id, err := NewHybridIdentity()
		check(t, err)
		ids, keys = append(ids, id), append(keys, id.Recipient())
	}
	inEscrow, err := escrow.New(escrow.Config{Threshold: 2, Custodians: keys[1:], Random: rand.Reader})
	check(t, err)
	v := newVault(t) // its own recipients are not those of the case
	content := []byte("the source's name")
	a, err := v.PutFor(t.Context(), bytes.NewReader(content), []age.Recipient{keys[0], inEscrow})
	check(t, err)
	if _, _, err := v.Get(t.Context(), a, 100); !errors.Is(err, ErrSealed) {
		t.Errorf("the vault's own key: Get() = %v, want ErrSealed", err)
	}
	custodian := locked(t, v, ids[0])
	if _, got, err := custodian.Get(t.Context(), a, 100); !bytes.Equal(got, content) || err != nil {
		t.Errorf("the custodian reads %q, %v", got, err)
	}
	headers, err := v.Headers(t.Context(), a.Blob)
	check(t, err)
	var shares []escrow.Share
	for _, id := range slices.Backward(ids[1:]) {
		s, err := escrow.ExtractShare(headers[0], id)
		check(t, err)
		shares = append(shares, s)
	}
	if _, _, err := escrow.Combine(headers[0], shares[:1]); !errors.Is(err, escrow.ErrTooFew) {
		t.Errorf("one of two: %v, want ErrTooFew", err)
	}
	id, bad, err := escrow.Combine(headers[0], shares[:2])
	if err != nil || bad != nil {
		t.Fatalf("Combine() = %v, %v", bad, err)
	}
	if _, got, err := locked(t, v, id).Get(t.Context(), a, 100); !bytes.Equal(got, content) || err != nil {
		t.Errorf("two of three read %q, %v", got, err)
	}
}

// An escrow can also be added to a blob that was put without one.
func TestEscrowIsAdded(t *testing.T) {
	v := newVault(t)
	a := put(t, v, []byte("exhibit"))
	one, err := NewIdentity()
	check(t, err)
	two, err := NewIdentity()
	check(t, err)
	both, err := escrow.New(escrow.Config{Threshold: 2, Custodians: []age.Recipient{one.Recipient(), two.Recipient()}, Random: rand.Reader})
	check(t, err)
	check(t, v.Rewrap(t.Context(), a, []age.Recipient{both}))
	headers, err := v.Headers(t.Context(), a.Blob)
	check(t, err)
	var shares []escrow.Share
	for _, id := range []age.Identity{one, two} {
		s, err := escrow.ExtractShare(headers[1], id)
		check(t, err)
		shares = append(shares, s)
	}
	id, _, err := escrow.Combine(headers[1], shares)
	check(t, err)
	if _, got, err := locked(t, v, id).Get(t.Context(), a, 100); string(got) != "exhibit" || err != nil {
		t.Errorf("both read %q, %v", got, err)
	}
}
