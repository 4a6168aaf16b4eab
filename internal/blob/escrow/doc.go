// Package escrow opens an age file with the help of t of n custodians, when
// nobody who could open it alone is there any more.
//
// A [Recipient] splits a fresh secret into n shares, encrypts each to the own
// age recipient of one custodian, and puts them all into one stanza of the
// header. No custodian meets another beforehand, and no key of the group exists.
// Later each custodian takes their share out of the header, offline, with
// [ExtractShare]; whoever collects t of them makes an identity with [Combine].
// Fewer than t know nothing at all of the secret.
//
// Shares are Shamir's, under Pedersen's commitments (CRYPTO '91): everybody can
// tell by the header whether a share is the one that was dealt, and a bad share
// is named by its number. Feldman's simpler commitments would publish g^secret,
// which a quantum computer turns into the secret: they would undo the hybrid
// recipients. Pedersen's hide it from any computer; a quantum computer could
// only forge a share that passes, and the file would then not open.
//
// # Format
//
// A stanza of type "solferino/sss" has the arguments "1", t and n in decimal.
// Its body is t commitments of 32 bytes each (ristretto255, RFC 9496), for the
// constant term first; the file key under ChaCha20-Poly1305 with a zero nonce,
// 32 bytes; and n times a length of 4 bytes, big-endian, with an age file of
// that length whose plaintext is the share as text. A share is one line,
//
//	solferino-share 1 NUMBER DEAL VALUE BLIND
//
// where NUMBER is that of the custodian, from 1, and the others are 32 bytes in
// hexadecimal. DEAL is the SHA-256 of "solferino/sss/1\n", t and n as a byte
// each, and the commitments. VALUE f(NUMBER) and BLIND g(NUMBER) are scalars,
// little-endian, and f(i)·G + g(i)·H = Σ i^k·C_k, with H the hash to the group
// of "blind" for "solferino/sss/1". The key of the file key is HKDF-SHA256 of
// f(0), without salt, with the info "solferino/sss/1 file key" and DEAL.
//
// Stock age opens the age file of a custodian, also with a plugin for a token.
package escrow

import "errors"

var (
	// ErrNoShare means that the header holds no share for an identity.
	ErrNoShare = errors.New("no share for this identity")
	// ErrTooFew means that fewer good shares were brought than it takes.
	ErrTooFew = errors.New("too few good shares")
	// ErrDealtWrong means that a header does not hold what it commits to: it was
	// altered, or dealt wrongly by whoever encrypted. No custodian is to blame.
	ErrDealtWrong = errors.New("the shares were not dealt as the header says")
	// ErrFormat means that a stanza or a share is not written as it must be.
	ErrFormat = errors.New("not an escrow of this format")
)
