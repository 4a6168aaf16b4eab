package stamp

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/digitorus/timestamp"
)

// query asks for a stamp of other data, without a nonce.
func query(t testing.TB, data string) []byte {
	t.Helper()
	sum := sha256.Sum256([]byte(data))
	q, err := (&timestamp.Request{HashAlgorithm: crypto.SHA256, HashedMessage: sum[:], Certificates: true}).Marshal()
	check(t, err)
	return q
}

// An issuer makes certificates and tokens that OpenSSL would not make.
type issuer struct {
	t    testing.TB
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
}

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func newIssuer(t testing.TB) *issuer {
	t.Helper()
	i := &issuer{t: t}
	c := &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, NotAfter: noon.AddDate(10, 0, 0)}
	i.cert, i.key = i.certify("Root", c)
	return i
}

// certify completes and signs a certificate, by itself or by the issuer.
func (i *issuer) certify(name string, c *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	i.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(i.t, err)
	c.Subject, c.SerialNumber = pkix.Name{CommonName: name}, big.NewInt(time.Now().UnixNano())
	if c.NotBefore.IsZero() {
		c.NotBefore = noon.AddDate(-1, 0, 0)
	}
	if c.NotAfter.IsZero() {
		c.NotAfter = noon.AddDate(1, 0, 0)
	}
	parent, by := c, key
	if i.cert != nil {
		parent, by = i.cert, i.key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, key.Public(), by)
	check(i.t, err)
	cert, err := x509.ParseCertificate(der)
	check(i.t, err)
	return cert, key
}

// stamp returns a token of the sample at noon under a certificate of that
// form, with other certificates beside it.
func (i *issuer) stamp(form *x509.Certificate, hash crypto.Hash, more ...*x509.Certificate) []byte {
	i.t.Helper()
	cert, key := i.certify("Authority", form)
	w := hash.New()
	w.Write(sample)
	ts := timestamp.Timestamp{HashAlgorithm: hash, HashedMessage: w.Sum(nil), Time: noon, Policy: asn1.ObjectIdentifier{1, 2, 3},
		AddTSACertificate: true, Certificates: more}
	answer, err := ts.CreateResponseWithOpts(cert, key, crypto.SHA256)
	check(i.t, err)
	token, err := Extract(answer)
	check(i.t, err)
	return token
}

// usage is the extension of extended key usage, by hand.
func usage(critical bool, ids ...asn1.ObjectIdentifier) []pkix.Extension {
	value, err := asn1.Marshal(ids)
	if err != nil {
		panic(err)
	}
	return []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: critical, Value: value}}
}

func TestVerifyCertificates(t *testing.T) {
	stamping, signing := asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 8}, asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 3}
	good := usage(true, stamping)
	i := newIssuer(t)
	for name, tt := range map[string]struct {
		token []byte
		says  string
	}{
		"good":                {i.stamp(&x509.Certificate{ExtraExtensions: good}, crypto.SHA256), ""},
		"expired":             {i.stamp(&x509.Certificate{ExtraExtensions: good, NotAfter: noon.Add(-time.Second)}, crypto.SHA256), "is outside of"},
		"not valid yet":       {i.stamp(&x509.Certificate{ExtraExtensions: good, NotBefore: noon.Add(time.Second)}, crypto.SHA256), "is outside of"},
		"no usage":            {i.stamp(&x509.Certificate{}, crypto.SHA256), "not for timestamps"},
		"usage not critical":  {i.stamp(&x509.Certificate{ExtraExtensions: usage(false, stamping)}, crypto.SHA256), "not for timestamps"},
		"another usage":       {i.stamp(&x509.Certificate{ExtraExtensions: usage(true, signing)}, crypto.SHA256), "not for timestamps"},
		"a second usage":      {i.stamp(&x509.Certificate{ExtraExtensions: usage(true, stamping, signing)}, crypto.SHA256), "not for timestamps"},
		"SHA-512 of the note": {i.stamp(&x509.Certificate{ExtraExtensions: good}, crypto.SHA512), "not about this note"},
	} {
		t.Run(name, func(t *testing.T) {
			roots := x509.NewCertPool()
			roots.AddCert(i.cert)
			_, err := Verify(tt.token, sample, roots)
			if tt.says == "" {
				check(t, err)
				return
			}
			if !errors.Is(err, ErrNotStamped) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error %v, want %q", err, tt.says)
			}
			if _, err := Verify(tt.token, sample, nil); !errors.Is(err, ErrNotStamped) {
				t.Errorf("without roots: error %v", err)
			}
		})
	}
}

