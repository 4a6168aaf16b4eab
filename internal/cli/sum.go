package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"runtime/debug"

	"solferino/record"
)

// A summer counts and hashes what is read through it.
type summer struct {
	io.Reader
	hash hash.Hash
	size int64
}

func newSummer(r io.Reader) *summer {
	h := sha256.New()
	return &summer{Reader: io.TeeReader(r, h), hash: h}
}

func (s *summer) Read(b []byte) (int, error) {
	n, err := s.Reader.Read(b)
	s.size += int64(n)
	return n, err
}

func (s *summer) digest() record.Digest { return record.Digest(hex.EncodeToString(s.hash.Sum(nil))) }

// version is that of this program, as the build recorded it.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
