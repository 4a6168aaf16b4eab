package proof

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/transparency-dev/formats/log"
	"golang.org/x/mod/sumdb/note"
)

func TestParseCheckpointTakesWhatIsSigned(t *testing.T) {
	h := newHouse(t, 3, map[int]bool{1: true}, "group g 2 w0 w1 w2\nquorum g\n")
	before := time.Now().Add(-2 * time.Second)
	got, by, err := ParseCheckpoint(h.sign(t, sample().Text(), 1, 2), h.policy)
	if err != nil {
		t.Fatal(err)
	}
	if got != sample() {
		t.Errorf("ParseCheckpoint() = %v, want %v", got, sample())
	}
	if len(by) != 2 || by[0].Name != "w1" || by[1].Name != "w2" {
		t.Fatalf("cosigners are %v, want w1 and w2", by)
	}
	for _, c := range by {
		if c.At.Before(before) || c.At.After(time.Now()) {
			t.Errorf("%s signed at %s", c.Name, c.At)
		}
	}
}

func TestEveryBitOfACheckpointCounts(t *testing.T) {
	for name, mldsa := range map[string]map[int]bool{"Ed25519": nil, "ML-DSA-44": {1: true}} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, 2, mldsa, "group g all w0 w1\nquorum g\n")
			good := h.sign(t, sample().Text(), 0, 1)
			if _, _, err := ParseCheckpoint(good, h.policy); err != nil {
				t.Fatal(err)
			}
			for i := range good {
				if _, _, err := ParseCheckpoint(good[:i], h.policy); err == nil {
					t.Errorf("the first %d bytes are enough", i)
				}
				for bit := range 8 {
					if mldsa != nil && bit != i%8 {
						continue // one bit of each byte: these signatures are long
					}
					bad := bytes.Clone(good)
					bad[i] ^= 1 << bit
					if _, _, err := ParseCheckpoint(bad, h.policy); err == nil {
						t.Errorf("bit %d of byte %d (%q) does not count", bit, i, good[i])
					}
				}
			}
		})
	}
}

func TestParseCheckpointRefuses(t *testing.T) {
	h := newHouse(t, 3, nil, "group g 2 w0 w1 w2\nquorum g\n")
	stranger, _ := newWitness(t, "stranger.example", false)
	other := newHouse(t, 0, nil, "quorum none\n")
	text := sample().Text()
	good := string(h.sign(t, text, 0, 1))
	change := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("the sample has no %q", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	signed := func(text string) string { return string(h.sign(t, text, 0, 1)) }
	body, below, _ := strings.Cut(good, "\n\n")
	lines := strings.SplitAfter(below, "\n")
	root := strings.Split(text, "\n")[2]
	loose := []byte(root)
	loose[42]++ // changes only bits that base64 leaves unused

	tests := map[string]struct {
		in    string
		wraps error
		says  string
	}{
		"nothing":                    {"", ErrMalformed, "empty line"},
		"no signature":               {body + "\n\n", ErrMalformed, "empty line"},
		"only witnesses":             {body + "\n\n" + lines[1] + lines[2], ErrBadSignature, "w0"},
		"one witness of two":         {string(h.sign(t, text, 1)), ErrNoQuorum, "signed by 1"},
		"unknown witness":            {string(resign(t, []byte(good), stranger)), ErrBadSignature, "stranger.example"},
		"another log's signature":    {string(resign(t, []byte(good), other.log)), ErrBadSignature, "not a key"},
		"witness twice":              {good + lines[2], ErrBadSignature, `"witness.example/w1"+`},
		"log twice":                  {good + lines[0], ErrBadSignature, `"example.org/log/1"+`},
		"witnesses out of order":     {body + "\n\n" + lines[0] + lines[2] + lines[1], ErrBadSignature, "out of order"},
		"signature on other text":    {change("\n5\n", "\n6\n"), ErrBadSignature, "example.org/log/1"},
		"extension line":             {signed(text + "more\n"), ErrMalformed, "4 lines"},
		"empty extension line":       {signed(text + "\n"), ErrMalformed, "4 lines"},
		"other log":                  {signed(change2(text, origin, "example.org/log/2")), ErrMalformed, "example.org/log/2"},
		"size with zero":             {signed(change2(text, "\n5\n", "\n05\n")), ErrMalformed, "another way"},
		"size with sign":             {signed(change2(text, "\n5\n", "\n+5\n")), ErrMalformed, "another way"},
		"negative size":              {signed(change2(text, "\n5\n", "\n-5\n")), ErrMalformed, "-5"},
		"size beyond int64":          {signed(change2(text, "\n5\n", "\n9223372036854775808\n")), ErrMalformed, "size"},
		"size zero with a root":      {signed(change2(text, "\n5\n", "\n0\n")), ErrMalformed, "no entries"},
		"trailing bits in root":      {signed(change2(text, root, string(loose))), ErrMalformed, "another way"},
		"short root":                 {signed(change2(text, root, "AAAA")), ErrMalformed, "root"},
		"carriage return in base64":  {change("=\n", "=\r\n"), ErrMalformed, ""},
		"carriage return in the key": {strings.TrimSuffix(good, "\n") + "\r\n", ErrMalformed, "another way"},
		"no newline at the end":      {strings.TrimSuffix(good, "\n"), ErrMalformed, "empty line"},
		"text behind":                {good + "x", ErrMalformed, "empty line"},
		"hyphen for the dash":        {change("\u2014 ", "- "), ErrMalformed, "want"},
		"endless":                    {good + strings.Repeat(lines[2], maxNote/len(lines[2])), ErrMalformed, "at most"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, _, err := ParseCheckpoint([]byte(tt.in), h.policy)
			if !errors.Is(err, tt.wraps) || !says(err, tt.says) {
				t.Errorf("ParseCheckpoint() = %v, want %v that says %q", err, tt.wraps, tt.says)
			}
		})
	}
}

