package proof

import (
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

// A whole proof offline, with two Ed25519 witnesses and one ML-DSA-44: at most
// one millisecond.
func BenchmarkVerify(b *testing.B) {
	const size, index = 5000, 1234
	h := newHouse(b, 3, map[int]bool{2: true}, "group g all w0 w1 w2\nquorum g\n")
	f := plant(b, size)
	path, err := tlog.ProveRecord(size, index, f)
	check(b, err)
	p := Inclusion{Index: index}
	for _, hash := range path {
		p.Hashes = append(p.Hashes, hash)
	}
	file := EncodeProof(p, h.sign(b, f.checkpoint(b, size).Text(), 0, 1, 2))
	for b.Loop() {
		p, note, err := DecodeProof(file)
		check(b, err)
		c, _, err := ParseCheckpoint(note, h.policy)
		check(b, err)
		check(b, p.Verify(leaf(index), c))
	}
}
