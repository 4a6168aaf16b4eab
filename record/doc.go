// Package record holds the one shape that every act of the institution takes:
// a statement by an actor about a subject, signed over its exact bytes.
//
// A record is bytes. They are decoded strictly (see [Decode]), signed and
// stored as they came, and verified as they are: nothing is ever encoded again
// to be checked. Around the record the ledger lays an [Envelope], which gives
// the record its place among the records of its subject, and both together
// with the signature are committed to by a [Leaf] of the public log. Whoever
// holds the [Opening] of a leaf can check all of it.
//
// The package knows no kind of act by itself; the rooms that do list theirs in
// a [Table].
package record
