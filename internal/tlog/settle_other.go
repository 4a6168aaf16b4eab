//go:build !linux

package tlog

import "os"

// settle makes the content of f survive a power cut.
func settle(f *os.File) error { return f.Sync() }
