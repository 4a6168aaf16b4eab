package cli

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"solferino/casebook"
	"solferino/review"
	"solferino/verify"
)

// newEnv returns an environment that writes into the buffers.
func newEnv() (env *Env, stdout, stderr *bytes.Buffer) {
	stdout, stderr = &bytes.Buffer{}, &bytes.Buffer{}
	return &Env{Stdin: strings.NewReader(""), Stdout: stdout, Stderr: stderr, Now: time.Now, Random: rand.Reader,
		Getenv: func(string) string { return "" }}, stdout, stderr
}

// played is the demonstration, played once for all tests of the package.
var played = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "solferino-test-")
	if err != nil {
		return "", err
	}
	env, _, stderr := newEnv()
	if code := Main(context.Background(), env, []string{"demo", "--home", dir}); code != 0 {
		return dir, fmt.Errorf("demo: exit %d: %s", code, stderr)
	}
	return dir, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := played(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

func playedBundle(t *testing.T) []byte {
	t.Helper()
	dir, err := played()
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, publicDir, "bundle", "viasat-2022.1.finding"))
	if err != nil {
		t.Fatal(err)
	}
	if r := verify.Check(b, verify.Options{}); !r.Verified {
		t.Fatalf("the bundle of the demonstration does not verify:\n%s", r.Text())
	}
	return b
}

// No byte of a bundle can be changed without the change being found and the
// broken link being named. One byte in each of 150 blocks is tried.
func TestVerifyFindsAnyFlippedByte(t *testing.T) {
	b := playedBundle(t)
	random := mathrand.New(mathrand.NewPCG(1, 2))
	var offsets []int
	for at := 0; at < len(b); at += 512 {
		offsets = append(offsets, at+random.IntN(512))
	}
	random.Shuffle(len(offsets), func(i, j int) { offsets[i], offsets[j] = offsets[j], offsets[i] })
	offsets = offsets[:150]
	for _, at := range offsets {
		bad := bytes.Clone(b)
		bad[at] ^= byte(1 << random.IntN(8))
		r := verify.Check(bad, verify.Options{})
		if r.Verified || r.Broken() == "" {
			t.Fatalf("byte %d does not count", at)
		}
	}
}

// Nothing can be left out, added, or exchanged.
func TestVerifyFindsChangedSets(t *testing.T) {
	good, err := verify.Decode(playedBundle(t))
	if err != nil {
		t.Fatal(err)
	}
	first, second := twoBallots(t, good)
	tests := map[string]struct {
		change func(b *verify.Bundle)
		broken string
	}{
		"a record left out":        {func(b *verify.Bundle) { b.Entries = slices.Delete(b.Entries, first, first+1) }, "records"},
		"the last record left out": {func(b *verify.Bundle) { b.Entries = b.Entries[:len(b.Entries)-1] }, "completeness"},
		"an attachment left out":   {func(b *verify.Bundle) { b.Attachments = b.Attachments[1:] }, "completeness"},
		"an attachment more": {func(b *verify.Bundle) {
			b.Attachments = append(b.Attachments, verify.Attachment{Content: []byte("more")})
		}, "completeness"},
		"two ballots exchanged": {func(b *verify.Bundle) {
			one, two := &b.Entries[first], &b.Entries[second]
			one.Record, two.Record = two.Record, one.Record
			one.Signature, two.Signature = two.Signature, one.Signature
		}, "inclusion"},
		"two ballots exchanged with their places": {func(b *verify.Bundle) {
			one, two := &b.Entries[first], &b.Entries[second]
			one.Index, two.Index = two.Index, one.Index
		}, "inclusion"},
		"another text":   {func(b *verify.Bundle) { b.Text = bytes.Replace(b.Text, []byte("low"), []byte("high"), 1) }, "finding"},
		"no status list": {func(b *verify.Bundle) { b.Status = nil }, "status"},
		"no checkpoint":  {func(b *verify.Bundle) { b.Checkpoint = nil }, "checkpoint"},
		"an empty bundle": {func(b *verify.Bundle) {
			b.Entries, b.Attachments = nil, nil
		}, "container"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := good
			b.Entries, b.Attachments = slices.Clone(good.Entries), slices.Clone(good.Attachments)
			tt.change(&b)
			r := verify.Check(b.Encode(), verify.Options{})
			if r.Verified || r.Broken() != tt.broken {
				t.Errorf("broken link %q, want %q\n%s", r.Broken(), tt.broken, r.Text())
			}
		})
	}
}

