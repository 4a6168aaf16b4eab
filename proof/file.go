package proof

import (
	"bytes"
	"fmt"
	"math"

	tlogproof "github.com/transparency-dev/formats/proof"
)

// EncodeProof returns a file that proves offline, together with a policy, that
// a leaf is in the log: the inclusion and the signed checkpoint that it leads
// to. See https://c2sp.org/tlog-proof; the file's name ends in ".tlog-proof".
func EncodeProof(p Inclusion, checkpoint []byte) []byte {
	return tlogproof.TLogProof{
		Index:      uint64(p.Index),
		Hashes:     p.Hashes,
		Checkpoint: checkpoint,
	}.Marshal()
}

// DecodeProof reads exactly what [EncodeProof] writes. It refuses extra data,
// which nothing would vouch for. The checkpoint is still to be read with
// [ParseCheckpoint], and the inclusion to be verified against it.
func DecodeProof(file []byte) (p Inclusion, checkpoint []byte, err error) {
	var in tlogproof.TLogProof
	if err := in.Unmarshal(file); err != nil {
		return Inclusion{}, nil, fmt.Errorf("proof: %w: %w", ErrMalformed, err)
	}
	const deepest = 63 // levels of a tree whose size fits an int64
	if in.ExtraData != nil || in.Index > math.MaxInt64 || len(in.Hashes) > deepest {
		return Inclusion{}, nil, fmt.Errorf("proof of entry %d: %w: extra data, or an index or %d hashes beyond any log", in.Index, ErrMalformed, len(in.Hashes))
	}
	p = Inclusion{Index: int64(in.Index), Hashes: in.Hashes}
	if !bytes.Equal(EncodeProof(p, in.Checkpoint), file) {
		return Inclusion{}, nil, fmt.Errorf("proof of entry %d: %w: something is written in another way", p.Index, ErrMalformed)
	}
	return p, in.Checkpoint, nil
}
