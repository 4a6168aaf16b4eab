package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"solferino/convention"
	"solferino/finding"
	"solferino/party"
	"solferino/record"
)

func newConventionCommand(env *Env) *cobra.Command {
	return newNoun("convention", "Instruments, clauses, and who was bound by what on a day",
		newConventionListCommand(env), newConventionShowCommand(env), newConventionInforceCommand(env), newConventionAdhereCommand(env))
}

func newConventionListCommand(env *Env) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the instruments", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			list := convention.BuiltIn().Instruments()
			return env.print(list, func() string {
				rows := [][]string{{"instrument", "date", "force", "clauses", "title"}}
				for _, i := range list {
					rows = append(rows, []string{string(i.ID), i.Date, i.Force.String(), fmt.Sprint(len(i.Clauses)), i.Short})
				}
				return table(rows...)
			})
		},
	}
}

func newConventionShowCommand(env *Env) *cobra.Command {
	return &cobra.Command{
		Use: "show INSTRUMENT|CLAUSE", Short: "Show an instrument, or a clause with its crosswalk", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return runConventionShow(env, args[0]) },
	}
}

func runConventionShow(env *Env, id string) error {
	reg := convention.BuiltIn()
	if i, ok := reg.Instrument(convention.ID(id)); ok {
		return env.print(i, func() string { return instrumentText(i) })
	}
	c, ok := reg.Clause(convention.ClauseID(id))
	if !ok {
		return fmt.Errorf("%q: %w", id, convention.ErrUnknownInstrument)
	}
	links := reg.Equivalents(c.ID)
	return env.print(map[string]any{"clause": c, "mark": c.Mark(), "crosswalk": links}, func() string {
		text := fmt.Sprintf("%s (%s)\n%s\n[%s]\n", c.ID, c.Kind, c.Text, c.Mark())
		for _, l := range links {
			text += fmt.Sprintf("  %s %s %s\n", l.From, l.Relation, l.To)
		}
		return text
	})
}

func instrumentText(i convention.Instrument) string {
	var w strings.Builder
	fmt.Fprintf(&w, "%s  %s\n%s, %s, %s [%s]\n", i.ID, i.Title, i.Date, i.Force, i.Status, i.Mark())
	if i.Note != "" {
		fmt.Fprintf(&w, "%s\n", i.Note)
	}
	for _, c := range i.Clauses {
		fmt.Fprintf(&w, "\n%s  %s\n  %s\n  [%s]\n", c.ID, c.Kind, c.Text, c.Mark())
	}
	return w.String()
}

// InforceOptions are what "solferino convention inforce" takes.
type InforceOptions struct {
	State, Date, Clause string
}

func newConventionInforceCommand(env *Env) *cobra.Command {
	var opts InforceOptions
	cmd := &cobra.Command{
		Use: "inforce", Short: "Say what bound a state on a day, and with which force", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withHome(cmd.Context(), env, func(h *home) error { return runInforce(cmd.Context(), h, opts) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&opts.State, "state", "", "the state, two letters (needed)")
	f.StringVar(&opts.Date, "date", "", "the day, YYYY-MM-DD; without it today")
	f.StringVar(&opts.Clause, "clause", "", "only this clause")
	return cmd
}

type bindingLine struct {
	Clause   string `json:"clause"`
	Force    string `json:"force"`
	Bound    bool   `json:"bound"`
	Since    string `json:"since"`
	Act      string `json:"act"`
	Reserved bool   `json:"reserved"`
	Source   string `json:"source"`
	Mark     string `json:"mark"`
	Text     string `json:"text"`
}

func runInforce(ctx context.Context, h *home, opts InforceOptions) error {
	if err := party.ValidState(opts.State); err != nil {
		return fmt.Errorf("%w: %w", err, errUsage)
	}
	if opts.Date == "" {
		opts.Date = h.env.now().Format("2006-01-02")
	}
	f, err := h.book(ctx).Now(record.Subject("state/" + opts.State))
	if err != nil {
		return err
	}
	bindings := f.State().InForce(opts.Date, nil)
	if bindings == nil {
		return fmt.Errorf("date %q: want YYYY-MM-DD: %w", opts.Date, errUsage)
	}
	list := []bindingLine{}
	for _, b := range bindings {
		if opts.Clause != "" && string(b.Clause.ID) != opts.Clause {
			continue
		}
		line := bindingLine{Clause: string(b.Clause.ID), Force: b.Force.String(), Bound: b.Bound(), Since: b.Since,
			Reserved: b.Reserved, Source: b.Source, Mark: b.Mark, Text: b.Clause.Text}
		if b.By.Record != "" {
			line.Act = b.By.Act.String()
		}
		list = append(list, line)
	}
	if opts.Clause != "" && len(list) == 0 {
		return fmt.Errorf("clause %q: %w", opts.Clause, convention.ErrUnknownClause)
	}
	return h.env.print(list, func() string { return inforceText(opts, list) })
}

func inforceText(opts InforceOptions, list []bindingLine) string {
	bound, not := [][]string{}, [][]string{}
	for _, b := range list {
		if b.Bound {
			bound = append(bound, []string{"  " + b.Clause, b.Force, "since " + b.Since, b.Act + " [" + b.Mark + "]"})
		} else {
			not = append(not, []string{"  " + b.Clause, b.Force})
		}
	}
	return fmt.Sprintf("%s on %s was bound by\n%snot bound by\n%s", opts.State, opts.Date, orLine(table(bound...)), orLine(table(not...)))
}

func orLine(text string) string {
	if text == "" {
		return "  nothing on record\n"
	}
	return text
}

// AdhereOptions are what "solferino convention adhere" takes.
type AdhereOptions struct {
	State, Force, Act, Reporter, Basis string
	convention.Adhered
}

func newConventionAdhereCommand(env *Env) *cobra.Command {
	var opts AdhereOptions
	cmd := &cobra.Command{
		Use: "adhere INSTRUMENT", Short: "Enter what a state did about an instrument", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.Instrument = convention.ID(args[0])
			return withHome(cmd.Context(), env, func(h *home) error { return runAdhere(cmd.Context(), h, opts) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&opts.State, "state", "", "the state, two letters (needed)")
	f.StringVar(&opts.Act, "act", "endorse", "endorse, pledge, sign, ratify, accede, enter-into-force, withdraw")
	f.StringVar(&opts.Date, "date", "", "day of the act, YYYY-MM-DD (needed)")
	f.StringVar(&opts.Force, "force", "voluntary", "force at which the act binds: voluntary, political, legal, none")
	f.StringVar(&opts.Reporter, "reporter", "compiled", "state, or compiled where we gathered it")
	f.StringVar(&opts.Source, "source", "", "where anyone can check it (needed)")
	f.StringVar(&opts.Basis, "basis", "seen", "seen, or recall where it is from memory")
	return cmd
}

func runAdhere(ctx context.Context, h *home, opts AdhereOptions) error {
	force, err := convention.ParseForce(opts.Force)
	if err != nil {
		return fmt.Errorf("%w: %w", err, errUsage)
	}
	act := opts.Adhered
	act.Force, act.Act, act.Reporter, act.Basis = force, convention.Step(opts.Act), convention.Reporter(opts.Reporter), convention.Basis(opts.Basis)
	return h.sayPlain(ctx, record.Subject("state/"+opts.State), act)
}

// textOf renders a document as text.
func textOf(document []byte) ([]byte, error) {
	d, err := finding.Decode(document)
	if err != nil {
		return nil, err
	}
	return []byte(d.Text()), nil
}
