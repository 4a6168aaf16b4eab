package watch

import (
	"bytes"
	"fmt"

	"solferino/casebook"
	"solferino/internal/tlog"
	"solferino/record"
)

// maxOpening bounds the file of an opening, in bytes: a record, its envelope
// and its signature, each with what JSON escapes.
const maxOpening = 8*record.MaxSize + 64<<10

// An openingFile is the form of "opening/<index>.json".
type openingFile struct {
	Index     int64  `json:"index"`
	Envelope  string `json:"envelope"`
	Record    string `json:"record"`
	Signature string `json:"signature"`
	Salt      string `json:"salt"`
}

func openingPath(index int64) string { return fmt.Sprintf("opening/%d.json", index) }

// decodeOpening reads the file of an opening in its one spelling.
func decodeOpening(file []byte) (record.Opening, error) {
	body, ok := bytes.CutSuffix(file, []byte("\n"))
	if !ok {
		return record.Opening{}, fmt.Errorf("opening: %w: want a line that ends", record.ErrMalformed)
	}
	var f openingFile
	if err := record.Unmarshal(body, &f); err != nil {
		return record.Opening{}, fmt.Errorf("opening: %w", err)
	}
	salt, err := record.ParseSalt(f.Salt)
	if err != nil {
		return record.Opening{}, fmt.Errorf("opening %d: %w", f.Index, err)
	}
	return record.Opening{Index: f.Index, Envelope: []byte(f.Envelope), Record: []byte(f.Record), Signature: []byte(f.Signature), Salt: salt}, nil
}

// open reads the opening of an entry and compares it with the entry's leaf.
func open(file []byte, index int64, view *tlog.View) (record.Opening, error) {
	o, err := decodeOpening(file)
	if err != nil {
		return record.Opening{}, fmt.Errorf("%s: %w: %w", openingPath(index), ErrRefuted, err)
	}
	leaf, err := view.Leaf(index)
	if err != nil {
		return record.Opening{}, err
	}
	if o.Index != index || !o.Leaf().Equal(leaf) {
		return record.Opening{}, fmt.Errorf("%s: %w: it does not open leaf %s", openingPath(index), ErrRefuted, leaf.Short())
	}
	return o, nil
}

// published returns what an opening makes public, if it is an act that does.
func published(o record.Opening) (casebook.Published, bool) {
	r, err := casebook.Kinds().Decode(o.Record)
	if err != nil {
		return casebook.Published{}, false // of a kind that is not understood here
	}
	act, ok := r.Act.(casebook.Published)
	return act, ok
}
