//go:build !unix

package cli

import "os"

// lockFile opens the file of the lock.
//
// BUG: here nothing keeps two processes from writing; the database then
// refuses the second.
func lockFile(name string) (*os.File, error) {
	return os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
}
