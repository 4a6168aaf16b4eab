package cli

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/digitorus/timestamp"

	"solferino/internal/stamp"
	"solferino/proof"
	"solferino/record"
)

// newAuthority starts a timestamp authority on loopback and returns its URL
// and its root certificate in PEM. internal/stamp tests against OpenSSL's.
func newAuthority(t testing.TB) (url string, roots []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ok(t, err)
	form := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test Authority"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		ExtraExtensions: []pkix.Extension{{Id: []int{2, 5, 29, 37}, Critical: true, Value: []byte{0x30, 10, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 8}}}}
	der, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	ok(t, err)
	cert, err := x509.ParseCertificate(der)
	ok(t, err)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		q, err := timestamp.ParseRequest(b)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		ts := timestamp.Timestamp{HashAlgorithm: q.HashAlgorithm, HashedMessage: q.HashedMessage, Time: time.Now(), Nonce: q.Nonce,
			Policy: []int{1, 2, 3}, AddTSACertificate: true}
		answer, err := ts.CreateResponseWithOpts(cert, key, q.HashAlgorithm)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/timestamp-reply")
		w.Write(answer)
	}))
	t.Cleanup(s.Close)
	return s.URL, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A stampedHome is the demonstration, copied, with authorities.
func stampedHome(t testing.TB, authorities string, roots []byte) string {
	t.Helper()
	from, err := played()
	ok(t, err)
	dir := t.TempDir()
	ok(t, os.CopyFS(dir, os.DirFS(from)))
	ok(t, os.WriteFile(filepath.Join(dir, authoritiesFile), []byte(authorities), 0o600))
	ok(t, os.WriteFile(filepath.Join(dir, "tsa.pem"), roots, 0o600))
	return dir
}

func line(name, url string) string {
	return fmt.Sprintf(`{"name": %q, "url": %q, "roots": "tsa.pem"}`, name, url)
}

// play runs one command line.
func play(t testing.TB, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	env, out, talk := newEnv()
	code = Main(t.Context(), env, args)
	return code, out.String(), talk.String()
}

func TestReceiptIsStampedAndChecked(t *testing.T) {
	url, roots := newAuthority(t)
	dir := stampedHome(t, "["+line("one", url)+"]", roots)
	if code, out, talk := play(t, "log", "stamp", "--home", dir); code != 0 || !strings.HasPrefix(out, "stamped  one") || !strings.Contains(out, corroborates) {
		t.Fatalf("stamp: exit %d: %s%s", code, out, talk)
	}
	files, err := filepath.Glob(filepath.Join(dir, stampDir, "*"))
	ok(t, err)
	before := readAll(t, files)
	if code, out, talk := play(t, "log", "stamp", "--home", dir); code != 0 || !strings.HasPrefix(out, "kept  one") {
		t.Fatalf("stamp again: exit %d: %s%s", code, out, talk)
	}
	if len(files) != 2 || readAll(t, files) != before {
		t.Errorf("files %v changed or are not two", files)
	}
	file, policy := filepath.Join(t.TempDir(), "receipt.json"), filepath.Join(t.TempDir(), "policy")
	if code, _, talk := play(t, "log", "receipt", "3", "--output", file, "--home", dir); code != 0 {
		t.Fatalf("receipt: exit %d: %s", code, talk)
	}
	b, err := os.ReadFile(file)
	ok(t, err)
	r, err := proof.DecodeReceipt(b)
	ok(t, err)
	ok(t, os.WriteFile(policy, r.Policy, 0o600))
	pem := filepath.Join(dir, "tsa.pem")
	p, err := proof.ParsePolicy(r.Policy)
	ok(t, err)
	bare := filepath.Join(t.TempDir(), "entry.tlog-proof")
	ok(t, os.WriteFile(bare, r.Proof, 0o600))
	leaf := string(r.Opening.Leaf())
	tests := map[string]struct {
		args []string
		code int
		last string
	}{
		"nothing pinned":          {[]string{file}, 0, "verified (institution not pinned)"},
		"log pinned":              {[]string{file, "--institution", p.LogKey()}, 0, "verified (policy not pinned)"},
		"everything pinned":       {[]string{file, "--policy", policy, "--roots", pem}, 0, "verified"},
		"another log pinned":      {[]string{file, "--institution", string(record.Sum(nil))}, exitNotVerified, "not verified: institution"},
		"another policy pinned":   {[]string{file, "--policy", pem}, exitNotVerified, "not verified: institution"},
		"bare proof":              {[]string{bare, "--leaf", leaf, "--policy", policy}, 0, "verified"},
		"bare proof, other leaf":  {[]string{bare, "--leaf", string(record.Sum(nil)), "--policy", policy}, exitNotVerified, "not verified: inclusion"},
		"bare proof, sick leaf":   {[]string{bare, "--leaf", "x", "--policy", policy}, exitNotVerified, "not verified: inclusion"},
		"bare proof, no policy":   {[]string{bare, "--leaf", leaf}, exitUsage, ""},
		"bare proof, no leaf":     {[]string{bare, "--policy", policy}, exitUsage, ""},
		"receipt with a leaf":     {[]string{file, "--leaf", leaf}, exitUsage, ""},
		"no such file":            {[]string{file + ".not"}, exitNotFound, ""},
		"stamp of another's root": {[]string{file, "--roots", otherRoot(t)}, exitNotVerified, "not verified: stamp"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			code, out, talk := play(t, append([]string{"log", "check"}, tt.args...)...)
			lines := strings.Split(strings.TrimSpace(out), "\n")
			if code != tt.code || lines[len(lines)-1] != tt.last {
				t.Errorf("exit %d, want %d with %q:\n%s%s", code, tt.code, tt.last, out, talk)
			}
			if code == 0 && !strings.Contains(out, "unknown ") {
				t.Errorf("it does not say what it cannot know:\n%s", out)
			}
		})
	}
	eachFlip(t, b, r, roots)
	eachExchange(t, r)
}

