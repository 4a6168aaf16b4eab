package watch

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/go-json-experiment/json"

	"solferino/internal/tlog"
	"solferino/proof"
	"solferino/record"
)

// watchActs reads the openings that were published since, and looks for acts
// under the owner's key that their journal lacks.
func (r *round) watchActs(ctx context.Context) error {
	if r.c.Key == nil || r.view == nil {
		return nil
	}
	journal, err := r.c.Journal()
	if err != nil {
		return err
	}
	bits, err := r.explained()
	if err != nil {
		return err
	}
	before := new(big.Int).Set(bits)
	ask := r.sweep.pick(r.asked, r.now.Size, func(index int64) bool { return bits.Bit(int(index)) == 1 })
	_, err = fetchOpenings(ctx, r.c.Log, ask, func(index int64, file []byte) error {
		ok, err := r.explain(index, file, journal)
		if ok {
			bits.SetBit(bits, int(index), 1)
		}
		return err
	})
	if errors.Is(err, tlog.ErrUnreachable) {
		r.trouble(err)
		err = nil
	} else if err == nil {
		r.asked = max(r.asked, r.now.Size)
	}
	if before.Cmp(bits) != 0 {
		err = errors.Join(err, r.saveExplained(bits))
	}
	return err
}

// explain reports whether an opening needs no further look: it is not under
// the owner's key, or they know of it.
func (r *round) explain(index int64, file []byte, journal map[record.ID]bool) (bool, error) {
	r.Openings++
	o, err := open(file, index, r.view)
	if errors.Is(err, ErrRefuted) {
		return false, r.alarm("opening", err.Error(), map[string][]byte{"opening.json": file, "checkpoint": r.now.note})
	}
	if err != nil {
		return false, r.unproven(fmt.Sprintf("entry %d", index), err, r.now)
	}
	if record.Verify(o.Record, o.Signature, r.c.Key) != nil {
		return true, nil
	}
	said := about(o.Record)
	if journal[said.ID] {
		return true, nil
	}
	files := map[string][]byte{"opening.json": file, "checkpoint": r.now.note}
	if p, err := r.view.Inclusion(index); err == nil {
		files["record.tlog-proof"] = proof.EncodeProof(p, r.now.note)
	}
	return false, r.alarm("act", fmt.Sprintf("entry %d says %s about %s under the key, as record %s, which the journal lacks",
		index, said.Kind, said.Subject, said.ID), files)
}

// A header is what of a record of any kind can be read.
type header struct {
	Kind    string         `json:"kind"`
	Subject record.Subject `json:"subject"`
	ID      record.ID      `json:"id"`
}

// about reads the header of a record that was signed, be its kind known or not.
func about(b []byte) header {
	var h header
	if err := json.Unmarshal(b, &h); err != nil {
		return header{Kind: "something unreadable"}
	}
	return h
}
