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
)

// Types of Ed25519 keys. See https://c2sp.org/signed-note#signature-types.
const (
	typeLog     = 0x01
	typeWitness = 0x04
)

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

// A witnessKey signs cosignatures with a time that its caller gives.
type witnessKey struct {
	name   string
	id     uint32
	secret ed25519.PrivateKey
}

// parseWitnessKey reads what [NewWitnessKey] writes.
func parseWitnessKey(skey string) (witnessKey, error) {
	signer, err := cosig.NewSignerForCosignatureV1(skey)
	if err != nil {
		return witnessKey{}, fmt.Errorf("witness key: %w", err)
	}
	part := strings.SplitN(skey, "+", 5)
	b, err := base64.StdEncoding.DecodeString(part[len(part)-1])
	if err != nil || len(b) != 1+ed25519.SeedSize || b[0] != typeWitness || part[3] != fmt.Sprintf("%08x", signer.KeyHash()) {
		return witnessKey{}, fmt.Errorf("witness key of %s is not one that NewWitnessKey writes", signer.Name())
	}
	return witnessKey{signer.Name(), signer.KeyHash(), ed25519.NewKeyFromSeed(b[1:])}, nil
}

// sign returns the line of a cosignature on the text of a checkpoint.
// See https://c2sp.org/tlog-cosignature#ed25519-signed-message.
func (k witnessKey) sign(text string, at uint64) []byte {
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", at, text)
	b := binary.BigEndian.AppendUint32(nil, k.id)
	b = binary.BigEndian.AppendUint64(b, at)
	b = append(b, ed25519.Sign(k.secret, []byte(message))...)
	return []byte("\u2014 " + k.name + " " + base64.StdEncoding.EncodeToString(b) + "\n")
}
