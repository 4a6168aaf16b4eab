// Package blob is the vault: a directory of files encrypted with age, each
// named by the SHA-256 of its ciphertext, "ab/cdef…".
//
// The plaintext of a blob is a salt of 32 bytes and then the content. Records
// name a blob by a [record.Attachment]: the hash of the ciphertext, which
// anyone can check with sha256sum, and a commitment to the content under the
// salt, which nobody can test a guess against who has not opened the blob.
//
// Contents are streamed: the vault never holds one whole in memory, unless
// [Vault.Get] is asked to. Everything is checked before it counts as read.
package blob

import "errors"

var (
	// ErrMissing means that the vault has no such blob.
	ErrMissing = errors.New("not in the vault")
	// ErrDamaged means that a blob is not what the attachment names.
	ErrDamaged = errors.New("the blob is damaged")
	// ErrSealed means that no identity of this vault opens the blob.
	ErrSealed = errors.New("the blob is sealed")
	// ErrTooLarge means that content is longer than the caller would take.
	ErrTooLarge = errors.New("the content is too large")
)
