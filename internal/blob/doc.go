// Package blob is the vault: a directory of files encrypted with age, each
// named by the SHA-256 of its ciphertext, "ab/cdef…".
//
// Records name a blob by a [record.Attachment]: the hash of the ciphertext,
// which anyone can check with sha256sum, and a commitment to the content under a
// salt, which nobody can test a guess against who has not opened the blob.
//
// Contents are streamed: the vault never holds one whole in memory, unless
// [Vault.Get] is asked to. Everything is checked before it counts as read.
//
// A vault stores for its recipients without any key of theirs, and opens while
// it is unsealed. A file never changes once it has its name, and gets its name
// when it is complete and on disk: whatever copies the directory while the vault
// is in use makes a good backup, if it passes over names that begin with "tmp-".
//
// # Format
//
// The plaintext of a blob, inside age, is
//
//	1 byte    version of this format, 1
//	32 bytes  salt
//	frames    4 bytes length L, big-endian, and L bytes of content
//	          all but the last have L = 65,536, the last has less
//	padding   zeros, up to the next size that Padmé knows, and at least 1,024
//
// Padmé (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files", PETS
// 2019, section 4.3) allows so few sizes that a file of any length up to N gives
// away O(log log N) bits, and adds at most 12 %. Below 1,024 bytes, where its
// sizes are a few bytes apart, all plaintexts have one size.
//
// Beside a blob "ab/cdef…" may lie "ab/cdef….header.H": a further header of the
// same age file with other recipients, named by its own SHA-256, H. It stands
// for the one at the beginning of the blob: header and payload together are an
// age file, which stock age opens. See [Vault.Rewrap].
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
	// ErrVersion means that a blob is good and has a format of a later vault.
	ErrVersion = errors.New("the blob has a format unknown to this version")
)
