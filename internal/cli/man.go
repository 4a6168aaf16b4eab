package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// ManOptions are what "solferino man" takes.
type ManOptions struct {
	Dir string
}

func newManCommand(env *Env) *cobra.Command {
	var opts ManOptions
	cmd := &cobra.Command{
		Use: "man [COMMAND]...", Short: "Print the manual page of a command, or write all into a directory",
		RunE: func(cmd *cobra.Command, args []string) error { return runMan(env, cmd.Root(), opts, args) },
	}
	cmd.Flags().StringVar(&opts.Dir, "dir", "", "write a page for every command into this directory")
	return cmd
}

func runMan(env *Env, root *cobra.Command, opts ManOptions, args []string) error {
	if opts.Dir != "" {
		return writeMan(root, opts.Dir)
	}
	cmd, rest, err := root.Find(args)
	if err != nil || len(rest) > 0 {
		return fmt.Errorf("no command %q: %w", strings.Join(args, " "), errUsage)
	}
	_, err = fmt.Fprint(env.Stdout, manPage(cmd))
	return err
}

func writeMan(cmd *cobra.Command, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	name := strings.ReplaceAll(cmd.CommandPath(), " ", "-") + ".1"
	if err := os.WriteFile(filepath.Join(dir, name), []byte(manPage(cmd)), 0o644); err != nil {
		return err
	}
	for _, sub := range cmd.Commands() {
		if err := writeMan(sub, dir); err != nil {
			return err
		}
	}
	return nil
}

// manPage writes a page in the man macros of roff, see man(7).
func manPage(cmd *cobra.Command) string {
	var w strings.Builder
	name := strings.ReplaceAll(cmd.CommandPath(), " ", "-")
	fmt.Fprintf(&w, ".TH %s 1 \"\" Solferino \"Solferino manual\"\n", roff(strings.ToUpper(name)))
	fmt.Fprintf(&w, ".SH NAME\n%s \\- %s\n", roff(name), roff(cmd.Short))
	fmt.Fprintf(&w, ".SH SYNOPSIS\n.B %s\n", roff(cmd.UseLine()))
	if cmd.Long != "" {
		fmt.Fprintf(&w, ".SH DESCRIPTION\n%s\n", roff(cmd.Long))
	}
	options(&w, "OPTIONS", cmd.NonInheritedFlags())
	options(&w, "OPTIONS OF ALL COMMANDS", cmd.Root().PersistentFlags())
	if subs := cmd.Commands(); len(subs) > 0 {
		w.WriteString(".SH COMMANDS\n")
		for _, sub := range subs {
			fmt.Fprintf(&w, ".TP\n.B %s\n%s\n", roff(sub.Name()), roff(sub.Short))
		}
	}
	w.WriteString(".SH EXIT STATUS\n0 done; 1 failed; 3 not verified; 4 refused by a rule; 5 not permitted; 6 not found; " +
		"7 unreachable; 8 partly done; 64 wrong usage\n")
	return w.String()
}

func options(w *strings.Builder, title string, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	fmt.Fprintf(w, ".SH %s\n", title)
	flags.VisitAll(func(f *pflag.Flag) {
		kind, usage := pflag.UnquoteUsage(f)
		fmt.Fprintf(w, ".TP\n.B \\-\\-%s %s\n%s\n", roff(f.Name), roff(kind), roff(usage))
	})
}

// roff keeps text from being read as roff's own requests.
func roff(text string) string {
	text = strings.NewReplacer("\\", "\\e", "-", "\\-").Replace(text)
	return strings.ReplaceAll("\n"+text, "\n.", "\n\\&.")[1:]
}
