package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"solferino/casebook"
	"solferino/finding"
	"solferino/record"
)

func newFindingCommand(env *Env) *cobra.Command {
	return newNoun("finding", "Compose, issue, show and withdraw findings",
		newFindingDraftCommand(env), newFindingIssueCommand(env), newFindingListCommand(env), newFindingShowCommand(env),
		newFindingWithdrawCommand(env))
}

// FindingOptions are what the commands on one finding take.
type FindingOptions struct {
	Case, Change, Reason, Output string
	Version                      int
}

func newFindingDraftCommand(env *Env) *cobra.Command {
	var opts FindingOptions
	cmd := &cobra.Command{
		Use: "draft CASE", Short: "Print the finding that the case gives now; nothing is put on record", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.Case = args[0]
			return withHome(cmd.Context(), env, func(h *home) error {
				d, _, err := h.compose(cmd.Context(), opts)
				if err != nil {
					return err
				}
				return env.print(d, d.Text)
			})
		},
	}
	cmd.Flags().StringVar(&opts.Change, "change", "", "why it differs from the version before")
	return cmd
}

// compose writes the next finding of a case from what is on record.
func (h *home) compose(ctx context.Context, opts FindingOptions) (finding.Document, *casebook.Case, error) {
	c, _, err := h.loadCase(ctx, opts.Case)
	if err != nil {
		return finding.Document{}, nil, err
	}
	n, err := h.institution(ctx)
	if err != nil {
		return finding.Document{}, nil, err
	}
	d, err := casebook.Compose(n, c, opts.Change, h.get(ctx))
	return d, c, err
}

func newFindingIssueCommand(env *Env) *cobra.Command {
	var opts FindingOptions
	cmd := &cobra.Command{
		Use: "issue CASE", Short: "Issue the finding, publish what it rests on, and write its bundle", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.Case = args[0]
			return withHome(cmd.Context(), env, func(h *home) error {
				made, err := runFindingIssue(cmd.Context(), h, opts)
				if err != nil {
					return err
				}
				return env.print(made, func() string {
					return fmt.Sprintf("%s version %d: %s\nbundle %s\n", made.Case, made.Version, made.Outcome, made.Bundle)
				})
			})
		},
	}
	cmd.Flags().StringVar(&opts.Change, "change", "", "why it differs from the version before")
	return cmd
}

// An issue says what came out.
type issue struct {
	Case    string          `json:"case"`
	Version int             `json:"version"`
	Outcome finding.Outcome `json:"outcome"`
	Bundle  string          `json:"bundle"`
}

func runFindingIssue(ctx context.Context, h *home, opts FindingOptions) (issue, error) {
	subject, err := caseSubject(opts.Case)
	if err != nil {
		return issue{}, err
	}
	c, _, err := h.loadCase(ctx, opts.Case)
	if err != nil {
		return issue{}, err
	}
	if !h.unpublished(c) {
		if _, _, err := h.say(ctx, saying{actor: h.actor(), subject: subject, ordered: true, act: func(record.ID) (record.Act, error) {
			return h.issued(ctx, opts)
		}}); err != nil {
			return issue{}, err
		}
		if c, _, err = h.loadCase(ctx, opts.Case); err != nil {
			return issue{}, err
		}
	}
	f := c.Findings[len(c.Findings)-1]
	made := issue{c.ID.Name(), f.Version, f.Outcome, h.bundleFile(c.ID, f.Version)}
	if _, err := os.Stat(made.Bundle); err == nil {
		return made, nil // the bundle is the last that is written
	}
	return made, h.publish(ctx, c, f)
}

// unpublished reports whether the last version was issued and then cut off
// before its bundle was written.
func (h *home) unpublished(c *casebook.Case) bool {
	n := len(c.Benches)
	if n == 0 || !c.Benches[n-1].Issued {
		return false
	}
	_, err := os.Stat(h.bundleFile(c.ID, len(c.Findings)))
	return errors.Is(err, fs.ErrNotExist)
}

func (h *home) issued(ctx context.Context, opts FindingOptions) (record.Act, error) {
	d, c, err := h.compose(ctx, opts)
	if err != nil {
		return nil, err
	}
	b, err := d.Encode()
	if err != nil {
		return nil, err
	}
	document, err := h.attach(ctx, b)
	return finding.Issued{Version: d.Version, Outcome: d.Outcome, Analysis: c.Benches[len(c.Benches)-1].Analysis,
		Document: document, Change: opts.Change}, err
}

func newFindingWithdrawCommand(env *Env) *cobra.Command {
	var opts FindingOptions
	cmd := &cobra.Command{
		Use: "withdraw CASE", Short: "Take a version back; its address stays and says so", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.Case = args[0]
			return withHome(cmd.Context(), env, func(h *home) error { return runFindingWithdraw(cmd.Context(), h, opts) })
		},
	}
	cmd.Flags().IntVar(&opts.Version, "version", 0, "version to withdraw (needed)")
	cmd.Flags().StringVar(&opts.Reason, "reason", "", "why (needed); it is published")
	return cmd
}

func runFindingWithdraw(ctx context.Context, h *home, opts FindingOptions) error {
	subject, err := caseSubject(opts.Case)
	if err != nil {
		return err
	}
	if opts.Version < 1 || opts.Reason == "" {
		return fmt.Errorf("--version and --reason are needed: %w", errUsage)
	}
	receipt, _, err := h.say(ctx, saying{actor: h.actor(), subject: subject, act: just(finding.Withdrawn{Version: opts.Version, Reason: opts.Reason})})
	if err != nil {
		return err
	}
	if err := h.publishWithdrawal(ctx, subject, opts.Version, receipt.Index); err != nil {
		return err
	}
	return h.printReceipt(receipt)
}
