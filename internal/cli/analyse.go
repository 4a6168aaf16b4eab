package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"solferino/attribution"
	"solferino/casebook"
	"solferino/finding"
	"solferino/record"
)

// AnalyseOptions are what "solferino analyse" takes.
type AnalyseOptions struct {
	Case      string
	Sources   []string
	Software  []string
	Reason    string
	Knowledge string
}

func newAnalyseCommand(env *Env) *cobra.Command {
	var opts AnalyseOptions
	cmd := &cobra.Command{
		Use: "analyse CASE", Short: "Ask who did it, from the evidence on record", Args: cobra.ExactArgs(1),
		Long: "analyse weighs every observation of the case against what public sources report about\n" +
			"actors, and puts question and result on record, so that anyone computes them again. Sources\n" +
			"that tell of this very incident are excluded first: they would be the case as its own proof.",
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.Case = args[0]
			return withHome(cmd.Context(), env, func(h *home) error {
				r, err := runAnalyse(cmd.Context(), h, opts)
				if err != nil {
					return err
				}
				return env.print(r, func() string { return resultText(r) })
			})
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&opts.Sources, "exclude-source", nil, "id of a source that tells of this incident; may be repeated")
	f.StringSliceVar(&opts.Software, "circular", nil, "id of software known from this incident alone; may be repeated")
	f.StringVar(&opts.Reason, "reason", "they tell of this incident", "why they are excluded")
	f.StringVar(&opts.Knowledge, "knowledge", "", "digest of an imported knowledge; without it the embedded one")
	return cmd
}

func runAnalyse(ctx context.Context, h *home, opts AnalyseOptions) (attribution.Result, error) {
	k, err := h.knowledge(ctx, opts.Knowledge)
	if err != nil {
		return attribution.Result{}, err
	}
	c, _, err := h.loadCase(ctx, opts.Case)
	if err != nil {
		return attribution.Result{}, err
	}
	if err := h.exclude(ctx, c, opts); err != nil {
		return attribution.Result{}, err
	}
	if _, _, err := h.say(ctx, saying{actor: h.actor(), subject: c.ID, ordered: true, act: func(record.ID) (record.Act, error) {
		return h.compute(ctx, c.ID, k)
	}}); err != nil {
		return attribution.Result{}, err
	}
	return h.lastResult(ctx, string(c.ID))
}

func (h *home) exclude(ctx context.Context, c *casebook.Case, opts AnalyseOptions) error {
	if len(opts.Sources)+len(opts.Software) == 0 {
		return nil
	}
	_, _, err := h.say(ctx, saying{actor: h.actor(), subject: c.ID, act: func(record.ID) (record.Act, error) {
		reason, err := h.attach(ctx, []byte(opts.Reason))
		return attribution.Excluded{Sources: sorted(opts.Sources), Software: sorted(opts.Software), Reason: reason}, err
	}})
	return err
}

// compute asks the engine about the case as it now stands.
func (h *home) compute(ctx context.Context, id record.Subject, k *attribution.Knowledge) (record.Act, error) {
	c, _, err := h.loadCase(ctx, string(id))
	if err != nil {
		return nil, err
	}
	question, result, err := casebook.Compute(c, k, h.get(ctx))
	if err != nil {
		return nil, err
	}
	r, err := attribution.DecodeResult(result)
	if err != nil {
		return nil, err
	}
	q, errQuestion := h.attach(ctx, question)
	a, errResult := h.attach(ctx, result)
	return attribution.Computed{Knowledge: record.Digest(k.Digest()), Engine: r.Engine, Question: q, Result: a, Named: r.Named},
		errors.Join(errQuestion, errResult)
}

// lastResult reads the result of the last analysis of a case.
func (h *home) lastResult(ctx context.Context, id string) (attribution.Result, error) {
	c, _, err := h.loadCase(ctx, id)
	if err != nil {
		return attribution.Result{}, err
	}
	if len(c.Analyses) == 0 {
		return attribution.Result{}, fmt.Errorf("analysis of case %s: %w", id, errNotFound)
	}
	b, err := h.get(ctx)(c.Analyses[len(c.Analyses)-1].Result)
	if err != nil {
		return attribution.Result{}, err
	}
	return attribution.DecodeResult(b)
}

func resultText(r attribution.Result) string {
	rows := [][]string{{"hypothesis", "likelihood"}}
	for i, h := range r.Hypotheses {
		if i < 5 || h.ID == attribution.None {
			shown := finding.Hypothesis{P: h.P, Low: h.Low, High: h.High, Word: h.Word}
			rows = append(rows, []string{h.Name + " (" + h.ID + ")", shown.Likelihood()})
		}
	}
	text := table(rows...)
	for _, why := range r.Refusals {
		text += "not named: " + why + "\n"
	}
	text += fmt.Sprintf("confidence: %s\n", r.Confidence.Level)
	for _, d := range r.Confidence.Drivers {
		text += "  " + d + "\n"
	}
	return text + fmt.Sprintf("framing cost: %d\n", r.Framing.Cost)
}

// knowledge returns the embedded knowledge, or an imported one.
func (h *home) knowledge(ctx context.Context, digest string) (*attribution.Knowledge, error) {
	if digest == "" {
		return attribution.Embedded()
	}
	f, err := h.book(ctx).Now(knowledgeSubject(record.Digest(digest)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, errUsage)
	}
	k, ok := f.Fold.(*casebook.Knowledge)
	if !ok || len(k.Imports) == 0 {
		return nil, fmt.Errorf("knowledge %s: %w", digest, errNotFound)
	}
	b, err := h.get(ctx)(k.Imports[0].Content)
	if err != nil {
		return nil, err
	}
	return attribution.ParseKnowledge(b)
}

func knowledgeSubject(d record.Digest) record.Subject {
	return record.Subject("knowledge/" + d.Short())
}
