package stamp

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// A house is an OpenSSL authority: a root, a certificate, and `openssl ts`.
type house struct {
	t   testing.TB
	dir string
	mu  sync.Mutex // openssl keeps the serial number in a file
}

const authorityConfig = `
[tsa]
default_tsa = here
[here]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = %s
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256
accuracy = secs:1
ordering = yes
ess_cert_id_alg = %s
%s
`

// newHouse makes an authority whose keys are of the given kind. More is added
// to its configuration.
func newHouse(t testing.TB, keys []string, digest, ess, more string) *house {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("SKIPPED: there is no openssl")
	}
	h := &house{t: t, dir: t.TempDir()}
	h.write("tsa.cnf", fmt.Sprintf(authorityConfig, digest, ess, more))
	h.write("serial", "01\n")
	h.write("ext.cnf", "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n")
	h.run(append([]string{"req", "-x509", "-nodes", "-days", "3650", "-subj", "/CN=Test Root", "-keyout", "root.key", "-out", "root.pem", "-newkey"}, keys...)...)
	h.run(append([]string{"req", "-nodes", "-subj", "/O=Test/CN=Test Authority", "-keyout", "tsa.key", "-out", "tsa.csr", "-newkey"}, keys...)...)
	h.run("x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "30", "-extfile", "ext.cnf", "-out", "tsa.pem")
	return h
}

func plainHouse(t testing.TB) *house {
	return newHouse(t, []string{"ec", "-pkeyopt", "ec_paramgen_curve:P-256"}, "sha256", "sha256", "")
}

func (h *house) write(name, text string) {
	h.t.Helper()
	check(h.t, os.WriteFile(filepath.Join(h.dir, name), []byte(text), 0o600))
}

func (h *house) read(name string) []byte {
	h.t.Helper()
	b, err := os.ReadFile(filepath.Join(h.dir, name))
	check(h.t, err)
	return b
}

