package casebook

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"solferino/attribution"
	"solferino/evidence"
	"solferino/finding"
	"solferino/record"
	"solferino/review"
)

var (
	// ErrOutOfStep means that the act comes too early, too late or twice.
	ErrOutOfStep = errors.New("out of step")
	// ErrUnknownVersion means that the case has no such version of a finding.
	ErrUnknownVersion = errors.New("no such version of the finding")
)

// A Case is one inquiry, folded from its records.
type Case struct {
	ID record.Subject
	Opened
	OpenedAt    time.Time
	Shelf       evidence.Shelf
	Claims      []attribution.Claimed
	Excluded    []attribution.Excluded
	Analyses    []Analysis
	Notices     []Notice
	Benches     []*review.Bench
	Assessments []Assessment
	Findings    []Finding
	Workers     []record.Subject // who handled, examined or analysed evidence, sorted

	changed bool // evidence came in since the last analysis
}

// An Analysis is a computed result with the record that states it.
type Analysis struct {
	attribution.Computed
	Record record.ID
	Actor  record.Subject
}

// A Notice is the question to an accused state, and its reply if there is one.
type Notice struct {
	Notified
	At    time.Time
	Reply *Replied
}

// An Assessment is a clause, assessed, with the binding it had then.
type Assessment struct {
	finding.Assessed
	Binding Binding
}

// A Finding is one issued version.
type Finding struct {
	finding.Issued
	At        time.Time
	Index     int64
	Withdrawn string // reason, or ""
}

// State says what became of the version: issued, superseded or withdrawn.
func (c *Case) State(f Finding) string {
	switch {
	case f.Withdrawn != "":
		return "withdrawn"
	case f.Version < len(c.Findings):
		return "superseded"
	}
	return "issued"
}

// Apply adds e to the case, or leaves the case as it was and says why e is not
// allowed here and now.
func (c *Case) Apply(e Entry, v View) error {
	if act, ok := e.Act.(Opened); ok {
		return c.open(e, act)
	}
	if c.OpenedAt.IsZero() {
		return fmt.Errorf("%s is not open: %w", c.ID, ErrOutOfStep)
	}
	if b := c.under(); b != nil && frozen(e.Act) {
		return fmt.Errorf("%s while round %d of review is under way: %w", e.Act.Kind(), b.Round, ErrOutOfStep)
	}
	switch act := e.Act.(type) {
	case evidence.Received, evidence.Offered, evidence.Accepted, evidence.Derived, evidence.Contradicted:
		return c.evidence(e)
	case attribution.Claimed:
		c.Claims = append(c.Claims, act)
	case attribution.Excluded:
		c.Excluded, c.changed = append(c.Excluded, act), true
		c.worked(e.Actor)
	case attribution.Computed:
		return c.compute(e, act)
	case Notified:
		return c.notify(e, act)
	case Replied:
		return c.reply(act)
	case finding.Assessed:
		return c.assess(act, v)
	case finding.Issued:
		return c.issue(e, act)
	case finding.Withdrawn:
		return c.withdraw(act)
	default:
		return c.review(e, v)
	}
	return nil
}

// under returns the round of review that is under way, or nil.
func (c *Case) under() *review.Bench {
	if n := len(c.Benches); n > 0 && c.Benches[n-1].Under() {
		return c.Benches[n-1]
	}
	return nil
}

// frozen reports whether an act would change what a panel has before it.
func frozen(act record.Act) bool {
	switch act.(type) {
	case evidence.Received, evidence.Derived, evidence.Contradicted, attribution.Claimed, attribution.Excluded, attribution.Computed:
		return true
	}
	return false
}

func (c *Case) open(e Entry, act Opened) error {
	if !c.OpenedAt.IsZero() {
		return fmt.Errorf("%s is open: %w", c.ID, ErrOutOfStep)
	}
	c.Opened, c.OpenedAt = act, e.At
	return nil
}

func (c *Case) evidence(e Entry) error {
	if err := c.Shelf.Apply(e.Record); err != nil {
		return err
	}
	c.worked(e.Actor)
	c.changed = c.changed || frozen(e.Act)
	return nil
}

// worked notes that somebody had a hand in the evidence.
func (c *Case) worked(actor record.Subject) {
	if i, found := slices.BinarySearch(c.Workers, actor); !found {
		c.Workers = slices.Insert(c.Workers, i, actor)
	}
}

func (c *Case) compute(e Entry, act attribution.Computed) error {
	if len(c.Shelf.Exhibits) == 0 {
		return fmt.Errorf("%s has no exhibit to analyse: %w", c.ID, ErrOutOfStep)
	}
	c.Analyses, c.changed = append(c.Analyses, Analysis{act, e.ID, e.Actor}), false
	c.worked(e.Actor)
	return nil
}

