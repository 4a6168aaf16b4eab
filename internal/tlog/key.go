package tlog

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"strings"

	cosig "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"solferino/proof"
)

// Types of keys. See https://c2sp.org/signed-note#signature-types.
const (
	typeLog          = 0x01 // Ed25519
	typeWitness      = 0x04 // Ed25519, with a time
	typeWitnessMLDSA = 0x06 // ML-DSA-44, with a time
)

// maxName bounds the name of a witness and of a log that it cosigns, in bytes:
// what ML-DSA-44 signs has one byte for the length.
const maxName = 255

// NewKey draws the key of a log from the random source, usually
// crypto/rand.Reader: skey is secret, as [note.NewSigner] reads it, vkey goes
// into the policy. The origin names the log for ever, as "example.org/log/1".
func NewKey(origin string, random io.Reader) (skey, vkey string, err error) {
	seed, vkey, err := draw(origin, random)
	if err != nil {
		return "", "", fmt.Errorf("new key of log %q: %w", origin, err)
	}
	return spell(vkey, typeLog, seed), vkey, nil
}

// NewWitnessKey draws the key of a witness: skey is secret, as [NewWitness]
// reads it, vkey goes into the policies of logs.
func NewWitnessKey(name string, random io.Reader) (skey, vkey string, err error) {
	seed, vkey, err := draw(name, random)
	if err == nil && len(name) > maxName {
		err = fmt.Errorf("a name of %d bytes, at most %d", len(name), maxName)
	}
	if err == nil {
		vkey, err = cosig.VKeyToCosignatureV1(vkey)
	}
	if err != nil {
		return "", "", fmt.Errorf("new key of witness %q: %w", name, err)
	}
	return spell(vkey, typeWitness, seed), vkey, nil
}

func draw(name string, random io.Reader) (seed []byte, vkey string, err error) {
	seed = make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(random, seed); err != nil {
		return nil, "", err
	}
	public := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	if vkey, err = note.NewEd25519VerifierKey(name, public); err != nil {
		return nil, "", err
	}
	if _, err := note.NewVerifier(vkey); err != nil {
		return nil, "", fmt.Errorf("a name has no space and no plus: %w", err)
	}
	return seed, vkey, nil
}

// spell writes a secret key, whose id is that of its public key.
func spell(vkey string, kind byte, seed []byte) string {
	part := strings.SplitN(vkey, "+", 3)
	return "PRIVATE+KEY+" + part[0] + "+" + part[1] + "+" + base64.StdEncoding.EncodeToString(append([]byte{kind}, seed...))
}

// NewMLDSAWitnessKey draws a second key for a witness, which quantum computers
// do not break, from the chance of the machine.
func NewMLDSAWitnessKey(name string) (skey, vkey string, err error) {
	if len(name) > maxName {
		return "", "", fmt.Errorf("new key of witness %.20q: a name of %d bytes, at most %d", name, len(name), maxName)
	}
	if skey, vkey, err = cosig.GenerateMLDSAKey(name); err != nil {
		return "", "", fmt.Errorf("new key of witness %q: %w", name, err)
	}
	return skey, vkey, nil
}

// A witnessKey signs cosignatures with a time that its caller gives.
type witnessKey struct {
	note.Verifier
	// body signs: it returns what stands behind the key's id in the line.
	body func(c proof.Checkpoint, text string, at uint64) ([]byte, error)
}

// parseWitnessKey reads what [NewWitnessKey] and [NewMLDSAWitnessKey] write.
func parseWitnessKey(skey string) (witnessKey, error) {
	signer, err := cosig.NewSignerForCosignatureV1(skey)
	if err != nil {
		return witnessKey{}, fmt.Errorf("witness key: %w", err)
	}
	part := strings.SplitN(skey, "+", 5)
	b, err := base64.StdEncoding.DecodeString(part[len(part)-1])
	if err != nil || len(b) < 1 || part[3] != fmt.Sprintf("%08x", signer.KeyHash()) || len(signer.Name()) > maxName {
		return witnessKey{}, fmt.Errorf("witness key of %.20q is not one that this program writes", signer.Name())
	}
	k := witnessKey{Verifier: signer.Verifier()}
	switch b[0] {
	case typeWitness:
		k.body = signEd25519(ed25519.NewKeyFromSeed(b[1:]))
	case typeWitnessMLDSA:
		k.body, err = signMLDSA(skey)
	default:
		err = fmt.Errorf("witness key of %s: type %#02x, want 0x04 or 0x06", signer.Name(), b[0])
	}
	return k, err
}

// signEd25519 signs as https://c2sp.org/tlog-cosignature#ed25519-signed-message says.
func signEd25519(secret ed25519.PrivateKey) func(proof.Checkpoint, string, uint64) ([]byte, error) {
	return func(_ proof.Checkpoint, text string, at uint64) ([]byte, error) {
		message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", at, text)
		return append(binary.BigEndian.AppendUint64(nil, at), ed25519.Sign(secret, []byte(message))...), nil
	}
}

// signMLDSA signs as https://c2sp.org/tlog-cosignature#ml-dsa-44-signed-message says.
func signMLDSA(skey string) (func(proof.Checkpoint, string, uint64) ([]byte, error), error) {
	signer, err := cosig.NewMLDSASigner(skey)
	if err != nil {
		return nil, fmt.Errorf("witness key: %w", err)
	}
	return func(c proof.Checkpoint, _ string, at uint64) ([]byte, error) {
		return signer.SignSubtree(at, c.Origin, 0, uint64(c.Size), c.Root[:])
	}, nil
}

// sign returns the line of a cosignature on a checkpoint, whose text the log
// signed, at a time in Unix seconds.
func (k witnessKey) sign(c proof.Checkpoint, text string, at uint64) ([]byte, error) {
	body, err := k.body(c, text, at)
	if err != nil {
		return nil, fmt.Errorf("cosign as %s: %w", k.Name(), err)
	}
	b := append(binary.BigEndian.AppendUint32(nil, k.KeyHash()), body...)
	return []byte("\u2014 " + k.Name() + " " + base64.StdEncoding.EncodeToString(b) + "\n"), nil
}
