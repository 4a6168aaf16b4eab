package record

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"golang.org/x/crypto/ssh"
)

// Stock ssh-keygen reads the list: it knows the revoked key and no other.
func TestRevocationListIsOpenSSHs(t *testing.T) {
	keygen, err := exec.LookPath("ssh-keygen")
	if err != nil {
		t.Fatal("ssh-keygen is needed (Debian package openssh-client):", err)
	}
	revoked, other := newKey(t).PublicKey(), newKey(t).PublicKey()
	for name, keys := range map[string][]ssh.PublicKey{"one key": {revoked}, "two keys": {newKey(t).PublicKey(), revoked}} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			list := filepath.Join(dir, "krl")
			if err := os.WriteFile(list, RevocationList(keys, 1, 1_700_000_000, "roster"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := query(t, keygen, dir, list, revoked); err == nil {
				t.Error("ssh-keygen -Q does not find the revoked key")
			}
			if err := query(t, keygen, dir, list, other); err != nil {
				t.Errorf("ssh-keygen -Q finds a key that was not revoked: %v", err)
			}
		})
	}
	empty := filepath.Join(t.TempDir(), "krl")
	if err := os.WriteFile(empty, RevocationList(nil, 1, 1_700_000_000, "roster"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := query(t, keygen, t.TempDir(), empty, other); err != nil {
		t.Errorf("the empty list: %v", err)
	}
}

func query(t *testing.T, keygen, dir, list string, key ssh.PublicKey) error {
	t.Helper()
	file := filepath.Join(dir, "key.pub")
	if err := os.WriteFile(file, []byte(FormatKey(key)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return exec.Command(keygen, "-Q", "-f", list, file).Run()
}