// Accused returns the states that claims name, sorted, each once.
func (c *Case) Accused() []string { return attribution.Accused(c.Claims) }

func (c *Case) notify(e Entry, act Notified) error {
	if !slices.Contains(c.Accused(), act.State) {
		return fmt.Errorf("no claim in %s names %s: %w", c.ID, act.State, ErrOutOfStep)
	}
	if c.notice(act.State) != nil {
		return fmt.Errorf("%s was notified: %w", act.State, ErrOutOfStep)
	}
	c.Notices = append(c.Notices, Notice{Notified: act, At: e.At})
	return nil
}

func (c *Case) reply(act Replied) error {
	n := c.notice(act.State)
	if n == nil || n.Reply != nil {
		return fmt.Errorf("reply of %s, which was not asked or has replied: %w", act.State, ErrOutOfStep)
	}
	n.Reply = &act
	return nil
}

func (c *Case) notice(state string) *Notice {
	for i := range c.Notices {
		if c.Notices[i].State == state {
			return &c.Notices[i]
		}
	}
	return nil
}

func (c *Case) issue(e Entry, act finding.Issued) error {
	b, err := c.bench()
	if err != nil {
		return err
	}
	if act.Version != len(c.Findings)+1 {
		return fmt.Errorf("version %d, want %d: %w", act.Version, len(c.Findings)+1, ErrOutOfStep)
	}
	if err := b.Concluded(); err != nil {
		return err
	}
	if err := c.public(); err != nil {
		return err
	}
	if act.Analysis != b.Analysis {
		return fmt.Errorf("finding rests on analysis %s, the panel reviewed %s: %w", act.Analysis, b.Analysis, ErrOutOfStep)
	}
	if want := c.outcome(); act.Outcome != want {
		return fmt.Errorf("outcome %s, the analysis gives %s: %w", act.Outcome, want, ErrOutOfStep)
	}
	if len(c.Accused()) > 0 && !slices.ContainsFunc(c.Assessments, func(a Assessment) bool { return a.Round == b.Round }) {
		return fmt.Errorf("no clause is assessed in round %d: %w", b.Round, ErrOutOfStep)
	}
	c.Findings = append(c.Findings, Finding{Issued: act, At: e.At, Index: e.Index})
	b.Issued = true
	return nil
}

func (c *Case) outcome() finding.Outcome {
	if c.Analyses[len(c.Analyses)-1].Named == "" {
		return finding.Insufficient
	}
	return finding.Attributed
}

func (c *Case) withdraw(act finding.Withdrawn) error {
	if act.Version > len(c.Findings) {
		return fmt.Errorf("version %d of %s: %w", act.Version, c.ID, ErrUnknownVersion)
	}
	f := &c.Findings[act.Version-1]
	if f.Withdrawn != "" {
		return fmt.Errorf("version %d is withdrawn: %w", act.Version, ErrOutOfStep)
	}
	f.Withdrawn = act.Reason
	return nil
}

// Stage says how far the case has come, in one word for lists.
func (c *Case) Stage() string {
	switch {
	case c.under() != nil:
		return "review"
	case len(c.Findings) > 0:
		return "found"
	case len(c.Notices) > 0:
		return "notice"
	case len(c.Analyses) > 0:
		return "analysis"
	case len(c.Shelf.Exhibits) > 0:
		return "collection"
	}
	return "open"
}

// Next says in a few words what the case waits for.
func (c *Case) Next() string {
	b := c.under()
	switch {
	case len(c.Shelf.Exhibits) == 0:
		return "evidence"
	case len(c.Analyses) == 0:
		return "an analysis"
	case c.changed:
		return "a new analysis: evidence came in since the last one"
	case b == nil:
		return c.nextRound()
	case b.Panel == nil:
		return fmt.Sprintf("recusals, and the lot of round %d", b.Round)
	case !b.Closed:
		return fmt.Sprintf("ballots: %d of %d are sealed", len(b.Sealed), len(b.Panel))
	case b.Concluded() != nil:
		return b.Concluded().Error()
	}
	return fmt.Sprintf("clauses and the finding of round %d", b.Round)
}

func (c *Case) nextRound() string {
	for _, state := range c.Accused() {
		if c.notice(state) == nil {
			return "notice to " + state
		}
	}
	if len(c.Findings) > 0 {
		return "nothing; new evidence and a new analysis would begin another round"
	}
	return "the call of a panel"
}
