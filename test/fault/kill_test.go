// Package fault_test ends the process at bad moments and looks at what is left.
package fault_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// binary builds the program once for a test.
func binary(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "solferino")
	cmd := exec.Command("go", "build", "-o", name, "../../cmd/solferino")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return name
}

// finish plays the demonstration to its end and checks everything it left.
func finish(t *testing.T, solferino, home string) {
	t.Helper()
	for _, args := range [][]string{{"demo"}, {"reindex", "--check"}} {
		if out, err := exec.Command(solferino, append(args, "--home", home)...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	bundles, err := filepath.Glob(filepath.Join(home, "public", "bundle", "*.finding"))
	if err != nil || len(bundles) != 5 {
		t.Fatalf("%d bundles, want 5 (%v)", len(bundles), err)
	}
	for _, b := range bundles {
		if out, err := exec.Command(solferino, "verify", b, "--institution", filepath.Join(home, "keys", "log.key.pub")).CombinedOutput(); err != nil {
			t.Errorf("verify %s: %v\n%s", b, err, out)
		}
	}
}

// Killed at any moment, the demonstration goes on in the same home.
func TestDemoKilledAtAnyMoment(t *testing.T) {
	solferino, home := binary(t), filepath.Join(t.TempDir(), "home")
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	killed := 0
	for range 6 {
		after := time.Duration(20+random.IntN(1200)) * time.Millisecond
		ctx, cancel := context.WithTimeout(t.Context(), after)
		out, err := exec.CommandContext(ctx, solferino, "demo", "--home", home).CombinedOutput()
		died := ctx.Err() != nil
		cancel()
		switch {
		case died:
			killed++
		case err != nil:
			t.Fatalf("after %d kills: %v\n%s", killed, err, out)
		}
	}
	if killed == 0 {
		t.Fatal("nothing was killed: the test tested nothing")
	}
	finish(t, solferino, home)
}

// Ended at each named step, the demonstration goes on in the same home.
func TestDemoEndedAtEachStep(t *testing.T) {
	solferino, home := binary(t), filepath.Join(t.TempDir(), "home")
	for _, step := range []string{
		"before-commit:1", "after-commit:1", "before-commit:40", "after-commit:70", "before-commit:3",
		"writing:1", "written:1", "reread:1", "signed:1", "swapped:1", "guarded:1", "cosigned:1", "published:1", "before-commit:90", "swapped:2",
	} {
		cmd := exec.Command(solferino, "demo", "--home", home)
		cmd.Env = append(os.Environ(), "SOLFERINO_FAILPOINT="+step)
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 137 {
			t.Errorf("step %s was not passed: %v\n%s", step, err, strings.TrimSpace(string(out)))
		}
	}
	finish(t, solferino, home)
}
