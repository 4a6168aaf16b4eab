package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"filippo.io/age"

	"solferino/record"
)

// A faulty disk fails once, at its n-th step, and notes all steps.
type faulty struct {
	disk
	at    int // of the step that fails, from 1; 0: none
	fault error
	lie   lie
	steps []string
}

// A lie is a negative control of the harness.
type lie int

const (
	honest lie = iota
	hides      // the fault: says that all went well
	keeps      // what is to be removed
)

func (d *faulty) step(name string) error {
	d.steps = append(d.steps, name)
	if len(d.steps) == d.at {
		return d.fault
	}
	return nil
}

// do takes one step that may fail before it has any effect.
func (d *faulty) do(name string, act func() error) error {
	err := d.step(name)
	if err == nil {
		return act()
	}
	if d.lie == hides {
		return nil
	}
	return err
}

func (d *faulty) Create(dir string) (file, error) {
	if err := d.step("create"); err != nil {
		return nil, err
	}
	f, err := d.disk.Create(dir)
	return &faultyFile{f, d}, err
}

func (d *faulty) Open(path string) (io.ReadSeekCloser, error) {
	if err := d.step("open"); err != nil {
		return nil, err
	}
	f, err := d.disk.Open(path)
	return &faultyReader{f, d}, err
}

func (d *faulty) Mkdir(path string) error {
	return d.do("mkdir", func() error { return d.disk.Mkdir(path) })
}
func (d *faulty) Rename(from, to string) error {
	return d.do("rename", func() error { return d.disk.Rename(from, to) })
}

func (d *faulty) Remove(path string) error {
	if d.lie == keeps {
		return nil
	}
	return d.do("remove", func() error { return d.disk.Remove(path) })
}
func (d *faulty) SyncDir(path string) error {
	return d.do("sync dir", func() error { return d.disk.SyncDir(path) })
}

type faultyFile struct {
	file
	d *faulty
}

// Write fails after half of p, as on a disk that is full.
func (f *faultyFile) Write(p []byte) (n int, err error) {
	if err := f.d.step("write"); err != nil {
		n, _ = f.file.Write(p[:len(p)/2])
		if f.d.lie == hides {
			return len(p), nil
		}
		return n, err
	}
	return f.file.Write(p)
}

func (f *faultyFile) Sync() error { return f.d.do("sync", f.file.Sync) }

func (f *faultyFile) Close() error {
	return errors.Join(f.file.Close(), f.d.do("close", func() error { return nil }))
}

type faultyReader struct {
	io.ReadSeekCloser
	d *faulty
}

func (f *faultyReader) Read(p []byte) (int, error) {
	if err := f.d.step("read"); err != nil {
		return 0, err
	}
	return f.ReadSeekCloser.Read(p)
}

// A deed is something that the vault does which must be whole or not at all.
// done reports what an onlooker sees of it afterwards.
type deed struct {
	act  func(*Vault) error
	done func(*Vault) bool
}

// deeds are all that write, each on a vault that holds the blob a.
func deeds(t *testing.T, a record.Attachment, other []byte, custodian age.Recipient) map[string]deed {
	ctx, name := context.Background(), record.Sum(other)
	var fresh record.Attachment
	return map[string]deed{
		"put": {
			func(v *Vault) (err error) { fresh, err = v.Put(ctx, bytes.NewReader(make([]byte, 300_000))); return },
			func(v *Vault) bool { _, _, err := v.Get(ctx, fresh, 1<<20); return err == nil },
		},
		"put ciphertext": {
			func(v *Vault) error { return v.PutCiphertext(ctx, name, bytes.NewReader(other)) },
			func(v *Vault) bool { return v.Copy(ctx, name, io.Discard) == nil },
		},
		"rewrap": {
			func(v *Vault) error { return v.Rewrap(ctx, a, []age.Recipient{custodian}) },
			func(v *Vault) bool { h, err := v.Headers(ctx, a.Blob); return err == nil && len(h) == 2 },
		},
		"delete": {
			func(v *Vault) error { return v.Delete(ctx, a.Blob) },
			func(v *Vault) bool { has, _ := v.Has(ctx, a); return !has },
		},
	}
}

