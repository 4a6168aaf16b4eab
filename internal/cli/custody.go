package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"solferino/evidence"
	"solferino/record"
)

// CustodyOptions are what "exhibit offer" and "exhibit accept" take.
type CustodyOptions struct {
	Case, Exhibit, To string
}

func newExhibitOfferCommand(env *Env) *cobra.Command {
	var opts CustodyOptions
	cmd := &cobra.Command{
		Use: "offer EXHIBIT", Short: "Hand an exhibit over; custody passes when it is accepted", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.Exhibit = args[0]
			return withHome(cmd.Context(), env, func(h *home) error { return runExhibitOffer(cmd.Context(), h, opts) })
		},
	}
	cmd.Flags().StringVar(&opts.Case, "case", "", "id of the case (needed)")
	cmd.Flags().StringVar(&opts.To, "to", "", "person who shall take it (needed)")
	return cmd
}

func runExhibitOffer(ctx context.Context, h *home, opts CustodyOptions) error {
	subject, err := caseSubject(opts.Case)
	if err != nil {
		return err
	}
	to, err := subjectOf("person", opts.To)
	if err != nil {
		return err
	}
	return h.sayPlain(ctx, subject, evidence.Offered{Exhibit: opts.Exhibit, To: to})
}

func newExhibitAcceptCommand(env *Env) *cobra.Command {
	var opts CustodyOptions
	cmd := &cobra.Command{
		Use: "accept EXHIBIT", Short: "Take over an exhibit that was offered to you", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.Exhibit = args[0]
			return withHome(cmd.Context(), env, func(h *home) error {
				return runExhibitAccept(cmd.Context(), h, opts)
			})
		},
	}
	cmd.Flags().StringVar(&opts.Case, "case", "", "id of the case (needed)")
	return cmd
}

func runExhibitAccept(ctx context.Context, h *home, opts CustodyOptions) error {
	subject, err := caseSubject(opts.Case)
	if err != nil {
		return err
	}
	return h.sayPlain(ctx, subject, evidence.Accepted{Exhibit: opts.Exhibit})
}

// ExhibitDeriveOptions are what "solferino exhibit derive" takes.
type ExhibitDeriveOptions struct {
	Case, Exhibit, File string
}

func newExhibitDeriveCommand(env *Env) *cobra.Command {
	var opts ExhibitDeriveOptions
	cmd := &cobra.Command{
		Use: "derive EXHIBIT FILE", Short: "Put on record what an exhibit shows, from a table of observations", Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.Exhibit, opts.File = args[0], args[1]
			return withHome(cmd.Context(), env, func(h *home) error { return runExhibitDerive(cmd.Context(), h, opts) })
		},
	}
	cmd.Flags().StringVar(&opts.Case, "case", "", "id of the case (needed)")
	return cmd
}

func runExhibitDerive(ctx context.Context, h *home, opts ExhibitDeriveOptions) error {
	subject, err := caseSubject(opts.Case)
	if err != nil {
		return err
	}
	reading, err := ExhibitAddOptions{File: opts.File, CSV: true}.read()
	if err != nil {
		return fmt.Errorf("%s: %w", opts.File, err)
	}
	receipt, err := h.derive(ctx, subject, opts.Exhibit, "reader", reading.Observations)
	if err != nil {
		return err
	}
	return h.printReceipt(receipt)
}

// ContradictOptions are what "solferino exhibit contradict" takes.
type ContradictOptions struct {
	Case, Exhibit, Observation, By, Reason string
}

func newExhibitContradictCommand(env *Env) *cobra.Command {
	var opts ContradictOptions
	cmd := &cobra.Command{
		Use: "contradict EXHIBIT OBSERVATION", Short: "Say that an observation does not fit other evidence; it loses its weight",
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.Exhibit, opts.Observation = args[0], args[1]
			return withHome(cmd.Context(), env, func(h *home) error { return runContradict(cmd.Context(), h, opts) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&opts.Case, "case", "", "id of the case (needed)")
	f.StringVar(&opts.By, "by", "", "exhibit that shows it (needed)")
	f.StringVar(&opts.Reason, "reason", "", "why they do not fit (needed)")
	return cmd
}

func runContradict(ctx context.Context, h *home, opts ContradictOptions) error {
	subject, err := caseSubject(opts.Case)
	if err != nil {
		return err
	}
	if opts.Reason == "" {
		return fmt.Errorf("--reason is needed: %w", errUsage)
	}
	receipt, _, err := h.say(ctx, saying{actor: h.actor(), subject: subject, act: func(record.ID) (record.Act, error) {
		reason, err := h.attach(ctx, []byte(opts.Reason))
		return evidence.Contradicted{Exhibit: opts.Exhibit, Observation: opts.Observation, By: opts.By, Reason: reason}, err
	}})
	if err != nil {
		return err
	}
	return h.printReceipt(receipt)
}
