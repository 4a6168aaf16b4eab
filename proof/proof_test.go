package proof

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	cosig "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"solferino/record"
)

const origin = "example.org/log/1"

// A house is a log with witnesses, for tests.
type house struct {
	log       note.Signer
	witnesses []note.Signer
	policy    *Policy
	text      string // of the policy
}

// newHouse makes a log and the witnesses w0, w1, …; those named in mldsa sign
// with ML-DSA-44. The rules are the lines of the policy below the keys.
func newHouse(t testing.TB, witnesses int, mldsa map[int]bool, rules string) *house {
	t.Helper()
	skey, vkey, err := note.GenerateKey(rand.Reader, origin)
	check(t, err)
	h := &house{text: "log " + vkey + "\n"}
	h.log, err = note.NewSigner(skey)
	check(t, err)
	for i := range witnesses {
		signer, vkey := newWitness(t, fmt.Sprintf("witness.example/w%d", i), mldsa[i])
		h.witnesses = append(h.witnesses, signer)
		h.text += fmt.Sprintf("witness w%d %s https://witness.example/w%d\n", i, vkey, i)
	}
	h.text += rules
	h.policy, err = ParsePolicy([]byte(h.text))
	check(t, err)
	return h
}

func newWitness(t testing.TB, name string, mldsa bool) (note.Signer, string) {
	t.Helper()
	skey, vkey, err := note.GenerateKey(rand.Reader, name)
	check(t, err)
	if mldsa {
		skey, vkey, err = cosig.GenerateMLDSAKey(name)
	} else {
		vkey, err = cosig.VKeyToCosignatureV1(vkey)
	}
	check(t, err)
	signer, err := cosig.NewSignerForCosignatureV1(skey)
	check(t, err)
	return signer, vkey
}

// sign signs text by the log and by the witnesses with the given numbers.
func (h *house) sign(t testing.TB, text string, by ...int) []byte {
	t.Helper()
	signers := []note.Signer{h.log}
	for _, i := range by {
		signers = append(signers, h.witnesses[i])
	}
	out, err := note.Sign(&note.Note{Text: text}, signers...)
	check(t, err)
	return out
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// leaf returns the i-th leaf of the logs in these tests.
func leaf(i int64) record.Digest {
	return record.Sum(binary.BigEndian.AppendUint64(nil, uint64(i)))
}

// A forest holds the hashes of a log in memory.
type forest []tlog.Hash

func (f forest) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		out[i] = f[at]
	}
	return out, nil
}

func plant(t testing.TB, size int64) forest {
	t.Helper()
	var f forest
	for i := range size {
		data := leaf(i).Bytes()
		hashes, err := tlog.StoredHashes(i, data[:], f)
		check(t, err)
		f = append(f, hashes...)
	}
	return f
}

func (f forest) checkpoint(t testing.TB, size int64) Checkpoint {
	t.Helper()
	root, err := tlog.TreeHash(size, f)
	check(t, err)
	return Checkpoint{origin, size, root}
}

// sample is a checkpoint of no particular log.
func sample() Checkpoint {
	return Checkpoint{origin, 5, sha256.Sum256([]byte("root"))}
}

// says reports whether err is there and mentions the words.
func says(err error, words string) bool {
	return err != nil && strings.Contains(err.Error(), words)
}
