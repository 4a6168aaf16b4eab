package record

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"
	"fmt"
)

// A Digest is a SHA-256 or HMAC-SHA256 value as 64 lower-case hexadecimal
// digits.
type Digest string

// A Salt is the random key of a commitment. Who has not seen it cannot test a
// guess at what was committed to; who destroys it erases that link for ever.
type Salt [32]byte

// An Attachment is content that travels beside a record, encrypted in the
// vault: names, texts, exhibits, results. The record only commits to it.
type Attachment struct {
	Commit Digest `json:"commit"` // HMAC-SHA256(salt, content)
	Blob   Digest `json:"blob"`   // SHA-256 of the ciphertext in the vault
}

// Sum returns the SHA-256 of b.
func Sum(b []byte) Digest {
	h := sha256.Sum256(b)
	return Digest(hex.EncodeToString(h[:]))
}

// Commit returns HMAC-SHA256(salt, content), the commitment by which a record
// names an attachment.
func Commit(salt Salt, content []byte) Digest {
	m := hmac.New(sha256.New, salt[:])
	m.Write(content)
	return Digest(hex.EncodeToString(m.Sum(nil)))
}

// Validate reports whether d is 64 lower-case hexadecimal digits.
func (d Digest) Validate() error {
	if len(d) != 2*sha256.Size {
		return fmt.Errorf("digest %q has %d characters, want 64", clip(string(d), 20), len(d))
	}
	for i := range len(d) {
		if c := d[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return fmt.Errorf("digest %q is not lower-case hexadecimal", clip(string(d), 20))
		}
	}
	return nil
}

// Bytes returns the 32 bytes that d spells. It panics if d is not valid:
// validate what comes from outside first.
func (d Digest) Bytes() [32]byte {
	var out [32]byte
	if n, err := hex.Decode(out[:], []byte(d)); err != nil || n != 32 {
		panic("record: invalid digest " + clip(string(d), 20))
	}
	return out
}

// Short returns the first eight digits, for people.
func (d Digest) Short() string { return clip(string(d), 8) }

// Equal compares in constant time.
func (d Digest) Equal(o Digest) bool {
	return subtle.ConstantTimeCompare([]byte(d), []byte(o)) == 1
}

// Validate reports whether both digests of a are well formed.
func (a Attachment) Validate() error {
	if err := a.Commit.Validate(); err != nil {
		return fmt.Errorf("attachment: commit: %w", err)
	}
	if err := a.Blob.Validate(); err != nil {
		return fmt.Errorf("attachment: blob: %w", err)
	}
	return nil
}

// String spells the salt as 64 hexadecimal digits, as `openssl dgst -mac HMAC
// -macopt hexkey:…` takes it.
func (s Salt) String() string { return hex.EncodeToString(s[:]) }

// ParseSalt reads the form that String writes.
func ParseSalt(text string) (Salt, error) {
	if err := Digest(text).Validate(); err != nil {
		return Salt{}, fmt.Errorf("salt: %w", err)
	}
	return Salt(Digest(text).Bytes()), nil
}

// lengthPrefixed writes the parts one after another, each behind its length as
// eight big-endian bytes, so that no two lists of parts give the same bytes.
func lengthPrefixed(parts ...[]byte) []byte {
	var out []byte
	for _, p := range parts {
		out = binary.BigEndian.AppendUint64(out, uint64(len(p)))
		out = append(out, p...)
	}
	return out
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return s[:n]
}
