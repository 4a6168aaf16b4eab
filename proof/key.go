package proof

import (
	"encoding/base64"
	"fmt"
	"strings"

	cosig "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"solferino/record"
)

// Types of keys, the first byte behind the second "+" of a vkey.
// See https://c2sp.org/signed-note#signature-types.
const (
	typeEd25519            = 0x01
	typeEd25519Cosignature = 0x04
	typeMLDSA44Cosignature = 0x06
)

// A key verifies signatures on notes.
type key struct {
	vkey   string
	public []byte // without its type
	note.Verifier
}

// fingerprint returns the SHA-256 of the bare public key, for people to
// compare. It is the key hash of Sigsum.
func (k key) fingerprint() record.Digest { return record.Sum(k.public) }

// parseLogKey reads the vkey of a log: Ed25519.
func parseLogKey(vkey string) (key, error) {
	kind, public, err := splitKey(vkey)
	if err != nil {
		return key{}, err
	}
	if kind != typeEd25519 {
		return key{}, fmt.Errorf("%w: key of type %#02x, a log signs with type 0x01 (Ed25519)", ErrMalformed, kind)
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		return key{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return key{vkey, public, v}, sameKey(vkey, v, kind, public)
}

// parseWitnessKey reads the vkey of a witness: Ed25519 or ML-DSA-44, each with
// a timestamp. See https://c2sp.org/tlog-cosignature.
func parseWitnessKey(vkey string) (key, error) {
	kind, public, err := splitKey(vkey)
	if err != nil {
		return key{}, err
	}
	if kind != typeEd25519Cosignature && kind != typeMLDSA44Cosignature {
		return key{}, fmt.Errorf("%w: key of type %#02x, a witness signs with type 0x04 or 0x06", ErrMalformed, kind)
	}
	v, err := cosig.NewVerifierForCosignatureV1(vkey)
	if err != nil {
		return key{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return key{vkey, public, v}, sameKey(vkey, v, kind, public)
}

func splitKey(vkey string) (kind byte, public []byte, err error) {
	_, text, _ := strings.Cut(vkey, "+")
	_, text, _ = strings.Cut(text, "+")
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(b) < 2 {
		return 0, nil, fmt.Errorf("%w: key %q is not of the form name+id+base64", ErrMalformed, vkey)
	}
	return b[0], b[1:], nil
}

// sameKey spells the key again: its id must be the one that follows from name
// and key, which the libraries do not check for every type.
func sameKey(vkey string, v note.Verifier, kind byte, public []byte) error {
	text := base64.StdEncoding.EncodeToString(append([]byte{kind}, public...))
	want := fmt.Sprintf("%s+%08x+%s", v.Name(), v.KeyHash(), text)
	if vkey != want {
		return fmt.Errorf("%w: key %q should be %q", ErrMalformed, vkey, want)
	}
	return nil
}
