package blob

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// An upload that breaks off is not an exhibit, whatever error it breaks off
// with.
func TestContentThatBreaksOff(t *testing.T) {
	for _, cause := range []error{io.ErrUnexpectedEOF, errCable, context.Canceled} {
		for _, size := range []int{0, 10, 2 * frameSize, frameSize + 10} {
			v := newVault(t)
			ctx, cancel := context.WithCancel(context.Background())
			r := io.MultiReader(bytes.NewReader(make([]byte, size)), broken{cause, cancel})
			if _, err := v.Put(ctx, r); !errors.Is(err, cause) {
				t.Errorf("%d bytes, then %v: Put() = %v", size, cause, err)
			}
			if got := filesIn(t, v); len(got) > 0 {
				t.Errorf("left behind: %v", got)
			}
			cancel()
		}
	}
}

var errCable = errors.New("the cable is cut")

type broken struct {
	err    error
	cancel func()
}

func (b broken) Read([]byte) (int, error) {
	if b.err == context.Canceled {
		b.cancel()
		return 0, nil
	}
	return 0, b.err
}

func TestLeftoversOfAPowerCutAreSwept(t *testing.T) {
	v := newVault(t)
	a := put(t, v, []byte("exhibit"))
	for _, name := range []string{tempPrefix + "1", tempPrefix + "2"} {
		check(t, os.WriteFile(filepath.Join(v.c.Dir, name), []byte("half"), 0o600))
	}
	if n, err := v.Sweep(); n != 2 || err != nil {
		t.Errorf("Sweep() = %d, %v, want 2", n, err)
	}
	if _, got, err := v.Get(context.Background(), a, 100); err != nil || string(got) != "exhibit" {
		t.Errorf("Get() = %q, %v", got, err)
	}
	if n, err := v.Sweep(); n != 0 || err != nil {
		t.Errorf("second Sweep() = %d, %v", n, err)
	}
}

func TestMemoryDoesNotGrowWithTheContent(t *testing.T) {
	const size = 64 << 20
	v := newVault(t)
	live := &gauge{left: size}
	a, err := v.Put(context.Background(), live)
	check(t, err)
	_, r, err := v.Open(context.Background(), a)
	check(t, err)
	live.left = size
	n, err := io.Copy(live, r)
	if n != size || err != nil {
		t.Errorf("read %d bytes, %v", n, err)
	}
	check(t, r.Close())
	if live.most > live.least+6<<20 {
		t.Errorf("the live memory grew by %d bytes for a content of %d", live.most-live.least, size)
	}
}

// A gauge gives and takes zeros, and measures the live memory meanwhile.
type gauge struct {
	left        int
	least, most uint64
}

func (g *gauge) Read(p []byte) (int, error) {
	if g.left == 0 {
		return 0, io.EOF
	}
	p = p[:min(len(p), g.left)]
	clear(p)
	return g.Write(p)
}

func (g *gauge) Write(p []byte) (int, error) {
	const every = 8 << 20
	if g.left/every != (g.left-len(p))/every {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		if g.least == 0 {
			g.least = m.HeapAlloc
		}
		g.least, g.most = min(g.least, m.HeapAlloc), max(g.most, m.HeapAlloc)
	}
	g.left -= len(p)
	return len(p), nil
}

// A file system that takes no direct writes, or not this one, gets others.
func TestDirectWriteIsRefused(t *testing.T) {
	f, err := osDisk{}.Create(t.TempDir())
	check(t, err)
	var want []byte
	for _, piece := range [][]byte{blocks(diskPiece), []byte("odd"), blocks(diskPiece), blocks(diskPiece)[1:], []byte("end")} {
		for i := range piece {
			piece[i] = byte(i + len(want))
		}
		n, err := f.Write(piece)
		if n != len(piece) || err != nil {
			t.Fatalf("Write() = %d, %v, want %d", n, err, len(piece))
		}
		want = append(want, piece...)
	}
	check(t, errors.Join(f.Sync(), f.Close()))
	if got, err := os.ReadFile(f.Name()); !bytes.Equal(got, want) || err != nil {
		t.Errorf("the file has %d bytes, %v, want %d", len(got), err, len(want))
	}
}
