package cli

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"solferino/verify"
)

// copyOfPlayed returns a home of its own with the demonstration in it.
func copyOfPlayed(t *testing.T) string {
	t.Helper()
	dir, err := played()
	if err != nil {
		t.Fatal(err)
	}
	home := filepath.Join(t.TempDir(), "home")
	if err := os.CopyFS(home, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{hostKeyFile, logKeyFile, vaultKeyFile, witnessFile} {
		if err := os.Chmod(filepath.Join(home, name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return home
}

// run runs a command line and returns what it prints.
func run(t *testing.T, code int, args ...string) string {
	t.Helper()
	env, stdout, stderr := newEnv()
	if got := Main(context.Background(), env, args); got != code {
		t.Fatalf("%s: exit code %d, want %d: %s", strings.Join(args, " "), got, code, stderr)
	}
	return stdout.String()
}

// Of everything that the demonstration publishes, a mirror has every byte, from
// the public pages alone.
func TestMirrorOfTheDemonstration(t *testing.T) {
	home := copyOfPlayed(t)
	env, _, _ := newEnv()
	handler, closeAll, err := openPortal(context.Background(), env, home)
	if err != nil {
		t.Fatal(err)
	}
	defer closeAll()
	var bad atomic.Bool // then one bundle comes with a byte changed
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !bad.Load() || r.URL.Path != "/bundle/viasat-2022.1.finding" {
			handler.ServeHTTP(w, r)
			return
		}
		b := bytes.Clone(playedBundle(t))
		b[len(b)/2] ^= 1
		_, _ = w.Write(b)
	}))
	defer server.Close()
	policy := filepath.Join(t.TempDir(), "policy")
	if err := os.WriteFile(policy, []byte(run(t, 0, "log", "policy", "--home", home)), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	bad.Store(true)
	first := run(t, exitPartly, "mirror", "sync", "--dir", dir, "--log", server.URL, "--policy", policy)
	if !strings.Contains(first, "4 bundles") || !strings.Contains(first, "refused") || !strings.Contains(first, "bundle/viasat-2022.1.finding") {
		t.Errorf("of a bundle with a byte changed it says %s", first)
	}
	bad.Store(false)
	said := run(t, 0, "mirror", "sync", "--dir", dir, "--log", server.URL, "--policy", policy)
	if again := run(t, 0, "mirror", "sync", "--dir", dir, "--log", server.URL, "--policy", policy); !strings.Contains(again, "0 openings, 0 bundles, 0 attachments") {
		t.Errorf("the second time it says %s, after %s", again, said)
	}
	count := map[string]int{}
	for name, want := range tree(t, filepath.Join(home, publicDir)) {
		count[strings.Split(name, "/")[0]]++
		if strings.Contains(name, ".p/") {
			continue // some are of earlier checkpoints; internal/tlog compares the others
		}
		if got, err := os.ReadFile(filepath.Join(dir, publicDir, name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, %v, want %d", name, len(got), err, len(want))
		}
	}
	if count["bundle"] != 5 || count["opening"] == 0 || count["attachment"] == 0 || count["status"] != 1 {
		t.Errorf("compared were %v", count)
	}
	for name := range tree(t, filepath.Join(dir, publicDir)) {
		if _, err := os.Stat(filepath.Join(home, publicDir, name)); err != nil {
			t.Errorf("the mirror has %s, which is not published", name)
		}
	}
}

// tree reads all files below a directory but hidden ones.
func tree(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// A finding that was issued while the publication could not be ended gets its
// bundle later.
func TestLogPublishFinishesFindings(t *testing.T) {
	home := copyOfPlayed(t)
	bundle := filepath.Join(home, publicDir, "bundle", "viasat-2022.1.finding")
	if err := os.Remove(bundle); err != nil {
		t.Fatal(err)
	}
	if said := run(t, 0, "log", "publish", "--home", home); !strings.Contains(said, bundle) {
		t.Errorf("log publish says %s", said)
	}
	b, err := os.ReadFile(bundle)
	if err != nil {
		t.Fatal(err)
	}
	if r := verify.Check(b, verify.Options{}); !r.Verified {
		t.Errorf("the bundle does not verify:\n%s", r.Text())
	}
	if said := run(t, 0, "log", "publish", "--home", home); strings.Contains(said, "finding") {
		t.Errorf("the second time log publish says %s", said)
	}
}

// The owner of a key watches what is published under it.
func TestMonitorOfTheDemonstration(t *testing.T) {
	home := copyOfPlayed(t)
	env, _, _ := newEnv()
	handler, closeAll, err := openPortal(context.Background(), env, home)
	if err != nil {
		t.Fatal(err)
	}
	defer closeAll()
	server := httptest.NewServer(handler)
	defer server.Close()
	dir := t.TempDir()
	policy, journal := filepath.Join(dir, "policy"), filepath.Join(dir, "journal")
	for name, text := range map[string]string{policy: run(t, 0, "log", "policy", "--home", home), journal: "# nothing yet\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"monitor", "--once", "--log", server.URL, "--policy", policy, "--dir", filepath.Join(dir, "watch"),
		"--key", filepath.Join(home, hostKeyFile+".pub"), "--journal", journal, "--max-age", "0"}
	said := run(t, 1, args...)
	acts := strings.Count(said, "\nalarm: act: entry ")
	if acts == 0 || strings.Count(said, "alarm: ") != acts {
		t.Fatalf("it says %s", said)
	}
	var ids []string
	for line := range strings.Lines(said) {
		if _, after, ok := strings.Cut(line, "as record "); ok {
			ids = append(ids, strings.Split(after, ",")[0])
		}
	}
	if err := os.WriteFile(journal, []byte(strings.Join(ids, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, 0, args...)
	if err := os.WriteFile(journal, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if said := interrupted(t, 1, "alarm: act: ", append(slices.Delete(slices.Clone(args), 1, 2), "--dir", filepath.Join(dir, "another"))...); strings.Contains(said, "alarm: stale") {
		t.Errorf("it goes on and says %s", said)
	}
	if len(ids) != acts {
		t.Errorf("%d alarms named %d records", acts, len(ids))
	}
}

// A presser reads what is printed and presses Ctrl-C when it has read the words.
type presser struct {
	mu    sync.Mutex
	read  bytes.Buffer // mu
	words string
	press func()
}

func (p *presser) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n, err := p.read.Write(b)
	if strings.Contains(p.read.String(), p.words) {
		p.press()
	}
	return n, err
}

// interrupted runs a command that does not end, until it says the words, and
// returns what it printed.
func interrupted(t *testing.T, code int, words string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	env, _, _ := newEnv()
	p := &presser{words: words, press: cancel}
	env.Stdout, env.Stderr = p, p
	if got := Main(ctx, env, args); got != code || !strings.Contains(p.read.String(), words) {
		t.Errorf("%s: exit code %d, want %d and %q: %s", strings.Join(args, " "), got, code, words, &p.read)
	}
	return p.read.String()
}

// A log that is published again and again asks for new cosignatures in time.
func TestLogPublishGoesOn(t *testing.T) {
	home := copyOfPlayed(t)
	file := filepath.Join(home, publicDir, "checkpoint")
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	interrupted(t, 0, "published is size", "log", "publish", "--home", home, "--every", "1s", "--refresh", "24h")
	if after, err := os.ReadFile(file); err != nil || !bytes.Equal(after, before) {
		t.Errorf("a young checkpoint was cosigned again: %v", err)
	}
	interrupted(t, 0, "published is size", "log", "publish", "--home", home, "--every", "1s", "--refresh", "1ns")
	if after, err := os.ReadFile(file); err != nil || bytes.Equal(after, before) {
		t.Errorf("an old checkpoint was not cosigned again: %v", err)
	}
}

func TestPolicyWithOutsiders(t *testing.T) {
	const log = "example.org/log/1+6fb5a9c8+AUq0Vdj3Lsq3bTzbWuWQl9eTJ4jYe2vFxv8r0Vm1nUuM"
	for name, tt := range map[string]struct {
		witnesses []string
		quorum    int
	}{
		"no URL":               {[]string{"a=k"}, 1},
		"no key":               {[]string{"a=http://x"}, 1},
		"no name":              {[]string{"=k=http://x"}, 1},
		"no quorum":            {[]string{"a=k=http://x"}, 0},
		"quorum beyond":        {[]string{"a=k=http://x"}, 2},
		"quorum of nobody":     {nil, 1},
		"one URL, two regions": {[]string{"a/1=k=http://x", "b/1=l=http://x"}, 1},
		"key is none":          {[]string{"a=k=http://x"}, 1},
	} {
		if text, err := policyText(log, "own", InitOptions{Witnesses: tt.witnesses, Quorum: tt.quorum}); err == nil {
			t.Errorf("%s: %s", name, text)
		}
	}
	w, err := parseOutsider("EU/pq=name+00+AAA==https://w.example/a")
	if err != nil || w != (outsider{"EU/pq", "name+00+AAA=", "https://w.example/a"}) {
		t.Errorf("parseOutsider() = %+v, %v", w, err)
	}
}
