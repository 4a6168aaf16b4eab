package blob

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"testing"

	"pgregory.net/rapid"

	"solferino/record"
)

// Sizes from table 3 and figure 3 of the paper's definition: E = ⌊log2 L⌋,
// S = ⌊log2 E⌋ + 1, the last E − S bits are rounded up to zero.
func TestBucket(t *testing.T) {
	for n, want := range map[int64]int64{
		0: 1024, 1: 1024, 1024: 1024, 1025: 1088, 1088: 1088, 1089: 1152,
		2047: 2048, 2048: 2048, 2049: 2176, 65_569: 67_584, 1_000_000: 1_015_808,
		1 << 20: 1 << 20, 1<<20 + 1: 1<<20 + 1<<15, 1<<40 + 1: 1<<40 + 1<<34,
	} {
		if got := bucket(n); got != want {
			t.Errorf("bucket(%d) = %d, want %d", n, got, want)
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.Int64Range(leastBucket, 1<<50).Draw(r, "n")
		got := bucket(n)
		if got < n || float64(got-n) > .12*float64(n) || bucket(got) != got || bucket(n+1) < got {
			r.Errorf("bucket(%d) = %d", n, got)
		}
	})
}

// Whoever sees the file learns its bucket and nothing finer.
func TestSizesLeakLittle(t *testing.T) {
	v := newVault(t)
	sizes := map[int]bool{}
	for n := 0; n < 900; n += 100 {
		sizes[len(ciphertext(t, v, put(t, v, make([]byte, n))))] = true
	}
	if len(sizes) != 1 {
		t.Errorf("contents below 900 bytes have %d sizes, want 1", len(sizes))
	}
	for n := 100_000; n < 110_000; n += 500 {
		sizes[len(ciphertext(t, v, put(t, v, make([]byte, n))))] = true
	}
	if len(sizes) > 1+6 { // 2,048 apart
		t.Errorf("20 contents of 100 to 110 kB have %d sizes, want at most 6", len(sizes)-1)
	}
}

func frames(content []byte) []byte {
	var out bytes.Buffer
	f := &framer{w: &out}
	_ = f.begin(record.Salt{1})
	for {
		n := min(len(content), frameSize)
		frame := append(make([]byte, frameHead), content[:n]...)
		head(frame)
		_ = f.write(frame)
		content = content[n:]
		if n < frameSize {
			break
		}
	}
	_ = f.pad()
	return out.Bytes()
}

func unframe(plain []byte) (salt record.Salt, content []byte, err error) {
	u := &unframer{r: bytes.NewReader(plain)}
	if salt, err = u.begin(); err != nil {
		return salt, nil, err
	}
	content, err = io.ReadAll(u)
	return salt, content, err
}

// Only what a framer writes is read: every content has one plaintext.
func TestOtherFramesAreRefused(t *testing.T) {
	long, short := frames(make([]byte, 70_000)), frames([]byte("exhibit"))
	change := func(b []byte, at int, to byte) []byte {
		b = bytes.Clone(b)
		b[at] = to
		return b
	}
	for name, tt := range map[string]struct {
		plain []byte
		want  error
	}{
		"nothing":                {nil, io.ErrUnexpectedEOF},
		"half a salt":            {short[:20], io.ErrUnexpectedEOF},
		"another version":        {change(short, 0, 2), ErrVersion},
		"no frame":               {short[:33], io.ErrUnexpectedEOF},
		"half a length":          {short[:35], io.ErrUnexpectedEOF},
		"half a frame":           {short[:39], io.ErrUnexpectedEOF},
		"no second frame":        {long[:33+4+frameSize], io.ErrUnexpectedEOF},
		"a frame too long":       {change(long, 33+1, 2), errFrame},
		"a frame much too long":  {change(short, 33, 255), errFrame},
		"no padding":             {short[:44], errPadding},
		"less padding":           {short[:1023], errPadding},
		"more padding":           {append(bytes.Clone(short), 0), errPadding},
		"padding is not zero":    {change(short, 1023, 1), errPadding},
		"content counted short":  {change(short, 36, 6), errPadding},
		"content counted longer": {change(short, 36, 8), nil}, // another content, which its commitment tells
	} {
		if _, _, err := unframe(tt.plain); !errors.Is(err, tt.want) {
			t.Errorf("%s: unframe() = %v, want %v", name, err, tt.want)
		}
	}
}

func FuzzUnframe(f *testing.F) {
	for _, n := range []int{0, 1, 900, frameSize - 1, frameSize, frameSize + 1} {
		f.Add(frames(make([]byte, n)))
	}
	f.Fuzz(func(t *testing.T, plain []byte) {
		salt, content, err := unframe(plain)
		if err != nil {
			return
		}
		again := frames(content)
		copy(again[1:], salt[:])
		if !bytes.Equal(again, plain) {
			t.Errorf("%d bytes are read and written as %d others", len(plain), len(again))
		}
	})
}

// trials is how often a draw is repeated: SOLFERINO_LONG=1 asks for the long
// form.
func trials(short, long int) int {
	if os.Getenv("SOLFERINO_LONG") == "1" {
		return long
	}
	return short
}

// served counts how often what get gives of a file with one bit flipped is not
// an error and not the content, and how often it is no error at all.
func served(t *testing.T, path string, content []byte, n int, get func() ([]byte, error)) (wrong, silent int) {
	info, err := os.Stat(path)
	check(t, err)
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	for range n {
		at, bit := random.Int64N(info.Size()), byte(1)<<random.IntN(8)
		flip(t, path, int(at), bit)
		got, err := get()
		flip(t, path, int(at), bit)
		if !bytes.HasPrefix(content, got) || err == nil && !bytes.Equal(got, content) {
			t.Logf("seed %d", seed)
			wrong++
		}
		if err == nil {
			silent++
		}
	}
	return wrong, silent
}

func TestFlippedBitsAreNeverServed(t *testing.T) {
	v := newVault(t)
	for _, size := range []int{10, 3000, 200_000} {
		content := binary.BigEndian.AppendUint64(make([]byte, size), uint64(size))
		a := put(t, v, content)
		read := func() ([]byte, error) {
			_, r, err := v.Open(t.Context(), a)
			if err != nil {
				return nil, err
			}
			defer r.Close()
			return io.ReadAll(r)
		}
		wrong, silent := served(t, v.path(a.Blob), content, trials(34, 667), read)
		if wrong > 0 || silent > 0 {
			t.Errorf("of %d bytes, flipped ones are served %d times, not noticed %d times", size, wrong, silent)
		}
	}
	// The harness would notice: a file that nobody checks.
	path := t.TempDir() + "/plain"
	content := make([]byte, 1000)
	writeFile(t, path, content)
	if wrong, silent := served(t, path, content, 20, func() ([]byte, error) { return os.ReadFile(path) }); wrong != 20 || silent != 20 {
		t.Errorf("of 20 flips in a plain file the harness sees %d and %d", wrong, silent)
	}
}