func (h *house) run(args ...string) string {
	h.t.Helper()
	cmd := exec.Command("openssl", args...)
	cmd.Dir = h.dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		h.t.Errorf("openssl %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// answer has OpenSSL answer a query.
func (h *house) answer(query []byte) []byte {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.write("query.tsq", string(query))
	h.run("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query.tsq", "-out", "answer.tsr")
	return h.read("answer.tsr")
}

// serve starts the authority on loopback. change may tamper with its answers.
func (h *house) serve(change func(query []byte) []byte) Authority {
	h.t.Helper()
	if change == nil {
		change = h.answer
	}
	return serveAuthority(h.t, h.read("root.pem"), func(w http.ResponseWriter, r *http.Request) {
		query, err := io.ReadAll(r.Body)
		if err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != queryType {
			http.Error(w, "not a query", http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", replyType)
		w.Write(change(query))
	})
}

func serveAuthority(t testing.TB, roots []byte, handle http.HandlerFunc) Authority {
	t.Helper()
	s := httptest.NewServer(handle)
	t.Cleanup(s.Close)
	pool, err := ParseRoots(roots)
	check(t, err)
	return Authority{Name: "test", URL: s.URL, Roots: pool}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var (
	client = Client{Random: rand.Reader}
	sample = []byte("example.org/log/1\n5\nroot\n\n\u2014 example.org/log/1 c2ln\n")
)

// What OpenSSL stamps is accepted, and what is accepted OpenSSL accepts.
func TestAskOpenSSL(t *testing.T) {
	ec, rsa := []string{"ec", "-pkeyopt", "ec_paramgen_curve:P-256"}, []string{"rsa:2048"}
	for name, h := range map[string]*house{
		"P-256":                       newHouse(t, ec, "sha256", "sha256", ""),
		"P-256, SHA-384":              newHouse(t, ec, "sha384", "sha512", ""),
		"RSA":                         newHouse(t, rsa, "sha256", "sha256", ""),
		"RSA, SHA-512":                newHouse(t, rsa, "sha512", "sha384", ""),
		"the first form of ESSCertID": newHouse(t, rsa, "sha256", "sha1", ""),
		"with the root in the token":  newHouse(t, rsa, "sha256", "sha256", "certs = root.pem\nclock_precision_digits = 6"),
	} {
		t.Run(name, func(t *testing.T) {
			before := time.Now().Add(-2 * time.Second)
			answer, token, err := client.Ask(t.Context(), h.serve(nil), sample)
			check(t, err)
			if token.At.Before(before) || token.At.After(time.Now()) || !token.Pinned || token.By != "CN=Test Authority,O=Test" {
				t.Errorf("token %+v", token)
			}
			h.write("note", string(sample))
			h.write("note.tsr", string(answer))
			if out := h.run("ts", "-verify", "-data", "note", "-in", "note.tsr", "-CAfile", "root.pem"); !strings.Contains(out, "Verification: OK") {
				t.Errorf("openssl says %s", out)
			}
			der, err := Extract(answer)
			check(t, err)
			if token, err := Verify(der, sample, nil); err != nil || token.Pinned {
				t.Errorf("without roots: %+v, %v", token, err)
			}
			eachFlip(t, der, h)
		})
	}
}

// eachFlip turns two bits of each byte of a token over, one at a time. With roots no change passes.
func eachFlip(t *testing.T, token []byte, h *house) {
	roots, err := ParseRoots(h.read("root.pem"))
	check(t, err)
	for i := range token {
		for _, bit := range []int{i % 8, (i + 3) % 8} {
			bad := bytes.Clone(token)
			bad[i] ^= 1 << bit
			if _, err := Verify(bad, sample, roots); !errors.Is(err, ErrNotStamped) {
				t.Fatalf("bit %d of byte %d does not count: %v, in %x", bit, i, err, token[max(0, i-20):min(len(token), i+20)])
			}
		}
	}
}

// How an authority can fail, and what is made of it.
func TestAskRefuses(t *testing.T) {
	h := plainHouse(t)
	other := plainHouse(t)
	_, _, err := client.Ask(t.Context(), h.serve(nil), sample)
	check(t, err)
	earlier := h.read("answer.tsr")
	strange := h.serve(nil)
	strange.Roots, err = ParseRoots(other.read("root.pem"))
	check(t, err)
	rootless := h.serve(nil)
	rootless.Roots = nil
	handle := func(f http.HandlerFunc) Authority { return serveAuthority(t, h.read("root.pem"), f) }
	as := func(kind string, body []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", kind); w.Write(body) }
	}
	done := make(chan struct{})
	gone := h.serve(nil)
	gone.URL = "http://127.0.0.1:1/"
	tests := map[string]struct {
		from Authority
		want error
		says string
	}{
		"wrong imprint": {h.serve(func([]byte) []byte {
			return h.answer(query(t, "other bytes"))
		}), ErrNotStamped, "not about this note"},
		"wrong nonce, an earlier answer again": {h.serve(func([]byte) []byte { return earlier }), ErrNotStamped, "another question"},
		"no nonce":                             {h.serve(func([]byte) []byte { return h.answer(query(t, string(sample))) }), ErrNotStamped, "nonce is <nil>"},
		"wrong root":                           {strange, ErrNotStamped, "unknown authority"},
		"no root":                              {rootless, ErrNotStamped, "no roots"},
		"refuses":                              {h.serve(func([]byte) []byte { return h.answer([]byte("no query")) }), ErrNotStamped, "refuses"},
		"truncated":                            {h.serve(func(q []byte) []byte { b := h.answer(q); return b[:len(b)-1] }), ErrNotStamped, ""},
		"a byte more":                          {h.serve(func(q []byte) []byte { return append(h.answer(q), 0) }), ErrNotStamped, ""},
		"nothing":                              {h.serve(func([]byte) []byte { return nil }), ErrNotStamped, ""},
		"oversized":                            {handle(as(replyType, make([]byte, maxAnswer+1))), ErrNotStamped, "over 65536 bytes"},
		"a page":                               {handle(as("text/html", []byte("<p>"))), ErrUnreachable, "text/html"},
		"an error":                             {handle(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "down", http.StatusServiceUnavailable) }), ErrUnreachable, "503"},
		"sends elsewhere": {handle(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, h.serve(nil).URL, http.StatusTemporaryRedirect)
		}), ErrUnreachable, "307"},
		"is gone":             {gone, ErrUnreachable, "refused"},
		"says nothing":        {handle(func(http.ResponseWriter, *http.Request) { <-done }), ErrUnreachable, "deadline"},
		"stops in the middle": {handle(stalls(done)), ErrUnreachable, "deadline"},
		"breaks off its own word": {handle(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", replyType)
			w.Header().Set("Content-Length", "9")
			w.Write([]byte("x"))
		}), ErrUnreachable, "EOF"},
	}
	t.Cleanup(func() { close(done) }) // before the servers close, which wait for their handlers
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := client
			if strings.Contains(tt.says, "deadline") {
				c.Wait = 100 * time.Millisecond
			}
			answer, _, err := c.Ask(context.Background(), tt.from, sample)
			if !errors.Is(err, tt.want) || answer != nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error %v, want %v with %q", err, tt.want, tt.says)
			}
		})
	}
}

// stalls answers with a beginning and nothing more.
func stalls(done chan struct{}) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", replyType)
		w.Write([]byte{0x30})
		w.(http.Flusher).Flush()
		<-done
	}
}
