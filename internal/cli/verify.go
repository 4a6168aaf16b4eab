package cli

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"solferino/verify"
)

// VerifyOptions are what "solferino verify" takes.
type VerifyOptions struct {
	File, Institution, Status, Knowledge string
}

func newVerifyCommand(env *Env) *cobra.Command {
	var opts VerifyOptions
	cmd := &cobra.Command{
		Use: "verify FILE", Short: "Check a finding bundle offline, link by link", Args: cobra.ExactArgs(1),
		Long: "verify needs no configuration and no network. It prints one line for each link of the chain,\n" +
			"then the keys that it believed, and last \"verified\", or which link is broken. Whoever forges a\n" +
			"bundle can invent an institution: pin the one you mean with --institution.",
		RunE: func(_ *cobra.Command, args []string) error {
			opts.File = args[0]
			return runVerify(env, opts)
		},
	}
	f := cmd.Flags()
	f.StringVar(&opts.Institution, "institution", "", "log key that you trust, its fingerprint, or a file that holds it")
	f.StringVar(&opts.Status, "status", "", "a newer status list of the same log")
	f.StringVar(&opts.Knowledge, "knowledge", "", "the knowledge that the numbers were computed from, if it is not the embedded one")
	return cmd
}

// maxBundle bounds what verify reads, in bytes.
const maxBundle = 1 << 30

func runVerify(env *Env, opts VerifyOptions) error {
	b, err := readFile(opts.File, maxBundle)
	if err != nil {
		return err
	}
	o := verify.Options{Institution: opts.Institution}
	if key, err := readFile(opts.Institution, 1<<16); err == nil {
		o.Institution = strings.TrimSpace(string(key))
	}
	if opts.Status != "" {
		if o.Status, err = readFile(opts.Status, maxBundle); err != nil {
			return err
		}
	}
	if opts.Knowledge != "" {
		if o.Knowledge, err = readFile(opts.Knowledge, maxBundle); err != nil {
			return err
		}
	}
	r := verify.Check(b, o)
	view := struct {
		verify.Report
		Verdict string `json:"verdict"`
		Broken  string `json:"broken"`
	}{r, r.Verdict(), r.Broken()}
	if err := env.print(view, r.Text); err != nil {
		return err
	}
	if !r.Verified {
		return fmt.Errorf("%s: %w: the link %q is broken", opts.File, errNotVerified, r.Broken())
	}
	return nil
}

func readFile(name string, limit int64) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("%s: %d bytes, at most %d", name, info.Size(), limit)
	}
	return os.ReadFile(name)
}
