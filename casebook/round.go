package casebook

import (
	"fmt"
	"slices"
	"time"

	"solferino/convention"
	"solferino/finding"
	"solferino/party"
	"solferino/proof"
	"solferino/record"
	"solferino/review"
)

// A Binding is how a clause stood towards a state on a date.
type Binding struct {
	Force convention.Force
	Since string
	By    string // the act, with its source and mark
}

// review applies the acts of a round of review.
func (c *Case) review(e Entry, v View) error {
	if act, ok := e.Act.(review.Called); ok {
		return c.call(e, act, v)
	}
	b, err := c.bench()
	if err != nil {
		return err
	}
	if want := b.Round; roundOf(e.Act) != want {
		return fmt.Errorf("%s for round %d, this is round %d: %w", e.Act.Kind(), roundOf(e.Act), want, ErrOutOfStep)
	}
	switch act := e.Act.(type) {
	case review.Recused:
		return b.Recuse(e.Actor, act)
	case review.Seated:
		return c.seat(b, act, v)
	case review.Sealed:
		return b.Seal(e.Actor, act)
	case review.Closed:
		return b.Close()
	case review.Ended:
		return b.End(act)
	case review.Opened:
		return b.Open(c.ID, e.Actor, act)
	case review.Dissented:
		return b.Dissent(e.Actor, act)
	}
	return fmt.Errorf("a case knows no act %q", e.Act.Kind())
}

func roundOf(act record.Act) int {
	switch act := act.(type) {
	case review.Recused:
		return act.Round
	case review.Seated:
		return act.Round
	case review.Sealed:
		return act.Round
	case review.Closed:
		return act.Round
	case review.Ended:
		return act.Round
	case review.Opened:
		return act.Ballot.Round
	case review.Dissented:
		return act.Round
	}
	return 0
}

// bench returns the round under way.
func (c *Case) bench() (*review.Bench, error) {
	if b := c.under(); b != nil {
		return b, nil
	}
	return nil, fmt.Errorf("no round of review is under way in %s: %w", c.ID, ErrOutOfStep)
}

func (c *Case) call(e Entry, act review.Called, v View) error {
	if act.Round != len(c.Benches)+1 || c.under() != nil {
		return fmt.Errorf("call of round %d after %d rounds: %w", act.Round, len(c.Benches), ErrOutOfStep)
	}
	if c.changed {
		return fmt.Errorf("evidence came in since the last analysis of %s: %w", c.ID, ErrOutOfStep)
	}
	if n := len(c.Analyses); n == 0 || c.Analyses[n-1].Record != act.Analysis {
		return fmt.Errorf("analysis %s is not the last one of %s: %w", act.Analysis, c.ID, ErrOutOfStep)
	}
	book, err := cited[*review.Book](v, review.Subject)
	if err != nil {
		return err
	}
	statute, ok := book.Current()
	if !ok {
		return fmt.Errorf("statute: %w", ErrNotCited)
	}
	if err := c.heard(e.At, statute); err != nil {
		return err
	}
	people := make([]*party.Person, len(act.Roster))
	for i, id := range act.Roster {
		if people[i], err = cited[*party.Person](v, id); err != nil {
			return err
		}
	}
	b, err := review.Call(act, e.Index, statute, people, c.Ties())
	if err != nil {
		return err
	}
	c.Benches = append(c.Benches, b)
	return nil
}

// heard reports whether every accused state was asked long enough ago, or has
// replied.
func (c *Case) heard(now time.Time, s review.Statute) error {
	for _, state := range c.Accused() {
		n := c.notice(state)
		if n == nil {
			return fmt.Errorf("%s is accused by claims and was not asked: %w", state, ErrOutOfStep)
		}
		due := n.At.Add(time.Duration(s.NoticeHours) * time.Hour)
		if n.Reply == nil && now.Before(due) {
			return fmt.Errorf("%s may reply until %s: %w", state, due.Format(time.RFC3339), ErrOutOfStep)
		}
	}
	return nil
}

// Ties returns what recuses people from judging this case.
func (c *Case) Ties() review.Ties {
	t := review.Ties{
		States: append(slices.Clone(c.Victims), c.Accused()...),
		Labels: slices.Clone(c.Parties),
		People: slices.Clone(c.Workers),
	}
	for _, x := range c.Shelf.Exhibits {
		switch x.Supplier.Noun() {
		case "person":
			t.People = append(t.People, x.Supplier)
		default:
			t.Labels = append(t.Labels, x.Supplier.Name())
		}
	}
	return t
}

func (c *Case) seat(b *review.Bench, act review.Seated, v View) error {
	n, err := one[*party.Institution](v, "institution")
	if err != nil {
		return err
	}
	policy, err := proof.ParsePolicy([]byte(n.Policy))
	if err != nil {
		return err
	}
	cp, _, err := proof.ParseCheckpoint([]byte(act.Checkpoint), policy)
	if err != nil {
		return fmt.Errorf("checkpoint of the lot: %w", err)
	}
	return b.Seat(c.ID, act, cp.Size, cp.Root)
}

// assess takes the assessment of a clause, once the panel has concluded, and
// notes with which force the clause bound the state on the day.
func (c *Case) assess(act finding.Assessed, v View) error {
	b, err := c.bench()
	if err != nil {
		return err
	}
	if act.Round != b.Round {
		return fmt.Errorf("clause assessed for round %d: %w", act.Round, ErrOutOfStep)
	}
	if err := b.Concluded(); err != nil {
		return err
	}
	if act.Date != c.Date {
		return fmt.Errorf("clause assessed for %s, the incident was on %s: %w", act.Date, c.Date, ErrOutOfStep)
	}
	if !slices.Contains(c.Accused(), act.State) {
		return fmt.Errorf("no claim in %s names %s: %w", c.ID, act.State, ErrOutOfStep)
	}
	for _, a := range c.Assessments {
		if a.Round == act.Round && a.Clause == act.Clause && a.State == act.State {
			return fmt.Errorf("clause %s is assessed: %w", act.Clause, ErrOutOfStep)
		}
	}
	state, err := cited[*convention.State](v, record.Subject("state/"+act.State))
	if err != nil {
		return err
	}
	binding, err := bindingOf(state, act)
	if err != nil {
		return err
	}
	c.Assessments = append(c.Assessments, Assessment{act, binding})
	return nil
}

func bindingOf(state *convention.State, act finding.Assessed) (Binding, error) {
	for _, b := range state.InForce(act.Date, nil) {
		if string(b.Clause.ID) != act.Clause {
			continue
		}
		out := Binding{Force: b.Force, Since: b.Since}
		if b.Bound() {
			out.By = fmt.Sprintf("%s (%s; %s)", b.By.Act, b.Source, b.Mark)
		}
		return out, nil
	}
	return Binding{}, fmt.Errorf("clause %q: %w", act.Clause, convention.ErrUnknownClause)
}
