package proof

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	tlogproof "github.com/transparency-dev/formats/proof"
)

func sampleFile(t testing.TB) (Inclusion, []byte, []byte) {
	h := newHouse(t, 1, nil, "quorum w0\n")
	p := Inclusion{Index: 3, Hashes: [][32]byte{{1}, {2}}}
	signed := h.sign(t, sample().Text(), 0)
	return p, signed, EncodeProof(p, signed)
}

func TestProofFileIsTransparencyDevs(t *testing.T) {
	p, signed, file := sampleFile(t)
	var theirs tlogproof.TLogProof
	check(t, theirs.Unmarshal(file))
	want := tlogproof.TLogProof{Index: 3, Hashes: p.Hashes, Checkpoint: signed}
	if diff := cmp.Diff(want, theirs); diff != "" {
		t.Errorf("they read (-want +got):\n%s", diff)
	}
	got, checkpoint, err := DecodeProof(theirs.Marshal())
	if diff := cmp.Diff(p, got); err != nil || diff != "" || !bytes.Equal(checkpoint, signed) {
		t.Errorf("DecodeProof(theirs) = %q, %v (-want +got):\n%s", checkpoint, err, diff)
	}
}

func TestDecodeProofRefuses(t *testing.T) {
	_, _, file := sampleFile(t)
	good := string(file)
	change := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("the sample has no %q", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	for name, in := range map[string]string{
		"nothing":              "",
		"other version":        change("@v1", "@v2"),
		"extra data":           change("index", "extra AAAA\nindex"),
		"empty extra data":     change("index", "extra \nindex"),
		"index with zero":      change("index 3", "index 03"),
		"index beyond int64":   change("index 3", "index 9223372036854775808"),
		"negative index":       change("index 3", "index -3"),
		"trailing bits":        change("AAA=\n", "AAB=\n"),
		"short hash":           change("AAAA", ""),
		"carriage return":      change("\n", "\r\n"),
		"no newline at end":    strings.TrimSuffix(good, "\n"),
		"more hashes than any": change("\n\n", "\n"+strings.Repeat(strings.Repeat("A", 43)+"=\n", 62)+"\n"),
		"one endless line":     change("index", strings.Repeat("A", 1<<17)),
	} {
		if _, _, err := DecodeProof([]byte(in)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: DecodeProof() = %v, want ErrMalformed", name, err)
		}
	}
}

func TestProofWithoutHashes(t *testing.T) {
	_, signed, _ := sampleFile(t)
	got, _, err := DecodeProof(EncodeProof(Inclusion{}, signed))
	if err != nil || got.Index != 0 || len(got.Hashes) != 0 {
		t.Errorf("DecodeProof() = %v, %v", got, err)
	}
}

func FuzzDecodeProof(f *testing.F) {
	_, _, file := sampleFile(f)
	f.Add(file)
	f.Fuzz(func(t *testing.T, b []byte) {
		p, checkpoint, err := DecodeProof(b)
		if err == nil && !bytes.Equal(EncodeProof(p, checkpoint), b) {
			t.Errorf("accepts %q", b)
		}
	})
}
