package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"
)

// Main runs one command line and returns its exit code.
func Main(ctx context.Context, env *Env, args []string) int {
	cmd := newRootCommand(env)
	cmd.SetArgs(args)
	cmd.SetIn(env.Stdin)
	cmd.SetOut(env.Stdout)
	cmd.SetErr(env.Stderr)
	return report(env.Stderr, cmd.ExecuteContext(ctx))
}

func newRootCommand(env *Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "solferino",
		Short: "Evidence in, a finding out that anyone can verify",
		Long: "Solferino is the software of a Digital Geneva Convention: it takes evidence of attacks on\n" +
			"civilians in, keeps its custody provable, analyses it reproducibly, has it reviewed by\n" +
			"independent people, and issues findings that anyone verifies offline.\n\n" +
			"Begin with \"solferino demo\".",
		SilenceErrors: true, SilenceUsage: true,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	flags := cmd.PersistentFlags()
	flags.StringVar(&env.home, "home", "", "directory of the institution (environment SOLFERINO_HOME)")
	flags.StringVar(&env.as, "as", "", "person who acts; their key must be in this home")
	flags.BoolVar(&env.asJSON, "json", false, "print one JSON value for machines")
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return fmt.Errorf("%w: %w", err, errUsage) })
	cmd.CompletionOptions.DisableDefaultCmd = true
	cmd.AddCommand(
		newDemoCommand(env), newInitCommand(env), newServeCommand(env), newVerifyCommand(env), newReindexCommand(env),
		newCaseCommand(env), newExhibitCommand(env), newAnalyseCommand(env), newPanelCommand(env), newBallotCommand(env),
		newClauseCommand(env), newFindingCommand(env), newConventionCommand(env), newPartyCommand(env),
		newKnowledgeCommand(env), newLogCommand(env), newCompletionCommand(env), newManCommand(env),
		newWitnessCommand(env), newMirrorCommand(env), newMonitorCommand(env),
	)
	strict(cmd)
	return cmd
}

// strict makes wrong arguments and unknown subcommands errors of usage.
func strict(cmd *cobra.Command) {
	if args := cmd.Args; args != nil {
		cmd.Args = func(c *cobra.Command, given []string) error {
			if err := args(c, given); err != nil {
				return fmt.Errorf("%s: %w: %w", c.CommandPath(), err, errUsage)
			}
			return nil
		}
	}
	for _, sub := range cmd.Commands() {
		strict(sub)
	}
}

// newNoun returns a command that only groups others.
func newNoun(use, short string, verbs ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(verbs...)
	return cmd
}

// withHome opens the institution for a command and closes it after.
func withHome(ctx context.Context, env *Env, do func(h *home) error) (err error) {
	h, err := openHome(ctx, env)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	return do(h)
}

// print writes v for machines, or what human writes for people.
func (env *Env) print(v any, human func() string) error {
	if !env.asJSON {
		_, err := fmt.Fprint(env.Stdout, human())
		return err
	}
	b, err := json.Marshal(v, json.Deterministic(true), jsontext.Multiline(true), jsontext.WithIndent("  "))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.Stdout, "%s\n", b)
	return err
}

// table writes rows in columns, each as wide as its widest cell.
func table(rows ...[]string) string {
	var width []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(width) {
				width = append(width, 0)
			}
			width[i] = max(width[i], len([]rune(cell)))
		}
	}
	var w strings.Builder
	for _, row := range rows {
		line := ""
		for i, cell := range row {
			line += cell + strings.Repeat(" ", width[i]-len([]rune(cell))+2)
		}
		w.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return w.String()
}

func newCompletionCommand(env *Env) *cobra.Command {
	return &cobra.Command{
		Use: "completion bash|zsh|fish|powershell", Short: "Print a script that completes commands in a shell",
		Args: cobra.ExactArgs(1), ValidArgs: []string{"bash", "zsh", "fish", "powershell"},
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(env.Stdout, true)
			case "zsh":
				return root.GenZshCompletion(env.Stdout)
			case "fish":
				return root.GenFishCompletion(env.Stdout, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(env.Stdout)
			}
			return fmt.Errorf("shell %q: want bash, zsh, fish or powershell: %w", args[0], errUsage)
		},
	}
}
