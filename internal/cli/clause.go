package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"solferino/finding"
	"solferino/record"
)

func newClauseCommand(env *Env) *cobra.Command {
	return newNoun("clause", "Assess clauses, element by element", newClauseAssessCommand(env))
}

// ClauseAssessOptions are what "solferino clause assess" takes.
type ClauseAssessOptions struct {
	Case, Clause, State string
	Elements            []string

	elements []finding.Element
}

func newClauseAssessCommand(env *Env) *cobra.Command {
	var opts ClauseAssessOptions
	cmd := &cobra.Command{
		Use: "assess CASE CLAUSE", Short: "Assess one clause for one state", Args: cobra.ExactArgs(2),
		Long: "assess puts on record, element by element, whether the conduct meets a clause as gge-2015#13f.\n" +
			"An element is \"NAME: met|not met|undetermined: BECAUSE\". The force with which the clause bound\n" +
			"the state on the day of the incident follows from the register.",
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.Case, opts.Clause = args[0], args[1]
			return withHome(cmd.Context(), env, func(h *home) error { return runClauseAssess(cmd.Context(), h, opts) })
		},
	}
	cmd.Flags().StringVar(&opts.State, "state", "", "state whose obligations are asked about (needed)")
	cmd.Flags().StringArrayVar(&opts.Elements, "element", nil, "one element with verdict and reason (needed); may be repeated")
	return cmd
}

func runClauseAssess(ctx context.Context, h *home, opts ClauseAssessOptions) error {
	c, b, err := h.bench(ctx, opts.Case)
	if err != nil {
		return err
	}
	elements := opts.elements
	for _, text := range opts.Elements {
		e, err := parseElement(text)
		if err != nil {
			return err
		}
		elements = append(elements, e)
	}
	act := finding.Assessed{Round: b.Round, Clause: opts.Clause, State: opts.State, Date: c.Date, Elements: elements}
	receipt, _, err := h.say(ctx, saying{actor: h.actor(), subject: c.ID, ordered: true, act: just(act),
		cites: []record.Subject{record.Subject("state/" + opts.State)}})
	if err != nil {
		return err
	}
	h.env.talk("%s: %s", opts.Clause, finding.Conclude(elements))
	return h.printReceipt(receipt)
}

func parseElement(text string) (finding.Element, error) {
	part := strings.SplitN(text, ":", 3)
	if len(part) != 3 {
		return finding.Element{}, fmt.Errorf("element %q: want \"NAME: VERDICT: BECAUSE\": %w", text, errUsage)
	}
	return finding.Element{Name: strings.TrimSpace(part[0]), Verdict: finding.Verdict(strings.TrimSpace(part[1])),
		Because: strings.TrimSpace(part[2])}, nil
}