// The trailing bits of a signature's base64 count too: a log key gives
// 4+64 bytes, which leaves four bits over.
func TestTrailingBitsOfASignatureCount(t *testing.T) {
	h := newHouse(t, 0, nil, "quorum none\n")
	good := h.sign(t, sample().Text())
	at := bytes.LastIndexByte(good, '=') - 1
	bad := bytes.Clone(good)
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	bad[at] = alphabet[strings.IndexByte(alphabet, good[at])+1]
	if _, err := note.Open(bad, note.VerifierList(h.policy.log)); err != nil {
		t.Fatalf("the control is wrong: sumdb/note refuses it too: %v", err)
	}
	if _, _, err := ParseCheckpoint(bad, h.policy); !errors.Is(err, ErrMalformed) {
		t.Errorf("ParseCheckpoint() = %v, want ErrMalformed", err)
	}
}

func TestCosignatureWithoutATimeIsRefused(t *testing.T) {
	for name, bad := range map[string]uint64{"zero": 0, "year 10000": 253402300800, "negative": 1 << 63} {
		s := signature{name: "w", body: append(be64(bad), make([]byte, 64)...)}
		if _, err := timestamp(s); !errors.Is(err, ErrBadSignature) {
			t.Errorf("%s: timestamp() = %v, want ErrBadSignature", name, err)
		}
	}
}

func be64(n uint64) []byte {
	out := make([]byte, 8)
	for i := range out {
		out[i] = byte(n >> (56 - 8*i))
	}
	return out
}

func TestOthersReadOurCheckpoint(t *testing.T) {
	h := newHouse(t, 2, map[int]bool{1: true}, "group g all w0 w1\nquorum g\n")
	var others []note.Verifier
	for _, w := range h.policy.witnesses {
		others = append(others, w.key)
	}
	got, rest, n, err := log.ParseCheckpoint(h.sign(t, sample().Text(), 0, 1), origin, h.policy.log, others...)
	if err != nil {
		t.Fatal(err)
	}
	want := log.Checkpoint{Origin: origin, Size: 5, Hash: got.Hash}
	if diff := cmp.Diff(want, *got); diff != "" || [32]byte(got.Hash) != sample().Root || len(rest) > 0 || len(n.Sigs) != 3 {
		t.Errorf("transparency-dev reads %v with %d signatures and %q behind", got, len(n.Sigs), rest)
	}
}

func TestAssembleOrdersCosignatures(t *testing.T) {
	h := newHouse(t, 3, nil, "group g all w0 w1 w2\nquorum g\n")
	want := h.sign(t, sample().Text(), 0, 1, 2)
	alone := h.sign(t, sample().Text())
	var lines [][]byte
	for l := range bytes.Lines(want[len(alone):]) {
		lines = append([][]byte{l}, lines...) // in reverse
	}
	got, err := Assemble(alone, lines, h.policy)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("Assemble() = %s, %v, want %s", got, err, want)
	}
	foreign, _ := base64.StdEncoding.DecodeString("AAAA")
	for name, bad := range map[string][][]byte{
		"twice":         {lines[0], lines[0]},
		"noise":         {foreign},
		"second log":    {alone[bytes.Index(alone, []byte("\n\n"))+2:]},
		"another note":  {append([]byte("\n"), alone...)},
		"other content": {h.sign(t, Empty(origin).Text(), 1)[len(h.sign(t, Empty(origin).Text())):]},
	} {
		if _, err := Assemble(alone, bad, h.policy); err == nil {
			t.Errorf("%s: Assemble() accepts it", name)
		}
	}
}

// resign adds the signature of another key, as a tool that knows nothing of
// the policy might.
func resign(t *testing.T, signed []byte, by note.Signer) []byte {
	t.Helper()
	text, sigs, err := splitNote(signed)
	check(t, err)
	n := note.Note{Text: string(text)}
	for _, s := range sigs {
		blob := append([]byte{byte(s.id >> 24), byte(s.id >> 16), byte(s.id >> 8), byte(s.id)}, s.body...)
		n.Sigs = append(n.Sigs, note.Signature{Name: s.name, Hash: s.id, Base64: base64.StdEncoding.EncodeToString(blob)})
	}
	out, err := note.Sign(&n, by)
	check(t, err)
	return out
}

func change2(text, old, new string) string { return strings.Replace(text, old, new, 1) }

func FuzzParseCheckpoint(f *testing.F) {
	h := newHouse(f, 2, map[int]bool{1: true}, "group g any w0 w1\nquorum g\n")
	f.Add(h.sign(f, sample().Text(), 0))
	f.Add(h.sign(f, sample().Text(), 1))
	f.Add(h.sign(f, "a\n\n\nb\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, _, err := ParseCheckpoint(b, h.policy)
		if err == nil && !strings.HasPrefix(string(b), c.Text()+"\n") {
			t.Errorf("accepts %q", b)
		}
		_, _ = ParseStatus(b, h.policy)
	})
}
