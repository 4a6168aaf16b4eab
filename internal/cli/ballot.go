package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"solferino/record"
	"solferino/review"
)

func newBallotCommand(env *Env) *cobra.Command {
	return newNoun("ballot", "Seal a ballot, and open it after the close",
		newBallotSealCommand(env), newBallotOpenCommand(env), newBallotDissentCommand(env))
}

// BallotSealOptions are what "solferino ballot seal" takes.
type BallotSealOptions struct {
	Case, Vote, Reason string
}

func newBallotSealCommand(env *Env) *cobra.Command {
	var opts BallotSealOptions
	cmd := &cobra.Command{
		Use: "seal CASE", Short: "Seal your ballot on the analysis under review", Args: cobra.ExactArgs(1),
		Long: "seal writes your ballot and its salt into this home, prints it as it will be opened, and puts\n" +
			"only its commitment on record. Nobody can read it before you open it after the close.",
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.Case = args[0]
			return withHome(cmd.Context(), env, func(h *home) error { return runBallotSeal(cmd.Context(), h, opts) })
		},
	}
	cmd.Flags().StringVar(&opts.Vote, "vote", "", "concur, dissent or abstain (needed)")
	cmd.Flags().StringVar(&opts.Reason, "reason", "", "why (needed); it is published when the ballot is opened")
	return cmd
}

func runBallotSeal(ctx context.Context, h *home, opts BallotSealOptions) error {
	c, b, err := h.bench(ctx, opts.Case)
	if err != nil {
		return err
	}
	ballot := review.Ballot{Case: c.ID, Round: b.Round, Analysis: b.Analysis, Member: h.actor(), Vote: review.Vote(opts.Vote), Reason: opts.Reason}
	if err := ballot.Validate(); err != nil {
		return fmt.Errorf("%w: %w", err, errUsage)
	}
	receipt, _, err := h.say(ctx, saying{actor: h.actor(), subject: c.ID, act: func(record.ID) (record.Act, error) {
		return h.sealed(ballot)
	}})
	if err != nil {
		return err
	}
	h.env.talk("sealed: %s, %s: %s", ballot.Member, ballot.Vote, ballot.Reason)
	return h.printReceipt(receipt)
}

// sealed keeps the ballot in its member's file, and returns its commitment.
func (h *home) sealed(ballot review.Ballot) (record.Act, error) {
	kept := review.Opened{Ballot: ballot}
	var salt record.Salt
	if _, err := io.ReadFull(h.env.Random, salt[:]); err != nil {
		return nil, err
	}
	kept.Salt = record.Digest(salt.String())
	commit, err := ballot.Seal(salt)
	if err != nil {
		return nil, err
	}
	b, err := record.Marshal(kept)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(h.path(ballotDir), 0o700); err != nil {
		return nil, err
	}
	return review.Sealed{Round: ballot.Round, Commit: commit}, writeNew(h.ballotFile(commit), b)
}

// ballotFile is where the ballot of a commitment is kept. A ballot that was
// sealed again has another file, so that one refused loses none.
func (h *home) ballotFile(commit record.Digest) string {
	return h.path(filepath.Join(ballotDir, string(commit)+".json"))
}

func newBallotOpenCommand(env *Env) *cobra.Command {
	return &cobra.Command{
		Use: "open CASE", Short: "Open the ballot that you sealed", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withHome(cmd.Context(), env, func(h *home) error { return runBallotOpen(cmd.Context(), h, args[0]) })
		},
	}
}

func runBallotOpen(ctx context.Context, h *home, id string) error {
	c, b, err := h.bench(ctx, id)
	if err != nil {
		return err
	}
	receipt, _, err := h.say(ctx, saying{actor: h.actor(), subject: c.ID, act: func(record.ID) (record.Act, error) {
		return h.kept(b.Sealed[h.actor()])
	}})
	if err != nil {
		return err
	}
	return h.printReceipt(receipt)
}

// kept reads back the ballot of a commitment.
func (h *home) kept(commit record.Digest) (record.Act, error) {
	file := h.ballotFile(commit)
	content, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", h.actor(), errBallot)
	}
	if err != nil {
		return nil, err
	}
	var act review.Opened
	if err := record.Unmarshal(content, &act); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return act, nil
}

// DissentOptions are what "solferino ballot dissent" takes.
type DissentOptions struct {
	Case, Opinion string
}

func newBallotDissentCommand(env *Env) *cobra.Command {
	var opts DissentOptions
	cmd := &cobra.Command{
		Use: "dissent CASE", Short: "Give the opinion behind your dissenting ballot", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.Case = args[0]
			return withHome(cmd.Context(), env, func(h *home) error { return runDissent(cmd.Context(), h, opts) })
		},
	}
	cmd.Flags().StringVar(&opts.Opinion, "opinion", "", "the opinion (needed); the finding carries it whole")
	return cmd
}

func runDissent(ctx context.Context, h *home, opts DissentOptions) error {
	c, b, err := h.bench(ctx, opts.Case)
	if err != nil {
		return err
	}
	if opts.Opinion == "" {
		return fmt.Errorf("--opinion is needed: %w", errUsage)
	}
	receipt, _, err := h.say(ctx, saying{actor: h.actor(), subject: c.ID, act: func(record.ID) (record.Act, error) {
		opinion, err := h.attach(ctx, []byte(opts.Opinion))
		return review.Dissented{Round: b.Round, Opinion: opinion}, err
	}})
	if err != nil {
		return err
	}
	return h.printReceipt(receipt)
}