func twoBallots(t *testing.T, b verify.Bundle) (first, second int) {
	t.Helper()
	var found []int
	for i, e := range b.Entries {
		r, err := casebook.Kinds().Decode(e.Record)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := r.Act.(review.Opened); ok {
			found = append(found, i)
		}
	}
	if len(found) < 2 {
		t.Fatal("the bundle holds no two ballots")
	}
	return found[0], found[1]
}

// A forgery under invented keys is never taken for the institution that the
// reader pinned, and shows the keys it wants believed to who pinned none.
func TestForgeryUnderInventedKeys(t *testing.T) {
	dir, err := played()
	if err != nil {
		t.Fatal(err)
	}
	forged := t.TempDir()
	env, _, stderr := newEnv()
	if code := Main(t.Context(), env, []string{"demo", "--home", forged}); code != 0 {
		t.Fatalf("forge: exit %d: %s", code, stderr)
	}
	b, err := os.ReadFile(filepath.Join(forged, publicDir, "bundle", "viasat-2022.1.finding"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := publicKey(filepath.Join(dir, logKeyFile))
	if err != nil {
		t.Fatal(err)
	}
	if r := verify.Check(b, verify.Options{Institution: key}); r.Verified || r.Broken() != "institution" {
		t.Errorf("pinned: %s", r.Verdict())
	}
	r := verify.Check(b, verify.Options{})
	if got, want := r.Verdict(), "verified (institution not pinned)"; got != want {
		t.Errorf("unpinned: %q, want %q", got, want)
	}
	if strings.Contains(r.Text(), key) || len(r.Believed) < 10 {
		t.Errorf("the keys believed are not those of the forger:\n%s", r.Text())
	}
}

// The demonstration as machines read it, and its promises.
func TestDemoJSON(t *testing.T) {
	dir, err := played()
	if err != nil {
		t.Fatal(err)
	}
	env, stdout, stderr := newEnv()
	if code := Main(t.Context(), env, []string{"demo", "--home", dir, "--json"}); code != 0 {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	var out struct {
		Cases []demoCase `json:"cases"`
	}
	if err := json.Unmarshal(stdout.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	if len(out.Cases) != 4 {
		t.Fatalf("%d cases, want 4", len(out.Cases))
	}
	for _, c := range out.Cases {
		if !c.Verified || len(c.Clauses) == 0 || c.Versions < 1 {
			t.Errorf("%s: verified %v, %d clauses, %d versions", c.ID, c.Verified, len(c.Clauses), c.Versions)
		}
		if named := c.ID == "ukraine-grid-2015"; named != (len(c.Refused) == 0) {
			t.Errorf("%s: refused because %q", c.ID, c.Refused)
		}
	}
}

// What was played stands in the log once, whatever is played again.
func TestPlayedAgainNothingIsSaidAgain(t *testing.T) {
	dir, err := played()
	if err != nil {
		t.Fatal(err)
	}
	size := func() (n int64) {
		env, _, _ := newEnv()
		env.home = dir
		if err := withHome(t.Context(), env, func(h *home) (err error) { n, err = h.db.Size(t.Context()); return err }); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := size()
	env, _, stderr := newEnv()
	if code := Main(t.Context(), env, []string{"demo", "--home", dir}); code != 0 {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	if after := size(); after != before {
		t.Errorf("%d entries, before %d", after, before)
	}
}
