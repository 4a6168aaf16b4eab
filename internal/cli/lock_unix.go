//go:build unix

package cli

import (
	"fmt"
	"os"
	"syscall"
)

// lockFile waits until this process alone holds the lock. The lock goes with
// the process, however it ends.
func lockFile(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return nil, fmt.Errorf("lock %s: %w", name, err)
	}
	return f, nil
}
