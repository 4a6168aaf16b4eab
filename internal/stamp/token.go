package stamp

import (
	"bytes"
	"crypto"
	_ "crypto/sha1" // for names of certificates in their first form
	"crypto/sha256"
	_ "crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/digitorus/pkcs7"
	"github.com/digitorus/timestamp"
)

// A Token is what an authority said about a note.
type Token struct {
	At       time.Time     // UTC, by the authority's clock
	Accuracy time.Duration // as it claims, or 0
	By       string        // name in its certificate
	Issuer   string        // name of whoever vouches for it last
	Pinned   bool          // its certificate leads to roots that the reader named
	nonce    *big.Int
}

// Verify reports what a token says about a note, if it holds: the note's
// SHA-256 is in it; it is signed; the signed attributes name the certificate,
// which is for timestamps and nothing else; and the certificate leads to one of
// the roots at the time that the token states. With nil roots the last step is
// left out, and the token shows only what somebody said. There is no look at
// revocation. The error wraps [ErrNotStamped].
func Verify(token, note []byte, roots *x509.CertPool) (Token, error) {
	t, err := verify(token, note, roots)
	if err != nil {
		return Token{}, fmt.Errorf("%w: %w", ErrNotStamped, err)
	}
	return t, nil
}

func verify(token, note []byte, roots *x509.CertPool) (Token, error) {
	if len(token) > maxAnswer {
		return Token{}, fmt.Errorf("%d bytes, at most %d", len(token), maxAnswer)
	}
	if err := checkShape(token); err != nil {
		return Token{}, err
	}
	p7, err := pkcs7.Parse(token)
	if err != nil {
		return Token{}, err
	}
	if len(p7.Certificates) > maxCertificates {
		return Token{}, fmt.Errorf("%d certificates, at most %d", len(p7.Certificates), maxCertificates)
	}
	s, err := timestamp.Parse(token) // checks the signature
	if err != nil {
		return Token{}, err
	}
	if sum := sha256.Sum256(note); s.HashAlgorithm != crypto.SHA256 || !bytes.Equal(s.HashedMessage, sum[:]) {
		return Token{}, fmt.Errorf("it is about %x, not about this note, whose SHA-256 is %x", s.HashedMessage, sum)
	}
	last, err := checkCertificates(p7, s.Time, roots)
	if err != nil {
		return Token{}, err
	}
	return Token{At: s.Time.UTC(), Accuracy: s.Accuracy, By: p7.GetOnlySigner().Subject.String(),
		Issuer: last.Issuer.String(), Pinned: roots != nil, nonce: s.Nonce}, nil
}

// checkCertificates returns the last certificate of the token's own chain.
func checkCertificates(p7 *pkcs7.PKCS7, at time.Time, roots *x509.CertPool) (*x509.Certificate, error) {
	signer := p7.GetOnlySigner()
	if signer == nil {
		return nil, errors.New("the certificate of the signer is missing")
	}
	if err := checkAttributes(p7, signer); err != nil {
		return nil, err
	}
	if err := checkPurpose(signer); err != nil {
		return nil, err
	}
	if at.Before(signer.NotBefore) || at.After(signer.NotAfter) {
		return nil, fmt.Errorf("the time %s is outside of the certificate's, %s to %s", at.UTC().Format(time.RFC3339),
			signer.NotBefore.UTC().Format(time.RFC3339), signer.NotAfter.UTC().Format(time.RFC3339))
	}
	if roots == nil {
		return leadOn(signer, p7.Certificates)
	}
	others := x509.NewCertPool()
	for _, c := range p7.Certificates {
		others.AddCert(c)
	}
	chains, err := signer.Verify(x509.VerifyOptions{Roots: roots, Intermediates: others, CurrentTime: at,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}})
	if err != nil {
		return nil, err
	}
	return chains[0][len(chains[0])-1], allUsed(p7.Certificates, chains[0])
}

