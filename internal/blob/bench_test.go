package blob

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"
)

// Intake is measured against one SHA-256 of the same bytes on one core, in turns
// in one run, so that a busy machine slows both; medians. The ratio to reach for
// large exhibits is 0.4. Small ones wait for the disk, not for a core.
func BenchmarkIntake(b *testing.B) {
	for _, size := range []int{64 << 20, 1 << 20, 2000} {
		b.Run(fmt.Sprintf("%d kB", size/1000), func(b *testing.B) {
			content := make([]byte, size)
			_, _ = rand.Read(content)
			v := newVault(b)
			var hash, intake []time.Duration
			for b.Loop() {
				start := time.Now()
				sha256.Sum256(content)
				hash = append(hash, time.Since(start))
				start = time.Now()
				a := put(b, v, content)
				intake = append(intake, time.Since(start))
				check(b, os.Remove(v.path(a.Blob)))
			}
			h, n := median(hash).Seconds(), median(intake).Seconds()
			b.ReportMetric(float64(size)/1e6/n, "MB/s")
			b.ReportMetric(float64(size)/1e6/h, "sha256-MB/s")
			b.ReportMetric(h/n, "ratio")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}
