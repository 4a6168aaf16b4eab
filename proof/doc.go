// Package proof checks what the public log says about itself: that a
// checkpoint is signed by the log and by enough witnesses, that an entry is in
// it, that it continues an earlier one, and which versions of findings stand.
//
// Everything here can be recomputed by anyone who holds the log's policy. The
// formats are those of the C2SP, so that tools which others wrote read them
// too: [signed-note], [tlog-checkpoint], [tlog-cosignature], [tlog-policy],
// [tlog-proof]. This package reads them more strictly than they ask for: each
// thing that is said has one spelling, byte for byte, and nothing is ignored.
// So a file that verifies holds nothing that was not verified.
//
// [signed-note]: https://c2sp.org/signed-note
// [tlog-checkpoint]: https://c2sp.org/tlog-checkpoint
// [tlog-cosignature]: https://c2sp.org/tlog-cosignature
// [tlog-policy]: https://c2sp.org/tlog-policy
// [tlog-proof]: https://c2sp.org/tlog-proof
package proof

import "errors"

var (
	// ErrMalformed means that bytes are not in the one form of their format.
	ErrMalformed = errors.New("not in its one form")
	// ErrBadSignature means that a signature is not the log's or a witness's,
	// stands twice, or does not verify.
	ErrBadSignature = errors.New("signature does not hold")
	// ErrNoQuorum means that too few witnesses have seen the checkpoint.
	ErrNoQuorum = errors.New("witnesses do not make the quorum")
	// ErrNotProven means that a proof does not lead to the checkpoint's root.
	ErrNotProven = errors.New("not proven")
)
