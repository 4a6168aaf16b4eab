package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"solferino/demo"
	"solferino/finding"
	"solferino/verify"
)

// DemoOptions are what "solferino demo" takes.
type DemoOptions struct {
	Serve  bool
	Listen string
}

func newDemoCommand(env *Env) *cobra.Command {
	var opts DemoOptions
	cmd := &cobra.Command{
		Use: "demo", Short: "Watch four historic cases go from evidence to verified findings", Args: cobra.NoArgs,
		Long: "demo founds an institution in a directory of its own and takes four real cases through every\n" +
			"step, by the same commands that you would type. Nothing is decided beforehand: the results come\n" +
			"out of the engine. It needs no network. If it is cut off, the same command in the same --home\n" +
			"goes on.",
		RunE: func(cmd *cobra.Command, _ []string) error { return runDemo(cmd.Context(), env, opts) },
	}
	cmd.Flags().BoolVar(&opts.Serve, "serve", false, "go on to serve the pages")
	cmd.Flags().StringVar(&opts.Listen, "listen", "127.0.0.1:8080", "HOST:PORT for --serve")
	return cmd
}

// A demoCase is one line of the table at the end.
type demoCase struct {
	ID       string       `json:"id"`
	Name     string       `json:"name"`
	Leading  demoLeading  `json:"leading"`
	None     float64      `json:"none_p"`
	Refused  []string     `json:"refused_reasons"`
	Level    string       `json:"confidence"`
	Framing  int          `json:"framing_cost"`
	Clauses  []demoClause `json:"clauses"`
	Versions int          `json:"versions"`
	Bundle   string       `json:"bundle"`
	Verified bool         `json:"verified"`
}

type demoLeading struct {
	Actor string  `json:"actor"`
	Name  string  `json:"name"`
	P     float64 `json:"p"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	Word  string  `json:"word"`
}

type demoClause struct {
	Clause  string          `json:"clause"`
	State   string          `json:"state"`
	Force   string          `json:"force"`
	Verdict finding.Verdict `json:"verdict"`
}

func runDemo(ctx context.Context, env *Env, opts DemoOptions) error {
	world, err := demo.Load()
	if err != nil {
		return err
	}
	dir, err := env.demoDir()
	if err != nil {
		return err
	}
	p, err := newPlayer(ctx, env, world, dir)
	if err != nil {
		return err
	}
	cases, err := p.play(ctx)
	if err = errors.Join(err, p.h.Close()); err != nil {
		return err
	}
	key := p.h.path(logKeyFile + ".pub")
	if err := env.print(map[string]any{"home": dir, "institution": key, "notice": world.Notice, "cases": cases}, func() string {
		return demoText(world.Notice, dir, key, cases)
	}); err != nil {
		return err
	}
	if !opts.Serve {
		return nil
	}
	return runServe(ctx, env, dir, ServeOptions{ListenOptions{Listen: opts.Listen}})
}

// demoDir is the home that was asked for, or a new one.
func (env *Env) demoDir() (string, error) {
	if env.home != "" || env.Getenv("SOLFERINO_HOME") != "" {
		return env.homeDir(), nil
	}
	return os.MkdirTemp("", "solferino-demo-")
}

// line reads the last finding of a case back and verifies its bundle as a
// stranger would who knows the institution's key.
func (p *player) line(ctx context.Context, c demo.Case) (demoCase, error) {
	state, _, err := p.h.loadCase(ctx, c.Slug)
	if err != nil {
		return demoCase{}, err
	}
	version := len(state.Findings)
	file := p.h.bundleFile(state.ID, version)
	b, err := os.ReadFile(file)
	if err != nil {
		return demoCase{}, err
	}
	key, err := publicKey(p.h.path(logKeyFile))
	if err != nil {
		return demoCase{}, err
	}
	report := verify.Check(b, verify.Options{Institution: key})
	d := report.Document
	line := demoCase{ID: c.Slug, Name: c.Name, None: d.None().P, Refused: append([]string{}, d.Refusals...), Level: d.Confidence.Level,
		Framing: d.FramingCost, Clauses: []demoClause{}, Versions: version, Bundle: file, Verified: report.Verified}
	if l, ok := d.Leading(); ok {
		line.Leading = demoLeading{l.Actor, l.Name, l.P, l.Low, l.High, l.Word}
	}
	for _, k := range d.Clauses {
		line.Clauses = append(line.Clauses, demoClause{k.Clause, k.State, k.Force, k.Verdict})
	}
	return line, nil
}

func demoText(notice, dir, key string, cases []demoCase) string {
	rows := [][]string{{"case", "leading hypothesis", "probability, 5 to 95 %, word", "confidence", "framing", "clauses", "verified"}}
	for _, c := range cases {
		h := finding.Hypothesis{P: c.Leading.P, Low: c.Leading.Low, High: c.Leading.High, Word: c.Leading.Word}
		rows = append(rows, []string{c.Name, c.leader(), h.Likelihood(), c.Level, c.framing(), c.clauseList(), yesNo(c.Verified)})
	}
	var w strings.Builder
	fmt.Fprintf(&w, "*** %s ***\n%s\n", notice, table(rows...))
	for _, c := range cases {
		for _, why := range c.Refused {
			fmt.Fprintf(&w, "%s: nobody is named. %s\n", c.Name, why)
		}
	}
	w.WriteString("\nBundles:\n")
	for _, c := range cases {
		fmt.Fprintf(&w, "  %s\n", c.Bundle)
	}
	fmt.Fprintf(&w, "\nNext, as a stranger:   solferino verify %s --institution %s\n", cases[0].Bundle, key)
	fmt.Fprintf(&w, "Read a finding:        solferino finding show %s --home %s\n", cases[0].ID, dir)
	fmt.Fprintf(&w, "See the pages:         solferino serve --home %s\n", dir)
	return w.String()
}

func (c demoCase) leader() string {
	if len(c.Refused) > 0 {
		return "not named (first: " + c.Leading.Name + ")"
	}
	return c.Leading.Name
}

// framing is the cost, or a dash where nobody is named.
func (c demoCase) framing() string {
	if c.Framing == 0 {
		return "–"
	}
	return fmt.Sprint(c.Framing)
}

// clauseList groups the clauses by verdict.
func (c demoCase) clauseList() string {
	var list []string
	for _, v := range []finding.Verdict{finding.Met, finding.NotMet, finding.Undetermined} {
		var with []string
		for _, k := range c.Clauses {
			if k.Verdict == v && !slices.Contains(with, k.Clause) {
				with = append(with, k.Clause)
			}
		}
		if len(with) > 0 {
			list = append(list, string(v)+": "+strings.Join(with, " "))
		}
	}
	return strings.Join(list, ", ")
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "NO"
}
