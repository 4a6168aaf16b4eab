package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"solferino/casebook"
	"solferino/internal/store"
	"solferino/record"
)

func newCaseCommand(env *Env) *cobra.Command {
	return newNoun("case", "Open cases, hear the accused, see how far a case has come",
		newCaseOpenCommand(env), newCaseListCommand(env), newCaseShowCommand(env), newCaseClaimCommand(env),
		newCaseNotifyCommand(env), newCaseReplyCommand(env))
}

// CaseOpenOptions are what "solferino case open" takes.
type CaseOpenOptions struct {
	ID      string
	Title   string
	Summary string
	Date    string
	Victims []string
	Parties []string
}

func newCaseOpenCommand(env *Env) *cobra.Command {
	var opts CaseOpenOptions
	cmd := &cobra.Command{
		Use: "open", Short: "Open a case", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withHome(cmd.Context(), env, func(h *home) error {
				id, err := runCaseOpen(cmd.Context(), h, opts)
				if err != nil {
					return err
				}
				return env.print(map[string]any{"id": id.Name(), "subject": id}, func() string { return id.Name() + "\n" })
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&opts.Title, "title", "", "one line (needed); it is kept encrypted")
	f.StringVar(&opts.Summary, "summary", "", "what happened, in a few sentences")
	f.StringVar(&opts.Date, "date", "", "day of the incident, YYYY-MM-DD; without it today")
	f.StringSliceVar(&opts.Victims, "victim", nil, "state whose people were hit, two letters; may be repeated")
	f.StringSliceVar(&opts.Parties, "party", nil, "label of an organisation that is victim or vendor; may be repeated")
	f.StringVar(&opts.ID, "id", "", "id of the case; without it the year and a number that is free")
	return cmd
}

func runCaseOpen(ctx context.Context, h *home, opts CaseOpenOptions) (record.Subject, error) {
	if opts.Title == "" || strings.Contains(opts.Title, "\n") {
		return "", fmt.Errorf("a case has a --title of one line: %w", errUsage)
	}
	if opts.Date == "" {
		opts.Date = h.env.now().Format("2006-01-02")
	}
	subject, err := h.freeCase(ctx, opts.ID)
	if err != nil {
		return "", err
	}
	_, _, err = h.say(ctx, saying{actor: h.actor(), subject: subject, act: func(record.ID) (record.Act, error) {
		title, err := h.attach(ctx, []byte(opts.Title+"\n"+opts.Summary))
		return casebook.Opened{Title: title, Date: opts.Date, Victims: sorted(opts.Victims), Parties: sorted(opts.Parties)}, err
	}})
	return subject, err
}

func sorted(list []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(append([]string{}, list...))))
}

// freeCase returns the case that was asked for, or the first free number of
// the year.
func (h *home) freeCase(ctx context.Context, id string) (record.Subject, error) {
	if id != "" {
		return caseSubject(id)
	}
	for n := 1; ; n++ {
		s := record.Subject(fmt.Sprintf("case/%d-%03d", h.env.now().Year(), n))
		_, _, found, err := h.db.SubjectHead(ctx, s)
		if err != nil || !found {
			return s, err
		}
	}
}

func newCaseListCommand(env *Env) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List cases, newest first", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withHome(cmd.Context(), env, func(h *home) error { return runCaseList(cmd.Context(), h) })
		},
	}
}

type caseLine struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Stage    string   `json:"stage"`
	Date     string   `json:"date"`
	Victims  []string `json:"victims"`
	Analyses int      `json:"analyses"`
	Findings int      `json:"findings"`
}

func runCaseList(ctx context.Context, h *home) error {
	list := []caseLine{}
	for after := (store.CaseKey{}); ; {
		page, err := h.db.Cases(ctx, after, 200)
		if err != nil {
			return err
		}
		for _, row := range page {
			title, err := h.titleOf(ctx, row.Case)
			if err != nil {
				return err
			}
			list = append(list, caseLine{row.Case.Name(), title, row.Stage, row.IncidentDate, row.Victims, row.Analyses, row.Findings})
			after = row.Key()
		}
		if len(page) < 200 {
			break
		}
	}
	return h.env.print(list, func() string {
		rows := [][]string{{"case", "stage", "incident", "findings", "title"}}
		for _, c := range list {
			rows = append(rows, []string{c.ID, c.Stage, c.Date, fmt.Sprint(c.Findings), c.Title})
		}
		return table(rows...)
	})
}

func (h *home) titleOf(ctx context.Context, id record.Subject) (string, error) {
	c, _, err := h.loadCase(ctx, string(id))
	if err != nil {
		return "", err
	}
	b, err := h.get(ctx)(c.Title)
	title, _, _ := strings.Cut(string(b), "\n")
	return title, err
}

func newCaseShowCommand(env *Env) *cobra.Command {
	return &cobra.Command{
		Use: "show CASE", Short: "Show a case and what it waits for", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withHome(cmd.Context(), env, func(h *home) error { return runCaseShow(cmd.Context(), h, args[0]) })
		},
	}
}

type caseView struct {
	caseLine
	Summary  string   `json:"summary"`
	Accused  []string `json:"accused"`
	Notified []string `json:"notified"`
	Exhibits int      `json:"exhibits"`
	Claims   int      `json:"claims"`
	Records  int      `json:"records"`
	Next     string   `json:"next"`
}

func runCaseShow(ctx context.Context, h *home, id string) error {
	c, book, err := h.loadCase(ctx, id)
	if err != nil {
		return err
	}
	b, err := h.get(ctx)(c.Title)
	if err != nil {
		return err
	}
	f, err := book.Now(c.ID)
	if err != nil {
		return err
	}
	title, summary, _ := strings.Cut(string(b), "\n")
	v := caseView{caseLine: caseLine{c.ID.Name(), title, c.Stage(), c.Date, c.Victims, len(c.Analyses), len(c.Findings)},
		Summary: summary, Accused: append([]string{}, c.Accused()...), Notified: []string{}, Exhibits: len(c.Shelf.Exhibits),
		Claims: len(c.Claims), Records: f.Len, Next: c.Next()}
	for _, n := range c.Notices {
		v.Notified = append(v.Notified, n.State)
	}
	return h.env.print(v, func() string {
		return fmt.Sprintf("%s  %s\n%s\n", v.ID, v.Title, table(
			[]string{"incident", v.Date + ", " + strings.Join(v.Victims, " ")},
			[]string{"stage", v.Stage},
			[]string{"exhibits", fmt.Sprint(v.Exhibits)},
			[]string{"claims", fmt.Sprintf("%d, accusing %s", v.Claims, orNone(v.Accused))},
			[]string{"notified", orNone(v.Notified)},
			[]string{"analyses", fmt.Sprint(v.Analyses)},
			[]string{"findings", fmt.Sprint(v.Findings)},
			[]string{"next", v.Next}))
	})
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, " ")
}
