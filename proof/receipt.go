package proof

import (
	"bytes"
	"encoding/base64"
	"fmt"

	"solferino/record"
)

// ReceiptFormat names the format of a receipt, with its version.
const ReceiptFormat = "solferino/receipt/1"

// maxReceipt bounds a receipt, in bytes: a record in JSON in JSON, a
// checkpoint, a policy and a token, each at its largest.
const maxReceipt = 4 << 20

// A Receipt is what whoever said something keeps of it: what was said, and the
// proof that it stands in the log. It is checked offline. Whoever holds it can
// read the record, so it is as confidential as the record itself.
type Receipt struct {
	Opening record.Opening
	Proof   []byte // a C2SP tlog-proof, as [EncodeProof] writes it, with the cosigned checkpoint
	Policy  []byte // text that [ParsePolicy] reads; who wrote it is for the reader to know
	Stamp   []byte // RFC 3161 token of the checkpoint's note, DER, or nothing
}

type receiptWire struct {
	Format    string `json:"format"`
	Index     int64  `json:"index"`
	Envelope  string `json:"envelope"`
	Record    string `json:"record"`
	Signature string `json:"signature"`
	Salt      string `json:"salt"`
	Proof     string `json:"proof"`
	Policy    string `json:"policy"`
	Stamp     string `json:"stamp"` // base64
}

// Encode returns the one encoding of r: a line of JSON as the house writes it.
func (r Receipt) Encode() ([]byte, error) {
	o := r.Opening
	b, err := record.Marshal(receiptWire{ReceiptFormat, o.Index, string(o.Envelope), string(o.Record), string(o.Signature),
		o.Salt.String(), string(r.Proof), string(r.Policy), base64.StdEncoding.EncodeToString(r.Stamp)})
	if err != nil {
		return nil, fmt.Errorf("receipt of entry %d: %w", o.Index, err)
	}
	return append(b, '\n'), nil
}

// DecodeReceipt reads exactly what Encode writes. Nothing is verified. The
// error wraps [ErrMalformed].
func DecodeReceipt(file []byte) (Receipt, error) {
	var w receiptWire
	line, whole := bytes.CutSuffix(file, []byte("\n"))
	if len(file) > maxReceipt || !whole {
		return Receipt{}, fmt.Errorf("receipt: %w: %d bytes, want one line of at most %d", ErrMalformed, len(file), maxReceipt)
	}
	if err := record.Unmarshal(line, &w); err != nil {
		return Receipt{}, fmt.Errorf("receipt: %w: %w", ErrMalformed, err)
	}
	if w.Format != ReceiptFormat || w.Index < 0 {
		return Receipt{}, fmt.Errorf("receipt: %w: format %.40q of entry %d, want %q", ErrMalformed, w.Format, w.Index, ReceiptFormat)
	}
	salt, err := record.ParseSalt(w.Salt)
	if err != nil {
		return Receipt{}, fmt.Errorf("receipt: %w: %w", ErrMalformed, err)
	}
	stamp, err := base64.StdEncoding.DecodeString(w.Stamp)
	if err != nil || base64.StdEncoding.EncodeToString(stamp) != w.Stamp {
		return Receipt{}, fmt.Errorf("receipt: %w: the stamp is not in its one base64", ErrMalformed)
	}
	return Receipt{
		Opening: record.Opening{Index: w.Index, Envelope: []byte(w.Envelope), Record: []byte(w.Record), Signature: []byte(w.Signature), Salt: salt},
		Proof:   []byte(w.Proof), Policy: []byte(w.Policy), Stamp: stamp,
	}, nil
}
