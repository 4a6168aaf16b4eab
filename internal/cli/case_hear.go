package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"solferino/attribution"
	"solferino/casebook"
	"solferino/party"
	"solferino/record"
)

// CaseClaimOptions are what "solferino case claim" takes.
type CaseClaimOptions struct {
	Case string
	attribution.Claimed
}

func newCaseClaimCommand(env *Env) *cobra.Command {
	var opts CaseClaimOptions
	cmd := &cobra.Command{
		Use: "claim CASE", Short: "Register what somebody outside says about who did it", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.Case = args[0]
			return withHome(cmd.Context(), env, func(h *home) error { return runCaseClaim(cmd.Context(), h, opts) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&opts.By, "by", "", "who says it")
	f.StringVar(&opts.Date, "date", "", "when, YYYY-MM-DD")
	f.StringVar(&opts.Says, "says", "", "what, in your words")
	f.StringVar(&opts.Accused, "accuses", "", "state that the claim names, two letters")
	f.StringVar(&opts.Source, "source", "", "where it stands")
	f.StringVar(&opts.Basis, "basis", "seen", "seen, or recall where it is from memory")
	return cmd
}

func runCaseClaim(ctx context.Context, h *home, opts CaseClaimOptions) error {
	subject, err := caseSubject(opts.Case)
	if err != nil {
		return err
	}
	if opts.Accused != "" {
		if err := party.ValidState(opts.Accused); err != nil {
			return fmt.Errorf("%w: %w", err, errUsage)
		}
	}
	return h.sayPlain(ctx, subject, opts.Claimed)
}

// CaseNotifyOptions are what "solferino case notify" and "case reply" take.
type CaseNotifyOptions struct {
	Case, State, Text string
	Reply             bool
}

func newCaseNotifyCommand(env *Env) *cobra.Command {
	return newCaseLetterCommand(env, "notify CASE", "Ask an accused state for its view", false)
}

func newCaseReplyCommand(env *Env) *cobra.Command {
	return newCaseLetterCommand(env, "reply CASE", "Put the answer of an accused state on record", true)
}

func newCaseLetterCommand(env *Env, use, short string, reply bool) *cobra.Command {
	opts := CaseNotifyOptions{Reply: reply}
	cmd := &cobra.Command{
		Use: use, Short: short, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.Case = args[0]
			return withHome(cmd.Context(), env, func(h *home) error { return runCaseNotify(cmd.Context(), h, opts) })
		},
	}
	cmd.Flags().StringVar(&opts.State, "state", "", "the state, two letters")
	cmd.Flags().StringVar(&opts.Text, "text", "", "what is asked or answered")
	return cmd
}

func runCaseNotify(ctx context.Context, h *home, opts CaseNotifyOptions) error {
	subject, err := caseSubject(opts.Case)
	if err != nil {
		return err
	}
	if opts.State == "" || opts.Text == "" {
		return fmt.Errorf("--state and --text are needed: %w", errUsage)
	}
	receipt, _, err := h.say(ctx, saying{actor: h.actor(), subject: subject, act: func(record.ID) (record.Act, error) {
		text, err := h.attach(ctx, []byte(opts.Text))
		if opts.Reply {
			return casebook.Replied{State: opts.State, Text: text}, err
		}
		return casebook.Notified{State: opts.State, Text: text}, err
	}})
	if err != nil {
		return err
	}
	return h.printReceipt(receipt)
}
