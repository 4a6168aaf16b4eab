package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"solferino/record"
)

// A faulty file fails at one of its calls.
type faulty struct {
	*os.File
	at    string
	after int // bytes that can be written
}

var errDisk = errors.New("the disk fails")

func (f *faulty) Write(p []byte) (int, error) {
	if f.after -= len(p); f.at == "write" && f.after < 0 {
		return 0, errDisk
	}
	return f.File.Write(p)
}

func (f *faulty) Sync() error {
	if f.at == "sync" {
		return errDisk
	}
	return f.File.Sync()
}

func (f *faulty) Close() error {
	err := f.File.Close()
	switch f.at {
	case "close":
		return errDisk
	case "rename": // there is nothing left to rename
		return os.Remove(f.Name())
	}
	return err
}

func TestFaultLeavesNothingBehind(t *testing.T) {
	content := make([]byte, 1<<20)
	for _, tt := range []struct {
		at    string
		after int
	}{{"create", 0}, {"write", 0}, {"write", 300}, {"write", 1 << 20 / 2}, {"sync", 0}, {"close", 0}, {"rename", 0}} {
		t.Run(fmt.Sprintf("%s after %d", tt.at, tt.after), func(t *testing.T) {
			v := newVault(t)
			create := v.create
			v.create = func(dir string) (file, error) {
				if tt.at == "create" {
					return nil, errDisk
				}
				f, err := create(dir)
				return &faulty{f.(*os.File), tt.at, tt.after}, err
			}
			if a, err := v.Put(context.Background(), bytes.NewReader(content)); err == nil || !errors.Is(err, errDisk) && tt.at != "rename" || a != (record.Attachment{}) {
				t.Errorf("Put() = %v, %v, want the disk's error", a, err)
			}
			if got := filesIn(t, v); len(got) > 0 {
				t.Errorf("left behind: %v", got)
			}
		})
	}
	t.Run("name taken by a file", func(t *testing.T) {
		v := newVault(t)
		for i := range 256 {
			check(t, os.WriteFile(filepath.Join(v.c.Dir, fmt.Sprintf("%02x", i)), nil, 0o600))
		}
		if _, err := v.Put(context.Background(), bytes.NewReader(content)); err == nil {
			t.Error("Put() succeeds")
		}
		if got := filesIn(t, v); len(got) != 256 {
			t.Errorf("left behind: %d files", len(got)-256)
		}
	})
	t.Run("no randomness", func(t *testing.T) {
		v := newVault(t)
		v.c.Random = strings.NewReader("short")
		if _, err := v.Put(context.Background(), bytes.NewReader(content)); err == nil || !strings.Contains(err.Error(), "salt") {
			t.Errorf("Put() = %v, want an error about the salt", err)
		}
		if got := filesIn(t, v); len(got) > 0 {
			t.Errorf("left behind: %v", got)
		}
	})
}

// An upload that breaks off is not an exhibit, whatever error it breaks off
// with.
func TestContentThatBreaksOff(t *testing.T) {
	for _, cause := range []error{io.ErrUnexpectedEOF, errDisk, context.Canceled} {
		for _, size := range []int{0, 10, stageSize, stageSize + 10} {
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
	if live.most > live.least+4<<20 {
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