// misdeeds plays one deed with one fault at each step in turn and says what was
// wrong: success without the deed, an error that hides its cause, remains.
func misdeeds(t *testing.T, what string, control lie) (wrong []string, steps []string) {
	id, err := NewIdentity()
	check(t, err)
	source := newVault(t, id)
	other := ciphertext(t, source, put(t, source, make([]byte, 300_000)))
	play := func(at int, fault error) (d deed, v *Vault, a record.Attachment, left []string, err error) {
		v = newVault(t, id)
		a = put(t, v, []byte("exhibit"))
		before := filesIn(t, v)
		d = deeds(t, a, other, id.Recipient())[what]
		disk := &faulty{disk: v.disk, at: at, fault: fault, lie: control}
		v.disk = disk
		err = d.act(v)
		v.disk = disk.disk
		if at == 0 {
			steps = disk.steps
		}
		return d, v, a, slices.DeleteFunc(filesIn(t, v), func(f string) bool { return slices.Contains(before, f) }), err
	}
	_, _, _, _, err = play(0, nil) // goes well, and counts
	check(t, err)
	for at := 1; at <= len(steps); at++ {
		for _, fault := range []error{syscall.ENOSPC, syscall.EIO} {
			say := func(f string, args ...any) {
				wrong = append(wrong, fmt.Sprintf("%s at step %d, %s: ", fault, at, steps[at-1])+fmt.Sprintf(f, args...))
			}
			d, v, a, left, err := play(at, fault)
			switch {
			case err == nil:
				say("no error; done is %v", d.done(v))
			case !errors.Is(err, fault):
				say("hides its cause: %v", err)
			case len(left) > 0:
				say("left behind: %v", left)
			}
			if what == "delete" { // is repeated
				check(t, d.act(v))
				if !d.done(v) {
					say("is not done when repeated")
				}
			} else if _, got, err := v.Get(context.Background(), a, 100); string(got) != "exhibit" {
				say("spoilt what was there: %v", err)
			}
		}
	}
	return wrong, steps
}

func TestFaultLeavesNothingBehind(t *testing.T) {
	for _, what := range []string{"put", "put ciphertext", "rewrap", "delete"} {
		wrong, steps := misdeeds(t, what, honest)
		if len(steps) < 2 {
			t.Errorf("%s takes the steps %v", what, steps)
		}
		for _, w := range wrong {
			t.Errorf("%s: %s", what, w)
		}
	}
}

// The harness would notice: with a disk that hides its faults it finds wrong
// wherever a fault can be hidden, and with one that removes nothing, remains.
func TestHarnessCatchesADiskThatLies(t *testing.T) {
	wrong, _ := misdeeds(t, "put", hides)
	for _, step := range []string{"write", "sync", "mkdir", "rename", "sync dir"} {
		if !slices.ContainsFunc(wrong, func(w string) bool { return strings.Contains(w, ", "+step+": ") }) {
			t.Errorf("a lie about %q is not noticed", step)
		}
	}
	wrong, _ = misdeeds(t, "put", keeps)
	if !slices.ContainsFunc(wrong, func(w string) bool { return strings.Contains(w, "left behind") }) {
		t.Error("remains are not noticed")
	}
}

// What makes a blob survive a power cut is the order: first its bytes, then the
// name of its directory, then its own.
func TestOrderOfSteps(t *testing.T) {
	v := newVault(t)
	d := &faulty{disk: v.disk}
	v.disk = d
	a := put(t, v, []byte("exhibit"))
	got := slices.Compact(d.steps)
	want := []string{"create", "write", "sync", "close", "mkdir", "sync dir", "rename", "sync dir"}
	if !slices.Equal(got, want) {
		t.Errorf("Put() takes the steps %v, want %v", got, want)
	}
	d.steps = nil
	check(t, v.Rewrap(context.Background(), a, v.c.Recipients))
	if got, want := strings.Join(slices.Compact(d.steps), ","), "create,write,sync,close,rename,sync dir"; !strings.HasSuffix(got, want) {
		t.Errorf("Rewrap() takes the steps %s, want %s at the end", got, want)
	}
	d.steps = nil
	check(t, v.Delete(context.Background(), a.Blob))
	if want := []string{"remove", "remove", "sync dir"}; !slices.Equal(d.steps, want) {
		t.Errorf("Delete() takes the steps %v, want %v", d.steps, want)
	}
}

// A failing disk is told from a damaged blob when reading, too.
func TestReadErrorIsNotDamage(t *testing.T) {
	v := newVault(t)
	a := put(t, v, make([]byte, 300_000))
	good := &faulty{disk: v.disk}
	v.disk = good
	_, _, err := v.Get(context.Background(), a, 1<<20)
	check(t, err)
	for at := range good.steps {
		v.disk = &faulty{disk: good.disk, at: at + 1, fault: &fs.PathError{Op: "read", Err: syscall.EIO}}
		_, got, err := v.Get(context.Background(), a, 1<<20)
		if got != nil || !errors.Is(err, syscall.EIO) || errors.Is(err, ErrDamaged) {
			t.Errorf("EIO at step %d: Get() = %d bytes, %v", at+1, len(got), err)
		}
	}
}

func TestNameTakenByAFile(t *testing.T) {
	v := newVault(t)
	for i := range 256 {
		writeFile(t, filepath.Join(v.c.Dir, fmt.Sprintf("%02x", i)), nil)
	}
	if _, err := v.Put(context.Background(), strings.NewReader("x")); err == nil {
		t.Error("Put() succeeds")
	}
	if got := filesIn(t, v); len(got) != 256 {
		t.Errorf("left behind: %d files", len(got)-256)
	}
}

func TestNoRandomness(t *testing.T) {
	v := newVault(t)
	v.c.Random = strings.NewReader("short")
	if _, err := v.Put(context.Background(), strings.NewReader("x")); err == nil || !strings.Contains(err.Error(), "salt") {
		t.Errorf("Put() = %v, want an error about the salt", err)
	}
	if got := filesIn(t, v); len(got) > 0 {
		t.Errorf("left behind: %v", got)
	}
}
