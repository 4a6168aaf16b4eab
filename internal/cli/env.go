package cli

import (
	"fmt"
	"io"
	"time"
)

// An Env is the world of a command: what it reads, writes and asks.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Now            func() time.Time
	Random         io.Reader // crypto/rand.Reader
	Getenv         func(string) string

	// The persistent flags.
	home   string // directory of the institution
	as     string // who acts; "" for whom the home belongs to
	asJSON bool

	// ids draws the ids of records. The demonstration derives them from its
	// steps, so that a second run goes on where the first ended.
	ids func() (string, error)
}

// talk says something to the person at the terminal.
func (env *Env) talk(format string, args ...any) {
	fmt.Fprintf(env.Stderr, "solferino: "+format+"\n", args...)
}

// now is the present in whole seconds, as records state it.
func (env *Env) now() time.Time { return env.Now().UTC().Truncate(time.Second) }
