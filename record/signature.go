package record

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
)

// Namespace is the SSHSIG namespace of every act; its kind is inside the
// signed bytes.
const Namespace = "record@solferino"

// maxSignature bounds an armoured signature, in bytes.
const maxSignature = 4 << 10

// Sign returns an armoured SSHSIG of the bytes under key, as `ssh-keygen -Y
// sign -n record@solferino` writes it.
// See https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.sshsig.
func Sign(bytesOfRecord []byte, key ssh.Signer) ([]byte, error) {
	sig, err := sshsig.Sign(bytes.NewReader(bytesOfRecord), key, sshsig.HashSHA512, Namespace)
	if err != nil {
		return nil, fmt.Errorf("sign as %s: %w", ssh.FingerprintSHA256(key.PublicKey()), err)
	}
	return armor(sig), nil
}

// Verify reports whether signature is one SSHSIG of the bytes under key, in
// the one armour that Sign writes. Keys are Ed25519, in software or in a
// hardware token.
func Verify(bytesOfRecord, signature []byte, key ssh.PublicKey) error {
	sig, err := parseSignature(signature)
	if err != nil {
		return err
	}
	if !bytes.Equal(sig.PublicKey.Marshal(), key.Marshal()) {
		return fmt.Errorf("%w: made by %s, not by %s", ErrBadSignature,
			ssh.FingerprintSHA256(sig.PublicKey), ssh.FingerprintSHA256(key))
	}
	err = sshsig.Verify(bytes.NewReader(bytesOfRecord), sig, key, sshsig.HashSHA512, Namespace)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBadSignature, err)
	}
	return nil
}

// Signer returns the key that a signature claims to be made by. Nothing is
// verified.
func Signer(signature []byte) (ssh.PublicKey, error) {
	sig, err := parseSignature(signature)
	if err != nil {
		return nil, err
	}
	return sig.PublicKey, nil
}

func parseSignature(signature []byte) (*sshsig.Signature, error) {
	if len(signature) > maxSignature {
		return nil, fmt.Errorf("%w: %d bytes of signature, at most %d", ErrBadSignature, len(signature), maxSignature)
	}
	sig, err := sshsig.Unarmor(signature)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBadSignature, err)
	}
	if !bytes.Equal(armor(sig), signature) {
		return nil, fmt.Errorf("%w: not in its one armour", ErrBadSignature)
	}
	return sig, nil
}

// armor writes a signature as OpenSSH does, in lines of 70 characters. The
// library's own armour, in lines of 64, would refuse what ssh-keygen signs.
func armor(sig *sshsig.Signature) []byte {
	text := base64.StdEncoding.EncodeToString(sig.Marshal())
	var out bytes.Buffer
	out.WriteString("-----BEGIN " + sshsig.PEMType + "-----\n")
	for len(text) > 70 {
		out.WriteString(text[:70] + "\n")
		text = text[70:]
	}
	out.WriteString(text + "\n-----END " + sshsig.PEMType + "-----\n")
	return out.Bytes()
}

// ParseKey reads a public key as OpenSSH writes it ("ssh-ed25519 AAAA…"),
// without options and with no comment, and refuses other kinds than Ed25519.
func ParseKey(line string) (ssh.PublicKey, error) {
	key, comment, options, rest, err := ssh.ParseAuthorizedKey([]byte(line))
	if err != nil {
		return nil, fmt.Errorf("key %q: %w", clip(line, 40), err)
	}
	if comment != "" || len(options) > 0 || len(rest) > 0 || FormatKey(key) != line {
		return nil, fmt.Errorf("key %q is not of the bare form \"type base64\"", clip(line, 40))
	}
	switch key.Type() {
	case ssh.KeyAlgoED25519, ssh.KeyAlgoSKED25519:
		return key, nil
	}
	return nil, fmt.Errorf("key of type %s: only Ed25519 keys sign acts", key.Type())
}

// FormatKey writes key as ParseKey reads it.
func FormatKey(key ssh.PublicKey) string {
	return string(bytes.TrimSuffix(ssh.MarshalAuthorizedKey(key), []byte("\n")))
}

// NewID draws an id from the random source, usually crypto/rand.Reader.
func NewID(random io.Reader) (ID, error) {
	var b [16]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("draw an id: %w", err)
	}
	return ID(fmt.Sprintf("%x", b)), nil
}
