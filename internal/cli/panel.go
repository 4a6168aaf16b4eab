package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"solferino/casebook"
	"solferino/party"
	"solferino/proof"
	"solferino/record"
	"solferino/review"
)

func newPanelCommand(env *Env) *cobra.Command {
	return newNoun("panel", "Draw a panel from the roster, with recusals",
		newPanelSeatCommand(env), newPanelRecuseCommand(env), newPanelShowCommand(env), newPanelCloseCommand(env), newPanelEndCommand(env))
}

// PanelSeatOptions are what "solferino panel seat" takes.
type PanelSeatOptions struct {
	Case string
	Call bool
}

func newPanelSeatCommand(env *Env) *cobra.Command {
	var opts PanelSeatOptions
	cmd := &cobra.Command{
		Use: "seat CASE", Short: "Call a round of review and seat the panel that the lot gives", Args: cobra.ExactArgs(1),
		Long: "seat freezes the roster and the question in the log, waits for a checkpoint that nobody could\n" +
			"know before, and draws the panel from its root. With --call it stops after the first step, so\n" +
			"that reviewers can recuse themselves; a second \"panel seat\" then draws.",
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.Case = args[0]
			return withHome(cmd.Context(), env, func(h *home) error {
				if err := runPanelSeat(cmd.Context(), h, opts); err != nil {
					return err
				}
				return runPanelShow(cmd.Context(), h, opts.Case)
			})
		},
	}
	cmd.Flags().BoolVar(&opts.Call, "call", false, "only call the round")
	return cmd
}

func runPanelSeat(ctx context.Context, h *home, opts PanelSeatOptions) error {
	c, _, err := h.loadCase(ctx, opts.Case)
	if err != nil {
		return err
	}
	if n := len(c.Benches); n == 0 || !c.Benches[n-1].Under() {
		if err := h.call(ctx, c); err != nil {
			return err
		}
	}
	if opts.Call {
		return nil
	}
	return h.seat(ctx, c.ID)
}

// call freezes the roster: everyone who may review, cited as they stand.
func (h *home) call(ctx context.Context, c *casebook.Case) error {
	if len(c.Analyses) == 0 {
		return fmt.Errorf("case %s has no analysis to review: %w", c.ID.Name(), casebook.ErrOutOfStep)
	}
	roster, err := h.reviewers(ctx)
	if err != nil {
		return err
	}
	act := review.Called{Round: len(c.Benches) + 1, Analysis: c.Analyses[len(c.Analyses)-1].Record, Roster: roster}
	_, _, err = h.say(ctx, saying{actor: h.actor(), subject: c.ID, ordered: true, act: just(act),
		cites: append(roster[:len(roster):len(roster)], review.Subject)})
	return err
}

// reviewers returns everyone on the roster, sorted.
func (h *home) reviewers(ctx context.Context) ([]record.Subject, error) {
	list := []record.Subject{}
	for after := record.Subject(""); ; {
		page, err := h.db.People(ctx, after, 500)
		if err != nil {
			return nil, err
		}
		for _, p := range page {
			after = p.Person
			for _, role := range p.Roles {
				if role == string(party.Reviewer) {
					list = append(list, p.Person)
				}
			}
		}
		if len(page) < 500 {
			return list, nil
		}
	}
}

// seat publishes a checkpoint that covers the call and seats the panel that
// its root gives.
func (h *home) seat(ctx context.Context, id record.Subject) error {
	_, _, err := h.say(ctx, saying{actor: h.actor(), subject: id, cites: []record.Subject{h.set.Institution},
		act: func(record.ID) (record.Act, error) {
			cp, note, err := h.tree.Publish(ctx)
			if err != nil {
				return nil, err
			}
			return h.drawn(ctx, id, cp, note)
		}})
	return err
}

func (h *home) drawn(ctx context.Context, id record.Subject, cp proof.Checkpoint, note []byte) (record.Act, error) {
	c, _, err := h.loadCase(ctx, string(id))
	if err != nil {
		return nil, err
	}
	b := c.Benches[len(c.Benches)-1]
	panel, err := b.Lot(id, cp.Size, cp.Root)
	return review.Seated{Round: b.Round, Checkpoint: string(note), Panel: panel}, err
}

// PanelRecuseOptions are what "solferino panel recuse" takes.
type PanelRecuseOptions struct {
	Case, Reason string
}

func newPanelRecuseCommand(env *Env) *cobra.Command {
	var opts PanelRecuseOptions
	cmd := &cobra.Command{
		Use: "recuse CASE", Short: "Take yourself out of the lot of a case", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.Case = args[0]
			return withHome(cmd.Context(), env, func(h *home) error { return runPanelRecuse(cmd.Context(), h, opts) })
		},
	}
	cmd.Flags().StringVar(&opts.Reason, "reason", "", "why (needed); it is published")
	return cmd
}

