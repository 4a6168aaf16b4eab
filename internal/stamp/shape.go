package stamp

import (
	"bytes"
	"encoding/asn1"
	"errors"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"
)

var (
	oidSignedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidTSTInfo    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
)

// signatureDigests lists the algorithms of signatures that are accepted, each
// with the digest it goes with; rsaEncryption goes with each.
var signatureDigests = map[string]string{
	"1.2.840.113549.1.1.11": "2.16.840.1.101.3.4.2.1", // RSA
	"1.2.840.113549.1.1.12": "2.16.840.1.101.3.4.2.2",
	"1.2.840.113549.1.1.13": "2.16.840.1.101.3.4.2.3",
	"1.2.840.10045.4.3.2":   "2.16.840.1.101.3.4.2.1", // ECDSA
	"1.2.840.10045.4.3.3":   "2.16.840.1.101.3.4.2.2",
	"1.2.840.10045.4.3.4":   "2.16.840.1.101.3.4.2.3",
	"1.2.840.113549.1.1.1":  "", // rsaEncryption
}

var errShape = errors.New("not in the one form of a token")

// tokenOf returns the token of an answer:
//
//	TimeStampResp ::= SEQUENCE { status PKIStatusInfo, timeStampToken ContentInfo }
//
// See RFC 3161, section 2.4.2. The status must be granted (0).
func tokenOf(answer []byte) ([]byte, error) {
	in := cryptobyte.String(answer)
	var resp, info, token cryptobyte.String
	var status int
	if !in.ReadASN1(&resp, tag.SEQUENCE) || !in.Empty() || !resp.ReadASN1(&info, tag.SEQUENCE) || !info.ReadASN1Integer(&status) {
		return nil, errors.New("not the answer of a timestamp authority")
	}
	if status != 0 || !resp.ReadASN1Element(&token, tag.SEQUENCE) || !resp.Empty() {
		return nil, errors.New("the authority refuses")
	}
	return token, nil
}

// checkShape reports whether a token is SignedData of RFC 5652, section 5, as
// RFC 3161 has it: about a TSTInfo, with one signer, certificates, no
// revocation lists and no unsigned attributes. What it lets pass without a
// look is signed, or a certificate.
func checkShape(token []byte) error {
	in := cryptobyte.String(token)
	var outer, wrap, data cryptobyte.String
	var kind asn1.ObjectIdentifier
	if !in.ReadASN1(&outer, tag.SEQUENCE) || !in.Empty() ||
		!outer.ReadASN1ObjectIdentifier(&kind) || !kind.Equal(oidSignedData) ||
		!outer.ReadASN1(&wrap, explicit(0)) || !outer.Empty() ||
		!wrap.ReadASN1(&data, tag.SEQUENCE) || !wrap.Empty() {
		return errShape
	}
	return checkData(data)
}

func checkData(data cryptobyte.String) error {
	var version int
	var digests, content, certs, signers, signer cryptobyte.String
	if !data.ReadASN1Integer(&version) || version != 3 ||
		!data.ReadASN1(&digests, tag.SET) ||
		!data.ReadASN1(&content, tag.SEQUENCE) || !isContent(content) ||
		!data.ReadASN1(&certs, explicit(0)) ||
		!data.ReadASN1(&signers, tag.SET) || !data.Empty() ||
		!signers.ReadASN1(&signer, tag.SEQUENCE) || !signers.Empty() {
		return errShape
	}
	return checkSigner(signer, digests)
}

func isContent(c cryptobyte.String) bool {
	var kind asn1.ObjectIdentifier
	var wrap, info cryptobyte.String
	return c.ReadASN1ObjectIdentifier(&kind) && kind.Equal(oidTSTInfo) &&
		c.ReadASN1(&wrap, explicit(0)) && c.Empty() &&
		wrap.ReadASN1(&info, tag.OCTET_STRING) && wrap.Empty() && isOneSequence(info)
}

func isOneSequence(s cryptobyte.String) bool {
	var inside cryptobyte.String
	return s.ReadASN1(&inside, tag.SEQUENCE) && s.Empty()
}

// checkSigner wants the one digest of the token to be the signer's, and the
// signature to be made over that digest.
func checkSigner(s, digests cryptobyte.String) error {
	var version int
	var issuer, digest, attributes, algorithm, signature cryptobyte.String
	if !s.ReadASN1Integer(&version) || version != 1 ||
		!s.ReadASN1(&issuer, tag.SEQUENCE) ||
		!s.ReadASN1Element(&digest, tag.SEQUENCE) || !bytes.Equal(digest, digests) ||
		!s.ReadASN1(&attributes, explicit(0)) || !inOneForm(attributes) ||
		!s.ReadASN1Element(&algorithm, tag.SEQUENCE) ||
		!s.ReadASN1(&signature, tag.OCTET_STRING) || !s.Empty() {
		return errShape
	}
	hash, by := algorithmOf(digest), algorithmOf(algorithm)
	want, known := signatureDigests[by]
	if !known || want != "" && want != hash {
		return errors.New("signed with an algorithm that is not accepted")
	}
	for _, d := range signatureDigests {
		if d != "" && d == hash {
			return nil
		}
	}
	return errors.New("hashed with an algorithm that is not accepted")
}

// inOneForm reports whether each attribute is SEQUENCE { type, SET { value } }.
// The library signs over what it understood of them, not over what stands
// there, so what it would overlook must not stand there.
func inOneForm(attributes cryptobyte.String) bool {
	for !attributes.Empty() {
		var attribute, values, value cryptobyte.String
		var kind asn1.ObjectIdentifier
		var any tag.Tag
		if !attributes.ReadASN1(&attribute, tag.SEQUENCE) || !attribute.ReadASN1ObjectIdentifier(&kind) ||
			!attribute.ReadASN1(&values, tag.SET) || !attribute.Empty() ||
			!values.ReadAnyASN1Element(&value, &any) || !values.Empty() {
			return false
		}
	}
	return true
}

// algorithmOf returns the identifier of an algorithm that stands with no
// parameters or with NULL, or "".
func algorithmOf(element cryptobyte.String) string {
	var inside, null cryptobyte.String
	var id asn1.ObjectIdentifier
	if !element.ReadASN1(&inside, tag.SEQUENCE) || !inside.ReadASN1ObjectIdentifier(&id) {
		return ""
	}
	if !inside.Empty() && (!inside.ReadASN1(&null, tag.NULL) || !null.Empty() || !inside.Empty()) {
		return ""
	}
	return id.String()
}

func explicit(n uint8) tag.Tag { return tag.Tag(n).ContextSpecific().Constructed() }
