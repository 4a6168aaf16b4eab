package script_test

import (
	"os"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// await waits for a file that a background command writes, and sets variables
// to its lines: await FILE VARIABLE….
func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: await FILE VARIABLE...")
	}
	file := ts.MkAbs(args[0])
	for range 2000 {
		b, err := os.ReadFile(file)
		line := strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
		if err == nil && len(line) >= len(args)-1 {
			for i, name := range args[1:] {
				ts.Setenv(name, line[i])
			}
			return
		}
		<-time.After(10 * time.Millisecond) // a file tells nobody that it is there
	}
	ts.Fatalf("%s did not come", args[0])
}