func runPanelRecuse(ctx context.Context, h *home, opts PanelRecuseOptions) error {
	c, b, err := h.bench(ctx, opts.Case)
	if err != nil {
		return err
	}
	return h.sayPlain(ctx, c.ID, review.Recused{Round: b.Round, Reason: opts.Reason})
}

// bench returns the round of review that is under way in a case.
func (h *home) bench(ctx context.Context, id string) (*casebook.Case, *review.Bench, error) {
	c, _, err := h.loadCase(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if len(c.Benches) == 0 {
		return nil, nil, fmt.Errorf("no panel was called in case %s: %w", id, casebook.ErrOutOfStep)
	}
	return c, c.Benches[len(c.Benches)-1], nil
}

func newPanelCloseCommand(env *Env) *cobra.Command {
	return &cobra.Command{
		Use: "close CASE", Short: "End the sealing of ballots; from here on they are opened", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withHome(cmd.Context(), env, func(h *home) error { return runPanelClose(cmd.Context(), h, args[0]) })
		},
	}
}

func runPanelClose(ctx context.Context, h *home, id string) error {
	c, b, err := h.bench(ctx, id)
	if err != nil {
		return err
	}
	receipt, _, err := h.say(ctx, saying{actor: h.actor(), subject: c.ID, ordered: true, act: just(review.Closed{Round: b.Round})})
	if err != nil {
		return err
	}
	return h.printReceipt(receipt)
}

// PanelEndOptions are what "solferino panel end" takes.
type PanelEndOptions struct {
	Case, Reason string
}

func newPanelEndCommand(env *Env) *cobra.Command {
	var opts PanelEndOptions
	cmd := &cobra.Command{
		Use: "end CASE", Short: "Give a round up that cannot come to a finding; another may be called", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.Case = args[0]
			return withHome(cmd.Context(), env, func(h *home) error { return runPanelEnd(cmd.Context(), h, opts) })
		},
	}
	cmd.Flags().StringVar(&opts.Reason, "reason", "", "why (needed); it is on record")
	return cmd
}

func runPanelEnd(ctx context.Context, h *home, opts PanelEndOptions) error {
	c, b, err := h.bench(ctx, opts.Case)
	if err != nil {
		return err
	}
	receipt, _, err := h.say(ctx, saying{actor: h.actor(), subject: c.ID, ordered: true, act: just(review.Ended{Round: b.Round, Reason: opts.Reason})})
	if err != nil {
		return err
	}
	return h.printReceipt(receipt)
}

func newPanelShowCommand(env *Env) *cobra.Command {
	return &cobra.Command{
		Use: "show CASE", Short: "Show the panel, the recusals and the ballots", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withHome(cmd.Context(), env, func(h *home) error { return runPanelShow(cmd.Context(), h, args[0]) })
		},
	}
}

type panelView struct {
	Case     string           `json:"case"`
	Round    int              `json:"round"`
	Statute  string           `json:"statute"`
	Roster   int              `json:"roster"`
	Recused  []review.Recusal `json:"recused"`
	Seats    []seatLine       `json:"seats"`
	Closed   bool             `json:"closed"`
	Dissents int              `json:"dissents"`
}

type seatLine struct {
	Person record.Subject `json:"person"`
	State  string         `json:"state"`
	Region string         `json:"region"`
	Sector string         `json:"sector"`
	Sealed bool           `json:"sealed"`
	Vote   review.Vote    `json:"vote"`
}

func runPanelShow(ctx context.Context, h *home, id string) error {
	c, b, err := h.bench(ctx, id)
	if err != nil {
		return err
	}
	v := panelView{Case: c.ID.Name(), Round: b.Round, Statute: b.Statute.Name, Roster: len(b.Roster),
		Recused: append([]review.Recusal{}, b.Recusals...), Seats: []seatLine{}, Closed: b.Closed, Dissents: len(b.Dissents)}
	for _, m := range b.Members() {
		_, sealed := b.Sealed[m.ID]
		ballot, _ := b.Ballot(m.ID)
		v.Seats = append(v.Seats, seatLine{m.ID, m.State, m.Region, m.Sector, sealed, ballot.Vote})
	}
	return h.env.print(v, v.text)
}

func (v panelView) text() string {
	rows := [][]string{{"member", "state", "region", "sector", "ballot"}}
	for _, s := range v.Seats {
		ballot := string(s.Vote)
		if ballot == "" && s.Sealed {
			ballot = "sealed"
		}
		rows = append(rows, []string{string(s.Person), s.State, s.Region, s.Sector, ballot})
	}
	var w strings.Builder
	fmt.Fprintf(&w, "round %d under statute %s, %d on the roster\n%s", v.Round, v.Statute, v.Roster, table(rows...))
	for _, r := range v.Recused {
		fmt.Fprintf(&w, "recused: %s, %s\n", r.Person, r.Reason)
	}
	return w.String()
}
