package record

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"golang.org/x/crypto/ssh"
)

func newKey(t *testing.T) ssh.Signer {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// Stock ssh-keygen accepts what Sign writes, and Verify accepts what stock
// ssh-keygen writes, in the same armour.
func TestSignatureIsOpenSSHs(t *testing.T) {
	keygen, err := exec.LookPath("ssh-keygen")
	if err != nil {
		t.Fatal("ssh-keygen is needed (Debian package openssh-client):", err)
	}
	dir := t.TempDir()
	keyFile, message := filepath.Join(dir, "key"), filepath.Join(dir, "record.json")
	run(t, nil, keygen, "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", keyFile)
	content := []byte(`{"kind":"test/1"}`)
	if err := os.WriteFile(message, content, 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, nil, keygen, "-Y", "sign", "-f", keyFile, "-n", Namespace, message)
	theirs := readFile(t, message+".sig")

	private, err := ssh.ParsePrivateKey(readFile(t, keyFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := Verify(content, theirs, private.PublicKey()); err != nil {
		t.Errorf("Verify(signature of ssh-keygen) = %v", err)
	}
	ours, err := Sign(content, private)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(ours, theirs) {
		t.Errorf("Sign() = %s\nssh-keygen writes %s", ours, theirs)
	}
	signers := filepath.Join(dir, "allowed_signers")
	line := "person/a namespaces=\"" + Namespace + "\" " + FormatKey(private.PublicKey()) + "\n"
	if err := os.WriteFile(signers, []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, content, keygen, "-Y", "verify", "-f", signers, "-I", "person/a", "-n", Namespace, "-s", message+".sig")
}

func TestVerifyRefuses(t *testing.T) {
	key, other := newKey(t), newKey(t)
	content := []byte("what was said")
	good, err := Sign(content, key)
	if err != nil {
		t.Fatal(err)
	}
	if err := Verify(content, good, key.PublicKey()); err != nil {
		t.Fatalf("Verify(good) = %v", err)
	}
	tests := map[string]struct {
		content, signature []byte
		key                ssh.PublicKey
	}{
		"other words":           {[]byte("what was not said"), good, key.PublicKey()},
		"another person's key":  {content, good, other.PublicKey()},
		"white space in armour": {content, bytes.Replace(good, []byte("\n"), []byte("\n\n"), 1), key.PublicKey()},
		"text before":           {content, append([]byte("x\n"), good...), key.PublicKey()},
		"text behind":           {content, append(bytes.Clone(good), '\n'), key.PublicKey()},
		"empty":                 {content, nil, key.PublicKey()},
		"endless":               {content, bytes.Repeat(good, 50), key.PublicKey()},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if err := Verify(tt.content, tt.signature, tt.key); !errors.Is(err, ErrBadSignature) {
				t.Errorf("Verify() = %v, want ErrBadSignature", err)
			}
		})
	}
	t.Run("any byte changed", func(t *testing.T) {
		for i := range good {
			bad := bytes.Clone(good)
			bad[i] ^= 1
			if Verify(content, bad, key.PublicKey()) == nil {
				t.Errorf("byte %d of the armour does not count", i)
			}
		}
	})
}

func run(t *testing.T, stdin []byte, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Stdin = bytes.NewReader(stdin)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