// The signed attributes name the certificate: no other one counts.
func TestSigningCertificateNames(t *testing.T) {
	cert := newIssuer(t).cert
	one, two := sha1.Sum(cert.Raw), sha256.Sum256(cert.Raw)
	of := func(hash []byte, algorithm ...int) signingCertificate {
		return signingCertificate{Certs: []essCertID{{Algorithm: pkix.AlgorithmIdentifier{Algorithm: algorithm}, Hash: hash}}}
	}
	for name, tt := range map[string]struct {
		id   signingCertificate
		hash crypto.Hash
		ok   bool
	}{
		"by SHA-256":              {of(two[:]), crypto.SHA256, true},
		"by SHA-1":                {of(one[:]), crypto.SHA1, true},
		"by SHA-1 where not due":  {of(one[:]), crypto.SHA256, false},
		"by an unknown algorithm": {of(two[:], 1, 2, 3), crypto.SHA256, false},
		"cut short":               {of(two[:31]), crypto.SHA256, false},
		"no certificate":          {signingCertificate{}, crypto.SHA256, false},
	} {
		if err := tt.id.names(cert, tt.hash); (err == nil) != tt.ok {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// No certificate stands in a token without a part in its chain.
func TestAllUsed(t *testing.T) {
	i := newIssuer(t)
	signer, _ := i.certify("Authority", &x509.Certificate{})
	stranger, _ := i.certify("Stranger", &x509.Certificate{})
	chain := []*x509.Certificate{signer, i.cert}
	if err := allUsed(chain, chain); err != nil {
		t.Errorf("the chain itself: %v", err)
	}
	if err := allUsed([]*x509.Certificate{signer, stranger}, chain); err == nil {
		t.Error("a stranger passes")
	}
	if err := allUsed([]*x509.Certificate{signer, signer}, chain); err == nil {
		t.Error("a certificate passes twice")
	}
}

func TestParseRoots(t *testing.T) {
	der := newIssuer(t).cert.Raw
	good := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	for name, tt := range map[string]struct {
		text []byte
		ok   bool
	}{
		"one":        {good, true},
		"two":        {append(bytes.Clone(good), good...), true},
		"none":       {[]byte("no certificate"), false},
		"not PEM":    {der, false},
		"a sick one": {pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der[1:]}), false},
	} {
		if _, err := ParseRoots(tt.text); (err == nil) != tt.ok {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// FuzzVerify asks that nothing which comes from outside breaks the reader, and
// that only the one good token verifies.
func FuzzVerify(f *testing.F) {
	i := newIssuer(f)
	good := i.stamp(&x509.Certificate{ExtraExtensions: usage(true, asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 8})}, crypto.SHA256)
	roots := x509.NewCertPool()
	roots.AddCert(i.cert)
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add([]byte{0x30, 0x80, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := Verify(b, sample, roots); err == nil && !bytes.Equal(b, good) {
			t.Errorf("%x verifies", b)
		}
		Verify(b, sample, nil)
		Extract(b)
	})
}

func BenchmarkVerify(b *testing.B) {
	h := plainHouse(b)
	a := h.serve(nil)
	answer, _, err := client.Ask(b.Context(), a, sample)
	check(b, err)
	token, err := Extract(answer)
	check(b, err)
	b.SetBytes(int64(len(token)))
	for b.Loop() {
		_, err := Verify(token, sample, a.Roots)
		check(b, err)
	}
}
