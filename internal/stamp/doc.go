// Package stamp asks authorities for timestamps of checkpoints and checks what
// they answer, after [RFC 3161].
//
// A token says that an authority had the SHA-256 of a note before it by some
// time. It corroborates and proves nothing alone: the authority's clock, its
// key and its honesty are taken on trust. Order is the log's index, and time is
// first of all what the witnesses say.
//
// Tokens are read more strictly than RFC 5652 asks for: one signer, who is
// named by the signed attributes; DER throughout; nothing that is not signed
// but the certificates, each of which must lead to the next. So a token that
// verifies up to roots which the reader named holds no byte that was not
// verified. `openssl ts -verify` accepts every token that this package accepts.
//
// [RFC 3161]: https://www.rfc-editor.org/rfc/rfc3161
package stamp

import "errors"

var (
	// ErrUnreachable means that an authority did not answer in time, or not
	// with a timestamp at all. Asking again later may help.
	ErrUnreachable = errors.New("timestamp authority is unreachable")
	// ErrNotStamped means that a token or an answer does not hold: it is about
	// other bytes, not signed by an authority that the roots name, or not in
	// its one form.
	ErrNotStamped = errors.New("timestamp does not hold")
)

const (
	// maxAnswer bounds an answer and a token, in bytes. A usual one is 1 to 6 kB.
	maxAnswer = 64 << 10
	// maxCertificates bounds the certificates inside a token.
	maxCertificates = 8
)
