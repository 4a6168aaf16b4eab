package stamp

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"time"

	"github.com/digitorus/timestamp"
)

// Media types of RFC 3161, section 3.4.
const (
	queryType = "application/timestamp-query"
	replyType = "application/timestamp-reply"
)

// An Authority gives timestamps over HTTP.
type Authority struct {
	Name  string
	URL   string
	Roots *x509.CertPool // that its certificate must lead to
}

// A Client asks authorities. The zero Client waits ten seconds for an answer.
type Client struct {
	HTTP   *http.Client  // nil is one that follows no redirect
	Wait   time.Duration // for a whole answer; 0 is ten seconds
	Random io.Reader     // for nonces: crypto/rand.Reader
}

// Ask has an authority stamp a note. It returns the answer as it came, which
// `openssl ts -verify -in` reads, and the token in it, verified up to the roots
// of the authority. The error wraps [ErrUnreachable] or [ErrNotStamped].
func (c Client) Ask(ctx context.Context, a Authority, note []byte) (answer []byte, t Token, err error) {
	if a.Roots == nil {
		return nil, Token{}, fmt.Errorf("ask %s: %w: no roots are named to check it with", a.Name, ErrNotStamped)
	}
	nonce, err := c.nonce()
	if err != nil {
		return nil, Token{}, err
	}
	answer, err = c.post(ctx, a, note, nonce)
	if err == nil {
		t, err = read(answer, note, nonce, a.Roots)
	}
	if err != nil {
		return nil, Token{}, fmt.Errorf("ask %s: %w", a.Name, err)
	}
	return answer, t, nil
}

// nonce draws 64 bits that are not zero.
func (c Client) nonce() (*big.Int, error) {
	var b [8]byte
	if _, err := io.ReadFull(c.Random, b[:]); err != nil {
		return nil, fmt.Errorf("draw a nonce: %w", err)
	}
	b[0] |= 0x40
	return new(big.Int).SetBytes(b[:]), nil
}

func (c Client) post(ctx context.Context, a Authority, note []byte, nonce *big.Int) ([]byte, error) {
	digest := sha256.Sum256(note)
	query, err := (&timestamp.Request{HashAlgorithm: crypto.SHA256, HashedMessage: digest[:], Certificates: true, Nonce: nonce}).Marshal()
	if err != nil {
		return nil, err
	}
	wait := c.Wait
	if wait == 0 {
		wait = 10 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.URL, bytes.NewReader(query))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", queryType)
	req.Header.Set("Accept", replyType)
	return c.fetch(req)
}

func (c Client) fetch(req *http.Request) ([]byte, error) {
	client := c.HTTP
	if client == nil {
		client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	defer resp.Body.Close()
	if kind := resp.Header.Get("Content-Type"); resp.StatusCode != http.StatusOK || kind != replyType {
		return nil, fmt.Errorf("%w: it answers %s, %q", ErrUnreachable, resp.Status, kind)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	if len(body) > maxAnswer {
		return nil, fmt.Errorf("%w: an answer over %d bytes", ErrNotStamped, maxAnswer)
	}
	return body, nil
}

// read takes the token out of an answer and verifies it, also against the nonce.
func read(answer, note []byte, nonce *big.Int, roots *x509.CertPool) (Token, error) {
	token, err := Extract(answer)
	if err != nil {
		return Token{}, err
	}
	t, err := Verify(token, note, roots)
	if err != nil {
		return Token{}, err
	}
	if t.nonce == nil || t.nonce.Cmp(nonce) != 0 {
		return Token{}, fmt.Errorf("%w: it answers another question: its nonce is %v, not %v", ErrNotStamped, t.nonce, nonce)
	}
	return t, nil
}

// Extract returns the token inside the answer of an authority. The answer must
// grant the request without changing it.
func Extract(answer []byte) ([]byte, error) {
	if len(answer) > maxAnswer {
		return nil, fmt.Errorf("%w: an answer of %d bytes, at most %d", ErrNotStamped, len(answer), maxAnswer)
	}
	token, err := tokenOf(answer)
	if err != nil {
		if _, refused := timestamp.ParseResponse(answer); refused != nil {
			err = errors.Join(err, refused) // it knows the authority's reasons
		}
		return nil, fmt.Errorf("%w: %w", ErrNotStamped, err)
	}
	return token, nil
}

// ParseRoots reads the certificates that tokens must lead to, in PEM.
func ParseRoots(text []byte) (*x509.CertPool, error) {
	pool, count := x509.NewCertPool(), 0
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			break
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("root certificate %d: %w", count+1, err)
		}
		pool.AddCert(cert)
		count++
	}
	if count == 0 {
		return nil, errors.New("no root certificate in PEM")
	}
	return pool, nil
}