func otherRoot(t *testing.T) string {
	_, roots := newAuthority(t)
	file := filepath.Join(t.TempDir(), "other.pem")
	ok(t, os.WriteFile(file, roots, 0o600))
	return file
}

func readAll(t *testing.T, files []string) (all string) {
	for _, f := range files {
		b, err := os.ReadFile(f)
		ok(t, err)
		all += string(b)
	}
	return all
}

// eachFlip turns one bit of each byte of a receipt over: none passes where the
// policy and the roots are pinned.
func eachFlip(t *testing.T, b []byte, r proof.Receipt, roots []byte) {
	pool, err := stamp.ParseRoots(roots)
	ok(t, err)
	o := CheckOptions{Policy: string(r.Policy)}
	if c := checkReceipt(b, o, pool); !c.Verified {
		t.Fatalf("the good one: %s", c.text())
	}
	for i := range b {
		bad := bytes.Clone(b)
		bad[i] ^= 1 << (i % 8)
		if c := checkReceipt(bad, o, pool); c.Verified || c.Broken == "" {
			t.Fatalf("byte %d does not count", i)
		}
	}
}

// eachExchange changes one part of a receipt, well formed.
func eachExchange(t *testing.T, good proof.Receipt) {
	for name, tt := range map[string]struct {
		change func(r *proof.Receipt)
		broken string
	}{
		"another index":     {func(r *proof.Receipt) { r.Opening.Index++ }, "receipt"},
		"another salt":      {func(r *proof.Receipt) { r.Opening.Salt[0]++ }, "inclusion"},
		"another record":    {func(r *proof.Receipt) { r.Opening.Record = append([]byte(" "), r.Opening.Record...) }, "inclusion"},
		"another signature": {func(r *proof.Receipt) { r.Opening.Signature = nil }, "inclusion"},
		"no proof":          {func(r *proof.Receipt) { r.Proof = nil }, "receipt"},
		"no policy":         {func(r *proof.Receipt) { r.Policy = nil }, "institution"},
		"no quorum": {func(r *proof.Receipt) {
			at := bytes.Index(r.Proof, []byte("\n\n\u2014"))
			_, rest, _ := bytes.Cut(r.Proof[at+3:], []byte("\n"))
			r.Proof = bytes.TrimSuffix(r.Proof, rest)
		}, "checkpoint"},
		"half a stamp": {func(r *proof.Receipt) { r.Stamp = r.Stamp[:len(r.Stamp)/2] }, "stamp"},
		"no stamp":     {func(r *proof.Receipt) { r.Stamp = nil }, ""},
	} {
		r := good
		tt.change(&r)
		b, err := r.Encode()
		ok(t, err)
		if c := checkReceipt(b, CheckOptions{}, nil); c.Broken != tt.broken {
			t.Errorf("%s: broken %q, want %q:\n%s", name, c.Broken, tt.broken, c.text())
		}
	}
}

