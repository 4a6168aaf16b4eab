// Package script_test plays the stories of users, each a text of commands with
// what they must print.
package script_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"solferino/internal/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"solferino": solferino})
}

func solferino() {
	env := &cli.Env{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Now: time.Now, Random: rand.Reader, Getenv: os.Getenv}
	os.Exit(cli.Main(context.Background(), env, os.Args[1:]))
}

func TestScript(t *testing.T) {
	shared, err := filepath.Abs("../../../shared/data")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 ".",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("SOLFERINO_HOME", filepath.Join(env.WorkDir, "home"))
			if _, err := os.Stat(shared); err == nil {
				env.Setenv("SHARED", shared)
			}
			return nil
		},
		Condition: func(cond string) (bool, error) {
			if cond != "shared" {
				return false, fmt.Errorf("unknown condition %q", cond)
			}
			_, err := os.Stat(shared)
			if err != nil {
				t.Log("SKIPPED, real files are missing:", shared)
			}
			return err == nil, nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"flip":  flip,
			"code":  code,
			"each":  each,
			"await": await,
		},
	})
}

// flip inverts the lowest bit of one byte: flip FILE OFFSET OUT. A negative
// offset counts from the end.
func flip(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: flip FILE OFFSET OUT")
	}
	b, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	at, err := strconv.Atoi(args[1])
	ts.Check(err)
	if at < 0 {
		at += len(b)
	}
	b = bytes.Clone(b)
	b[at] ^= 1
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), b, 0o644))
}

// code runs a command and checks its exit code: code 3 COMMAND…. What it
// prints is then there for stdout and stderr as after exec.
func code(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit, ok := err.(interface{ ExitCode() int }); ok {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// each runs a command for every file of a pattern, with the file at its end:
// each PATTERN COMMAND…. Files named in $EXCEPT are left out.
func each(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: each PATTERN COMMAND...")
	}
	files, err := filepath.Glob(args[0])
	ts.Check(err)
	ran := 0
	for _, file := range files {
		if filepath.Base(file) == ts.Getenv("EXCEPT") {
			continue
		}
		ts.Check(ts.Exec(args[1], append(args[2:len(args):len(args)], file)...))
		ran++
	}
	if ran == 0 {
		ts.Fatalf("no file is like %s", args[0])
	}
}
