package record

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// An Envelope is the ledger's part: where a record stands among the records of
// its subject. Chained by Prev, the envelopes of a subject leave no room for a
// record to be taken out or slipped in.
type Envelope struct {
	Subject  Subject `json:"subject"`
	Position int     `json:"position"` // from 0
	Prev     Digest  `json:"prev"`     // leaf of position-1, or "" at 0
}

// Validate reports whether the envelope is possible at all.
func (e Envelope) Validate() error {
	if err := e.Subject.Validate(); err != nil {
		return err
	}
	if e.Position < 0 || (e.Position == 0) != (e.Prev == "") {
		return fmt.Errorf("envelope at position %d of %s has predecessor %q", e.Position, e.Subject, e.Prev.Short())
	}
	if e.Position == 0 {
		return nil
	}
	return e.Prev.Validate()
}

// An Opening is everything that a leaf of the public log commits to. To
// publish a record is to publish its opening; to destroy the salt is to close
// it for ever.
type Opening struct {
	Index     int64  // position in the log
	Envelope  []byte // JSON of an Envelope
	Record    []byte // as the actor signed it
	Signature []byte // armoured SSHSIG
	Salt      Salt
}

// Leaf returns the public commitment to an opening:
//
//	HMAC-SHA256(key = salt, message = envelope ‖ record ‖ signature)
//
// where each part stands behind its length as eight big-endian bytes.
func (o Opening) Leaf() Digest {
	m := hmac.New(sha256.New, o.Salt[:])
	m.Write(lengthPrefixed(o.Envelope, o.Record, o.Signature))
	return Digest(hex.EncodeToString(m.Sum(nil)))
}

// DecodeEnvelope reads the envelope of o strictly.
func (o Opening) DecodeEnvelope() (Envelope, error) {
	var e Envelope
	if err := Unmarshal(o.Envelope, &e); err != nil {
		return Envelope{}, fmt.Errorf("envelope of entry %d: %w", o.Index, err)
	}
	if err := e.Validate(); err != nil {
		return Envelope{}, fmt.Errorf("entry %d: %w", o.Index, err)
	}
	return e, nil
}