func TestStampOutcomes(t *testing.T) {
	url, roots := newAuthority(t)
	gone := line("gone", "http://127.0.0.1:1/")
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/timestamp-reply")
		w.Write([]byte("nothing"))
	}))
	defer page.Close()
	for name, tt := range map[string]struct {
		authorities string
		is          error
	}{
		"all stamp":           {line("one", url) + "," + line("two", url), nil},
		"one is gone":         {line("one", url) + "," + gone, errPartly},
		"all are gone":        {gone, stamp.ErrUnreachable},
		"a bad answer":        {line("page", page.URL), stamp.ErrNotStamped},
		"a bad one, one gone": {line("page", page.URL) + "," + gone, stamp.ErrNotStamped},
		"none":                {"", errNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			env, out, _ := newEnv()
			env.home = stampedHome(t, "["+tt.authorities+"]", roots)
			err := withHome(t.Context(), env, func(h *home) error { return runLogStamp(t.Context(), h) })
			if !errors.Is(err, tt.is) {
				t.Errorf("error %v, want %v\n%s", err, tt.is, out)
			}
		})
	}
}

// A list that is not in order is refused before anybody is asked.
func TestAuthoritiesAreRead(t *testing.T) {
	_, roots := newAuthority(t)
	for name, text := range map[string]string{
		"not JSON":   `[`,
		"unknown":    `[{"name":"a","url":"https://a.example","roots":"tsa.pem","more":1}]`,
		"a name":     "[" + line("../a", "https://a.example") + "]",
		"a URL":      "[" + line("a", "file:///etc/passwd") + "]",
		"twice":      "[" + line("a", "https://a.example") + "," + line("a", "https://b.example") + "]",
		"no roots":   `[{"name":"a","url":"https://a.example","roots":"not.pem"}]`,
		"sick roots": `[{"name":"a","url":"https://a.example","roots":"authorities.json"}]`,
	} {
		h := &home{dir: t.TempDir()}
		ok(t, os.WriteFile(h.path(authoritiesFile), []byte(text), 0o600))
		ok(t, os.WriteFile(h.path("tsa.pem"), roots, 0o600))
		if a, _, err := h.authorities(); err == nil {
			t.Errorf("%s: read as %v", name, a)
		}
	}
}

func benchReceipt(b *testing.B) (h *home, file []byte, roots *x509.CertPool) {
	url, pem := newAuthority(b)
	env, _, talk := newEnv()
	env.home = stampedHome(b, "["+line("one", url)+"]", pem)
	h, err := openHome(b.Context(), env)
	ok(b, err)
	b.Cleanup(func() { h.Close() })
	if err := runLogStamp(b.Context(), h); err != nil {
		b.Fatal(err, talk)
	}
	r, roots, err := h.receipt(b.Context(), 3)
	ok(b, err)
	file, err = r.Encode()
	ok(b, err)
	return h, file, roots
}

// A proof out of the tiles of the demonstration's log.
func BenchmarkProofBuild(b *testing.B) {
	h, _, _ := benchReceipt(b)
	e, err := h.db.At(b.Context(), 3)
	ok(b, err)
	policy, err := h.policy(b.Context())
	ok(b, err)
	_, note, err := h.tree.Publish(b.Context())
	ok(b, err)
	for b.Loop() {
		_, err := h.prove(b.Context(), e, note, policy)
		ok(b, err)
	}
}

// A whole receipt offline: record, signature, proof, stamp.
func BenchmarkReceiptCheck(b *testing.B) {
	_, file, roots := benchReceipt(b)
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		if c := checkReceipt(file, CheckOptions{}, roots); !c.Verified {
			b.Fatal(c.text())
		}
	}
}

// The proof part of it: checkpoint, quorum and inclusion.
func BenchmarkReceiptProofPart(b *testing.B) {
	_, file, _ := benchReceipt(b)
	r, err := proof.DecodeReceipt(file)
	ok(b, err)
	o := CheckOptions{Leaf: string(r.Opening.Leaf()), Policy: string(r.Policy)}
	for b.Loop() {
		if c := checkProof(r.Proof, o, nil); !c.Verified {
			b.Fatal(c.text())
		}
	}
}
