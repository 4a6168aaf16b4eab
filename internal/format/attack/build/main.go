// Command build writes the knowledge that package attribution embeds, from
// the tables of facts in the project's shared data:
//
//	go run ./internal/format/attack/build -from ../shared/data/attribution -to attribution/knowledge/attack-16.1.txt
//
// It is a tool of the maintainers, who run it when the tables change; a test
// says when the file and the tables differ.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	from := flag.String("from", "", "directory of the tables")
	to := flag.String("to", "", "file to write")
	flag.Parse()
	if *from == "" || *to == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*from, *to); err != nil {
		fmt.Fprintln(os.Stderr, "solferino: build knowledge:", err)
		os.Exit(1)
	}
}

func run(from, to string) error {
	k, err := assemble(os.DirFS(from))
	if err != nil {
		return err
	}
	return os.WriteFile(to, k.Encode(), 0o644)
}
