// Package tlog projects the log, which is a table of the database, to static
// files that anyone can read and check, and asks witnesses to cosign them.
//
// The files are those of [C2SP tlog-tiles] under one directory: "checkpoint",
// "tile/<level>/<n>" and "tile/entries/<n>". They follow from the table, byte
// for byte, so every step of [Tree.Publish] may be repeated after a crash.
// A checkpoint is signed only after the new files were read back from storage
// and found to be what a second reading of the table gives; it counts only
// after the stored head was moved by compare-and-swap.
//
// The other parties of the log are here too. A [Witness], served by a
// [WitnessServer] and asked through a [RemoteWitness], cosigns a log as long as
// it only grows. A [Mirror] keeps a copy of one that it reads from a [Source].
// Before a process signs for the first time it asks the witnesses what they
// remember.
//
// What was signed is never changed: a table, head or file that says otherwise
// is [ErrForked] or [ErrDamaged], and nothing is signed until a person has
// looked at it.
//
// [C2SP tlog-tiles]: https://c2sp.org/tlog-tiles
package tlog

import "errors"

var (
	// ErrForked means that the log would say something else than it has
	// signed: the database was restored from a backup, or a second writer is
	// at work. Never sign; a person decides.
	ErrForked = errors.New("the log forks")
	// ErrDamaged means that stored bytes are not what was written.
	ErrDamaged = errors.New("the stored log is damaged")
	// ErrPending means that entries are durable and signed by the log, but too
	// few witnesses have cosigned them yet.
	ErrPending = errors.New("pending publication")
	// ErrNotSigned means that a proof was asked for beyond the signed head.
	ErrNotSigned = errors.New("beyond the signed log")
)

// hashSize is the size in bytes of a hash and of an entry, which is a leaf.
const hashSize = 32

// tileWidth is the number of hashes in a full tile and of entries in a full
// bundle; tileHeight is its logarithm.
const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
)
