package casebook_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/mod/sumdb/note"
	sumdb "golang.org/x/mod/sumdb/tlog"

	"solferino/internal/tlog"
	"solferino/proof"
	"solferino/record"
)

// keyOf draws the key of a name.
func keyOf(name string) ssh.Signer {
	seed := sha256.Sum256([]byte("key of " + name))
	signer, err := ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(seed[:]))
	if err != nil {
		panic(err)
	}
	return signer
}

func lineOf(name string) string { return record.FormatKey(keyOf(name).PublicKey()) }

// Signers are the key of a log and those of its witnesses.
type signers struct {
	log       note.Signer
	vkey      string
	witnesses []string // secret keys
	policy    string
}

// signersOf draws a log and two witnesses, who must both have seen it.
func signersOf(origin string) signers {
	chance := rand.NewChaCha8(sha256.Sum256([]byte(origin)))
	skey, vkey := must2(tlog.NewKey("example.org/"+origin, chance))
	s := signers{log: must(note.NewSigner(skey)), vkey: vkey}
	s.policy = "log " + vkey + "\n"
	for _, name := range []string{"north", "south"} {
		skey, vkey := must2(tlog.NewWitnessKey("witness.example/"+name, chance))
		s.witnesses = append(s.witnesses, skey)
		s.policy += "witness " + name + " " + vkey + "\n"
	}
	s.policy += "group both all north south\nquorum both\n"
	return s
}

// sign returns the checkpoint with its cosignatures, as of noon.
// See https://c2sp.org/tlog-cosignature.
func (s signers) sign(cp proof.Checkpoint, witnesses int) string {
	out := string(must(note.Sign(&note.Note{Text: cp.Text()}, s.log)))
	for _, skey := range s.witnesses[:witnesses] {
		part := strings.SplitN(skey, "+", 5)
		secret := ed25519.NewKeyFromSeed(must(base64.StdEncoding.DecodeString(part[4]))[1:])
		const at = 1772452800
		b := binary.BigEndian.AppendUint32(nil, uint32(must(strconv.ParseUint(part[3], 16, 32))))
		b = binary.BigEndian.AppendUint64(b, at)
		b = append(b, ed25519.Sign(secret, fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", at, cp.Text()))...)
		out += "\u2014 " + part[2] + " " + base64.StdEncoding.EncodeToString(b) + "\n"
	}
	return out
}

// checkpoint returns the checkpoint of the house's log at a size.
func (h *house) checkpoint(size int) proof.Checkpoint {
	var hashes forest
	for i, o := range h.log[:size] {
		leaf := o.Leaf().Bytes()
		more, err := sumdb.StoredHashes(int64(i), leaf[:], hashes)
		h.check(err)
		hashes = append(hashes, more...)
	}
	root, err := sumdb.TreeHash(int64(size), hashes)
	h.check(err)
	return proof.Checkpoint{Origin: "example.org/reef", Size: int64(size), Root: root}
}

// A forest holds the hashes of a log in memory.
type forest []sumdb.Hash

func (f forest) ReadHashes(indexes []int64) ([]sumdb.Hash, error) {
	out := make([]sumdb.Hash, len(indexes))
	for i, at := range indexes {
		out[i] = f[at]
	}
	return out, nil
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func must2[A, B any](a A, b B, err error) (A, B) {
	if err != nil {
		panic(err)
	}
	return a, b
}