// allUsed reports whether each certificate of the token, once, is in the chain.
func allUsed(certs, chain []*x509.Certificate) error {
	for i, c := range certs {
		if !slices.ContainsFunc(chain, c.Equal) || slices.ContainsFunc(certs[:i], c.Equal) {
			return fmt.Errorf("the certificate %q has no part in the chain", c.Subject)
		}
	}
	return nil
}

// leadOn walks from the signer through the certificates of the token, each
// signed by the next. Nobody vouches for the last.
func leadOn(at *x509.Certificate, certs []*x509.Certificate) (*x509.Certificate, error) {
	chain := []*x509.Certificate{at}
	for {
		i := slices.IndexFunc(certs, func(c *x509.Certificate) bool {
			return !slices.ContainsFunc(chain, c.Equal) && bytes.Equal(c.RawSubject, at.RawIssuer) && at.CheckSignatureFrom(c) == nil
		})
		if i < 0 {
			break
		}
		at = certs[i]
		chain = append(chain, at)
	}
	if bytes.Equal(at.RawSubject, at.RawIssuer) {
		if err := at.CheckSignatureFrom(at); err != nil {
			return nil, err
		}
	}
	return at, allUsed(certs, chain)
}

// checkPurpose wants the certificate to be for timestamps, critically, and for
// nothing else. See RFC 3161, section 2.3.
func checkPurpose(c *x509.Certificate) error {
	critical := slices.ContainsFunc(c.Extensions, func(e pkix.Extension) bool {
		return e.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 37}) && e.Critical
	})
	if !critical || len(c.ExtKeyUsage) != 1 || c.ExtKeyUsage[0] != x509.ExtKeyUsageTimeStamping || len(c.UnknownExtKeyUsage) > 0 {
		return fmt.Errorf("the certificate %q is not for timestamps alone, critically", c.Subject)
	}
	return nil
}

// essCertID is the part of ESSCertID and ESSCertIDv2 that matters here.
// See RFC 5035, section 4, and RFC 2634, section 5.4.1.
type essCertID struct {
	Algorithm pkix.AlgorithmIdentifier `asn1:"optional"` // default SHA-256; not in the first form
	Hash      []byte
	Issuer    asn1.RawValue `asn1:"optional"`
}

type signingCertificate struct {
	Certs    []essCertID
	Policies asn1.RawValue `asn1:"optional"`
}

// checkAttributes wants what is signed to say that it is about a TSTInfo, and
// to name the certificate, so that no other under the same key takes its place.
func checkAttributes(p7 *pkcs7.PKCS7, signer *x509.Certificate) error {
	var kind asn1.ObjectIdentifier
	if err := p7.UnmarshalSignedAttribute(pkcs7.OIDAttributeContentType, &kind); err != nil || !kind.Equal(oidTSTInfo) {
		return errors.New("the signature is not about a timestamp")
	}
	var id signingCertificate
	for _, form := range []struct {
		attribute asn1.ObjectIdentifier
		hash      crypto.Hash // where none is named
	}{
		{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}, crypto.SHA256},
		{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 12}, crypto.SHA1}, // the first form knows nothing else
	} {
		if err := p7.UnmarshalSignedAttribute(form.attribute, &id); err == nil {
			return id.names(signer, form.hash)
		}
	}
	return errors.New("the signature does not name its certificate")
}

// names reports whether the first certificate of the list is c.
func (s signingCertificate) names(c *x509.Certificate, hash crypto.Hash) error {
	if len(s.Certs) == 0 {
		return errors.New("the signature names no certificate")
	}
	first := s.Certs[0]
	switch id := first.Algorithm.Algorithm.String(); id {
	case "", "2.16.840.1.101.3.4.2.1":
	case "2.16.840.1.101.3.4.2.2":
		hash = crypto.SHA384
	case "2.16.840.1.101.3.4.2.3":
		hash = crypto.SHA512
	default:
		return fmt.Errorf("the signature names its certificate by a hash %s that is not accepted", id)
	}
	h := hash.New()
	h.Write(c.Raw)
	if !bytes.Equal(h.Sum(nil), first.Hash) {
		return fmt.Errorf("the signature names another certificate than %q", c.Subject)
	}
	return nil
}
