package blob

import (
	"crypto/rand"
	"crypto/sha256"
	"os"
	"testing"
)

// The yardstick is one SHA-256 of the same bytes on one core.
func BenchmarkPut(b *testing.B) {
	content := make([]byte, 64<<20)
	_, _ = rand.Read(content)
	b.Run("sha256 alone", func(b *testing.B) {
		b.SetBytes(int64(len(content)))
		for b.Loop() {
			sha256.Sum256(content)
		}
	})
	b.Run("vault", func(b *testing.B) {
		v := newVault(b)
		b.SetBytes(int64(len(content)))
		for b.Loop() {
			a := put(b, v, content)
			b.StopTimer()
			check(b, os.Remove(v.path(a.Blob)))
			b.StartTimer()
		}
	})
	b.Run("vault, 2 kB", func(b *testing.B) {
		v := newVault(b)
		b.SetBytes(2000)
		for b.Loop() {
			put(b, v, content[:2000])
		}
	})
}
