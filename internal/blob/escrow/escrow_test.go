package escrow

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"filippo.io/age"
)

// trials is how often a draw is repeated: SOLFERINO_LONG=1 asks for the long
// form.
func trials(short, long int) int {
	if os.Getenv("SOLFERINO_LONG") == "1" {
		return long
	}
	return short
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A bench seats custodians and what they hold in escrow.
type bench struct {
	t    testing.TB
	ids  []age.Identity
	keys []age.Recipient
}

func seat(t testing.TB, n int, hybrid bool) *bench {
	b := &bench{t: t}
	for range n {
		if !hybrid {
			id, err := age.GenerateX25519Identity()
			check(t, err)
			b.ids, b.keys = append(b.ids, id), append(b.keys, id.Recipient())
			continue
		}
		id, err := age.GenerateHybridIdentity()
		check(t, err)
		b.ids, b.keys = append(b.ids, id), append(b.keys, id.Recipient())
	}
	return b
}

func (b *bench) recipient(threshold int) *Recipient {
	b.t.Helper()
	r, err := New(Config{Threshold: threshold, Custodians: b.keys, Random: rand.Reader})
	check(b.t, err)
	return r
}

// lock encrypts text so that only the escrow opens it.
func (b *bench) lock(threshold int, text string) (file, header []byte) {
	b.t.Helper()
	var out bytes.Buffer
	w, err := age.Encrypt(&out, b.recipient(threshold))
	check(b.t, err)
	_, err = io.WriteString(w, text)
	check(b.t, err)
	check(b.t, w.Close())
	header, err = age.ExtractHeader(bytes.NewReader(out.Bytes()))
	check(b.t, err)
	return out.Bytes(), header
}

// shares are those of the custodians at the places, from 0, as they arrive.
func (b *bench) shares(header []byte, at ...int) (out []Share) {
	b.t.Helper()
	for _, i := range at {
		s, err := ExtractShare(header, b.ids[i])
		check(b.t, err)
		text, err := s.Encode()
		check(b.t, err)
		s, err = ParseShare(text)
		check(b.t, err)
		out = append(out, s)
	}
	return out
}

func read(file []byte, id age.Identity) (string, error) {
	r, err := age.Decrypt(bytes.NewReader(file), id)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(r)
	return string(text), err
}

// anyOf draws k places out of n.
func anyOf(t testing.TB, k, n int) []int {
	b := make([]byte, n)
	_, err := rand.Read(b)
	check(t, err)
	places := make([]int, n)
	for i := range places {
		places[i] = i
	}
	slices.SortFunc(places, func(i, j int) int { return int(b[i]) - int(b[j]) })
	return places[:k]
}

func TestThresholdOpens(t *testing.T) {
	for _, hybrid := range []bool{false, true} {
		b := seat(t, 7, hybrid)
		for _, tt := range []struct{ t, n int }{{2, 2}, {2, 3}, {3, 5}, {4, 7}, {7, 7}} {
			b := &bench{t, b.ids[:tt.n], b.keys[:tt.n]}
			file, header := b.lock(tt.t, "exhibit")
			for k := tt.t; k <= tt.n; k++ {
				id, bad, err := Combine(header, b.shares(header, anyOf(t, k, tt.n)...))
				if err != nil || bad != nil {
					t.Fatalf("%d of %d, %d come: Combine() = %v, %v", tt.t, tt.n, k, bad, err)
				}
				if got, err := read(file, id); got != "exhibit" || err != nil {
					t.Errorf("%d of %d, %d come: read %q, %v", tt.t, tt.n, k, got, err)
				}
			}
		}
	}
}

// One share too few opens nothing, whatever is done with it, and one more
// always opens, which shows that the trial could have succeeded.
func TestOneTooFewOpensNothing(t *testing.T) {
	const threshold, n = 3, 5
	b := seat(t, n, true)
	opened, failed := 0, 0
	for range trials(100, 1000) {
		file, header := b.lock(threshold, "exhibit")
		shares := b.shares(header, anyOf(t, threshold, n)...)
		few := shares[:threshold-1]
		if _, _, err := Combine(header, few); !errors.Is(err, ErrTooFew) {
			t.Fatalf("Combine(%d shares) = %v, want ErrTooFew", len(few), err)
		}
		if cheat(t, header, file, few) {
			opened++
		}
		id, _, err := Combine(header, shares)
		check(t, err)
		if _, err := read(file, id); err != nil {
			failed++
		}
	}
	if opened > 0 || failed > 0 {
		t.Errorf("too few opened %d times, enough failed %d times, want 0 and 0", opened, failed)
	}
}

// cheat tries to open with the shares alone, with a share made up, and with
// one share under two numbers.
func cheat(t *testing.T, header, file []byte, few []Share) bool {
	deals, err := dealsIn(header)
	check(t, err)
	other := few[0]
	other.Number = 9
	invented := Share{Number: 9, deal: few[0].deal}
	invented.value, err = draw(rand.Reader)
	check(t, err)
	for _, shares := range [][]Share{few, append(slices.Clone(few), other), append(slices.Clone(few), invented)} {
		secret, err := join(shares)
		check(t, err)
		if _, err := read(file, combined{deals[0].id, secret}); err == nil {
			return true
		}
	}
	return false
}

func TestBadShareIsNamed(t *testing.T) {
	b := seat(t, 5, false)
	file, header := b.lock(3, "exhibit")
	_, foreign := b.lock(3, "another")
	all := []int{0, 1, 2, 3, 4}
	for name, spoil := range map[string]func(*Share){
		"value changed":      func(s *Share) { s.value.Add(s.value, scalar(1)) },
		"blind changed":      func(s *Share) { s.blind.Add(s.blind, scalar(1)) },
		"value of another":   func(s *Share) { s.value = b.shares(header, 4)[0].value },
		"of another file":    func(s *Share) { *s = b.shares(foreign, 1)[0] },
		"moved to this file": func(s *Share) { d := s.deal; *s = b.shares(foreign, 1)[0]; s.deal = d },
		"empty":              func(s *Share) { *s = Share{Number: 2} },
	} {
		shares := b.shares(header, all...)
		spoil(&shares[1])
		id, bad, err := Combine(header, shares)
		if err != nil || !slices.Equal(bad, []int{2}) {
			t.Fatalf("%s: Combine() names %v, %v, want 2", name, bad, err)
		}
		if got, err := read(file, id); got != "exhibit" || err != nil {
			t.Errorf("%s: the good ones read %q, %v", name, got, err)
		}
		id, bad, err = Combine(header, shares[:3])
		if id != nil || !slices.Equal(bad, []int{2}) || !errors.Is(err, ErrTooFew) || !strings.Contains(err.Error(), "[2]") {
			t.Errorf("%s, too few left: Combine() = %v, %v, %v, want ErrTooFew and 2", name, id, bad, err)
		}
	}
	shares := b.shares(header, 0, 0, 0)
	if _, bad, err := Combine(header, shares); bad != nil || !errors.Is(err, ErrTooFew) {
		t.Errorf("one share thrice: Combine() = %v, %v, want ErrTooFew", bad, err)
	}
	shares[1].Number, shares[2].Number = 77, 0
	if _, bad, err := Combine(header, shares); !slices.Equal(bad, []int{0, 77}) || !errors.Is(err, ErrTooFew) {
		t.Errorf("one share under wrong numbers: Combine() = %v, %v, want 0 and 77 named", bad, err)
	}
}

// Who deals wrongly is found out by the custodian, when they look, or when the
// file is opened; no custodian is blamed.
func TestDealerWhoCheats(t *testing.T) {
	b := seat(t, 3, false)
	_, header := b.lock(2, "exhibit")
	deals, err := dealsIn(header)
	check(t, err)
	d := deals[0]
	off := b.shares(header, 1)[0]
	off.value.Add(off.value, scalar(1))
	good := d.sealed[1]
	for name, s := range map[string]Share{"off the line": off, "the share of another": b.shares(header, 2)[0]} {
		d.sealed[1], _, err = seal(s, b.keys[1])
		check(t, err)
		if _, err := d.unseal(1, b.ids[1]); !errors.Is(err, ErrDealtWrong) {
			t.Errorf("%s: unseal() = %v, want ErrDealtWrong", name, err)
		}
	}
	d.sealed[1] = good
	d.wrapped[0] ^= 1
	id, bad, err := Combine(header, b.shares(header, 0, 1))
	check(t, err)
	if _, err := id.Unwrap([]*age.Stanza{d.stanza()}); !errors.Is(err, ErrDealtWrong) || bad != nil {
		t.Errorf("Unwrap(other file key) = %v, names %v, want ErrDealtWrong and nobody", err, bad)
	}
}

func TestWhoHasNoShare(t *testing.T) {
	b, strangers := seat(t, 3, true), seat(t, 2, true)
	_, header := b.lock(2, "exhibit")
	if s, err := ExtractShare(header, strangers.ids[0]); !errors.Is(err, ErrNoShare) {
		t.Errorf("ExtractShare(stranger) = %v, %v, want ErrNoShare", s, err)
	}
	if _, err := ExtractShare([]byte("no header"), b.ids[0]); !errors.Is(err, ErrFormat) {
		t.Errorf("ExtractShare(nonsense) = %v, want ErrFormat", err)
	}
	other, plain := strangers.lock(2, "another")
	id, _, err := Combine(header, b.shares(header, 0, 1))
	check(t, err)
	if _, err := read(other, id); !errors.Is(err, age.ErrIncorrectIdentity) {
		t.Errorf("another file: %v, want ErrIncorrectIdentity", err)
	}
	if _, bad, err := Combine(plain, b.shares(header, 0, 1)); !errors.Is(err, ErrTooFew) || len(bad) != 2 {
		t.Errorf("Combine(other header) = %v, %v", bad, err)
	}
}

// The commitments say nothing of the secret, also to who can take logarithms:
// the point of the secret, which Feldman's would publish, stands nowhere.
func TestSecretsPointIsNotPublished(t *testing.T) {
	b := seat(t, 3, false)
	_, header := b.lock(2, "exhibit")
	deals, err := dealsIn(header)
	check(t, err)
	secret, err := join(b.shares(header, 0, 2))
	check(t, err)
	feldman := point(curve.NewElement().MulGen(secret))
	if bytes.Contains(deals[0].stanza().Body, feldman) {
		t.Error("the header shows g^secret")
	}
}

func TestHybridAndClassicDoNotMix(t *testing.T) {
	classic, hybrid := seat(t, 2, false), seat(t, 2, true)
	mixed := &bench{t, nil, []age.Recipient{hybrid.keys[0], classic.keys[0]}}
	for name, recipients := range map[string][]age.Recipient{
		"among custodians":       {mixed.recipient(2)},
		"escrow beside a key":    {hybrid.recipient(2), classic.keys[0]},
		"a key beside an escrow": {hybrid.keys[0], classic.recipient(2)},
	} {
		if _, err := age.Encrypt(io.Discard, recipients...); err == nil {
			t.Errorf("%s: Encrypt() succeeds", name)
		}
	}
	if _, err := age.Encrypt(io.Discard, hybrid.keys[0], hybrid.recipient(2)); err != nil {
		t.Errorf("all hybrid: %v", err)
	}
}

func TestWhatIsRefused(t *testing.T) {
	b := seat(t, 3, false)
	for name, c := range map[string]Config{
		"nobody":        {Threshold: 2},
		"one is enough": {Threshold: 1, Custodians: b.keys},
		"more than all": {Threshold: 4, Custodians: b.keys},
		"one key twice": {Threshold: 2, Custodians: []age.Recipient{b.keys[0], b.keys[1], b.keys[0]}},
		"too many":      {Threshold: 2, Custodians: make([]age.Recipient, 256)},
	} {
		if _, err := New(c); err == nil {
			t.Errorf("%s: New() succeeds", name)
		}
	}
	r, err := New(Config{Threshold: 2, Custodians: b.keys, Random: iotest.ErrReader(io.ErrNoProgress)})
	check(t, err)
	if _, err := r.Wrap(make([]byte, 16)); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("without randomness: Wrap() = %v", err)
	}
}

func TestShareDoesNotPrintItsSecret(t *testing.T) {
	b := seat(t, 2, false)
	_, header := b.lock(2, "exhibit")
	s := b.shares(header, 1)[0]
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, s); got != "share 2" {
			t.Errorf("%s prints %q", verb, got)
		}
	}
}
