package tlog

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/transparency-dev/formats/log"
	cosig "github.com/transparency-dev/formats/note"
	tlogproof "github.com/transparency-dev/formats/proof"
	merkle "github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"

	"solferino/proof"
)

// Whoever has only the tools of transparency-dev can check our log.
func TestTransparencyDevReadsOurLog(t *testing.T) {
	h := newHouse(t, "quorum w\n", "w")
	tree := h.open(t)
	h.publish(t, tree, 300)
	c, signed, err := tree.Checkpoint()
	check(t, err)
	p, err := tree.Inclusion(context.Background(), 17, c.Size)
	check(t, err)

	var theirs tlogproof.TLogProof
	check(t, theirs.Unmarshal(proof.EncodeProof(p, signed)))
	ours, err := note.NewVerifier(h.vkey)
	check(t, err)
	w, err := cosig.NewVerifierForCosignatureV1(h.Policy.Witnesses()[0].Key())
	check(t, err)
	cp, _, n, err := log.ParseCheckpoint(theirs.Checkpoint, origin, ours, w)
	check(t, err)
	if len(n.Sigs) != 2 {
		t.Errorf("they know %d signatures, want 2", len(n.Sigs))
	}
	at, err := cosig.CoSigV1Timestamp(n.Sigs[1])
	if err != nil || !at.Equal(h.now) {
		t.Errorf("they read the time %s (%v), want %s", at, err, h.now)
	}
	leaf := leafOf(17, 0).Bytes()
	var path [][]byte
	for _, hash := range theirs.Hashes {
		path = append(path, hash[:])
	}
	hasher := rfc6962.DefaultHasher
	check(t, merkle.VerifyInclusion(hasher, theirs.Index, cp.Size, hasher.HashLeaf(leaf[:]), path, cp.Hash))
}

// Whoever has only openssl can check the log's signature.
func TestOpenSSLVerifiesOurCheckpoint(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Fatal("openssl is needed (Debian package openssl):", err)
	}
	h := alone(t)
	tree := h.open(t)
	h.publish(t, tree, 300)
	_, signed, err := tree.Checkpoint()
	check(t, err)

	text, below, _ := strings.Cut(string(signed), "\n\n")
	blob, err := base64.StdEncoding.DecodeString(strings.Fields(below)[2])
	check(t, err)
	key, err := base64.StdEncoding.DecodeString(strings.SplitN(h.vkey, "+", 3)[2])
	check(t, err)
	der, err := x509.MarshalPKIXPublicKey(ed25519.PublicKey(key[1:]))
	check(t, err)
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		check(t, os.WriteFile(path, b, 0o600))
		return path
	}
	public := write("log.pem", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	sig := write("sig", blob[4:])
	verify := func(text string) ([]byte, error) {
		return exec.Command(openssl, "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", public,
			"-sigfile", sig, "-in", write("text", []byte(text))).CombinedOutput()
	}
	out, err := verify(text + "\n")
	if err != nil || !bytes.Contains(out, []byte("Verified Successfully")) {
		t.Errorf("openssl says %s (%v)", out, err)
	}
	if out, err := verify(text + " \n"); err == nil { // the control
		t.Errorf("openssl verifies another text: %s", out)
	}
}
