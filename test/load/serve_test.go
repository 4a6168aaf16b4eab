// Package load_test measures the program as a whole process.
package load_test

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// binary builds the program as it is shipped: without cgo.
func binary(b *testing.B) string {
	b.Helper()
	name := filepath.Join(b.TempDir(), "solferino")
	cmd := exec.Command("go", "build", "-trimpath", "-o", name, "../../cmd/solferino")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	return name
}

// BenchmarkDemo times the whole demonstration, after the build.
func BenchmarkDemo(b *testing.B) {
	solferino := binary(b)
	b.ResetTimer()
	for b.Loop() {
		if out, err := exec.Command(solferino, "demo", "--home", filepath.Join(b.TempDir(), "home")).CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
	}
}

// BenchmarkServe times a server from its start to its first page, and weighs
// it when it is idle.
func BenchmarkServe(b *testing.B) {
	solferino, home := binary(b), filepath.Join(b.TempDir(), "home")
	if out, err := exec.Command(solferino, "demo", "--home", home).CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	var ready time.Duration
	var weight float64
	b.ResetTimer()
	for b.Loop() {
		took, megabytes := serveOnce(b, solferino, home)
		ready, weight = ready+took, max(weight, megabytes)
	}
	b.ReportMetric(float64(ready.Milliseconds())/float64(b.N), "ms-to-page")
	b.ReportMetric(weight, "MB-idle")
}

var address = regexp.MustCompile(`http://\S+/`)

func serveOnce(b *testing.B, solferino, home string) (ready time.Duration, megabytes float64) {
	b.Helper()
	start := time.Now()
	cmd := exec.Command(solferino, "serve", "--home", home, "--listen", "127.0.0.1:0")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() {
		cmd.Process.Signal(os.Interrupt)
		cmd.Wait()
	}()
	line, err := bufio.NewReader(stderr).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	page, err := http.Get(address.FindString(line))
	if err != nil || page.StatusCode != http.StatusOK {
		b.Fatalf("first page: %v, %v", page, err)
	}
	page.Body.Close()
	return time.Since(start), resident(b, cmd.Process.Pid)
}

// resident returns the resident memory of a process, in MB.
func resident(b *testing.B, pid int) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Skip("no /proc here:", err)
	}
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); fields[0] == "VmRSS:" {
			kilobytes, err := strconv.ParseFloat(fields[1], 64)
			if err != nil {
				b.Fatal(err)
			}
			return kilobytes / 1000
		}
	}
	b.Fatal("no VmRSS")
	return 0
}
