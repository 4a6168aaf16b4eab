package review

import (
	"errors"
	"fmt"
	"slices"

	"solferino/party"
	"solferino/record"
)

var (
	// ErrOutOfStep means that the act comes too early, too late or twice.
	ErrOutOfStep = errors.New("out of step")
	// ErrNotSeated means that the actor is not a member of the panel.
	ErrNotSeated = errors.New("not a member of this panel")
	// ErrRecused means that the person may not take part.
	ErrRecused = errors.New("recused")
	// ErrWrongLot means that the panel is not the one the lot gives.
	ErrWrongLot = errors.New("not the panel that the lot gives")
	// ErrSpoilt means that a ballot is not the one that was sealed.
	ErrSpoilt = errors.New("not the ballot that was sealed")
	// ErrRoster means that the roster does not span what the statute asks for.
	ErrRoster = errors.New("the roster does not meet the statute")
)

// A Bench is one round of review in one case: from the call to the last
// opinion.
type Bench struct {
	Called
	CalledAt int64 // index of the call in the log
	Statute  Statute
	Recusals []Recusal
	Panel    []record.Subject // nil until seated
	Seating  Seated
	Closed   bool
	Ended    string // why the round was given up, or ""
	Issued   bool   // a finding rests on it
	Sealed   map[record.Subject]record.Digest
	Ballots  []Ballot // in the order of opening
	Dissents []Dissenting

	// SeededBy is the size of the checkpoint that seeded the lot.
	SeededBy int64

	roster []*party.Person
	free   []*party.Person
}

// A Dissenting is a signed opinion with its author.
type Dissenting struct {
	Member  record.Subject
	Opinion record.Attachment
}

// Call opens a round. People are the roster, folded, in the order of the act.
func Call(act Called, index int64, s Statute, people []*party.Person, ties Ties) (*Bench, error) {
	regions := map[string]bool{}
	for _, p := range people {
		if !p.Has(party.Reviewer) {
			return nil, fmt.Errorf("%s is no reviewer: %w", p.ID, ErrRoster)
		}
		regions[p.Region] = true
	}
	if len(regions) < s.MinRoster {
		return nil, fmt.Errorf("%d regions, want %d: %w", len(regions), s.MinRoster, ErrRoster)
	}
	b := &Bench{Called: act, CalledAt: index, Statute: s, Sealed: map[record.Subject]record.Digest{}, roster: people}
	b.free, b.Recusals = Eligible(people, ties)
	return b, nil
}

// Recuse takes the actor out of the lot.
func (b *Bench) Recuse(actor record.Subject, act Recused) error {
	if b.Panel != nil {
		return fmt.Errorf("%s recuses themself after the panel was seated: %w", actor, ErrOutOfStep)
	}
	i := slices.IndexFunc(b.free, func(p *party.Person) bool { return p.ID == actor })
	if i < 0 {
		return fmt.Errorf("%s is not in this lot: %w", actor, ErrOutOfStep)
	}
	b.free = slices.Delete(slices.Clone(b.free), i, i+1)
	b.Recusals = append(b.Recusals, Recusal{actor, act.Reason, false})
	return nil
}

// Lot draws the panel for a checkpoint of the given size and root.
func (b *Bench) Lot(subject record.Subject, size int64, root [32]byte) ([]record.Subject, error) {
	if b.Panel != nil {
		return nil, fmt.Errorf("round %d has its panel: %w", b.Round, ErrOutOfStep)
	}
	if size <= b.CalledAt {
		return nil, fmt.Errorf("checkpoint of size %d is older than the call at index %d: %w", size, b.CalledAt, ErrOutOfStep)
	}
	return Draw(b.Statute, b.free, Seed(subject, b.Round, root))
}

// Seat seats the panel, if it is the one that the lot gives.
func (b *Bench) Seat(subject record.Subject, act Seated, size int64, root [32]byte) error {
	panel, err := b.Lot(subject, size, root)
	if err != nil {
		return err
	}
	if !slices.Equal(panel, act.Panel) {
		return fmt.Errorf("%v, the lot gives %v: %w", act.Panel, panel, ErrWrongLot)
	}
	b.Panel, b.Seating, b.SeededBy = panel, act, size
	return nil
}

// Seal takes a member's sealed ballot.
func (b *Bench) Seal(actor record.Subject, act Sealed) error {
	if err := b.member(actor); err != nil {
		return err
	}
	if b.Closed {
		return fmt.Errorf("%s seals a ballot after the close: %w", actor, ErrOutOfStep)
	}
	for member, c := range b.Sealed {
		if member != actor && c == act.Commit {
			return fmt.Errorf("%s seals the ballot of %s: %w", actor, member, ErrSpoilt)
		}
	}
	b.Sealed[actor] = act.Commit
	return nil
}

// Under reports whether the round is under way: neither ended nor issued.
func (b *Bench) Under() bool { return b.Ended == "" && !b.Issued }

// End gives the round up.
func (b *Bench) End(act Ended) error {
	if !b.Under() {
		return fmt.Errorf("end of round %d: %w", b.Round, ErrOutOfStep)
	}
	if b.Concluded() == nil {
		return fmt.Errorf("round %d can conclude, so it cannot be given up: %w", b.Round, ErrOutOfStep)
	}
	b.Ended = act.Reason
	return nil
}

// Close ends the sealing once the quorum has sealed.
func (b *Bench) Close() error {
	if b.Panel == nil || b.Closed {
		return fmt.Errorf("close of round %d: %w", b.Round, ErrOutOfStep)
	}
	if len(b.Sealed) < b.Statute.Quorum {
		return fmt.Errorf("%d ballots sealed, the quorum is %d: %w", len(b.Sealed), b.Statute.Quorum, ErrOutOfStep)
	}
	b.Closed = true
	return nil
}

// Open shows a ballot, if it is the one that the actor sealed.
func (b *Bench) Open(subject, actor record.Subject, act Opened) error {
	if err := b.member(actor); err != nil {
		return err
	}
	if !b.Closed {
		return fmt.Errorf("%s opens a ballot before the close: %w", actor, ErrOutOfStep)
	}
	if _, opened := b.Ballot(actor); opened {
		return fmt.Errorf("%s opens a ballot twice: %w", actor, ErrOutOfStep)
	}
	v := act.Ballot
	if v.Case != subject || v.Round != b.Round || v.Analysis != b.Analysis || v.Member != actor {
		return fmt.Errorf("ballot of %s is for another question: %w", actor, ErrSpoilt)
	}
	commit, err := v.Seal(act.Salt.Bytes())
	if err != nil {
		return err
	}
	if !commit.Equal(b.Sealed[actor]) {
		return fmt.Errorf("%s: %w", actor, ErrSpoilt)
	}
	b.Ballots = append(b.Ballots, v)
	return nil
}

// Dissent takes a member's opinion against the majority.
func (b *Bench) Dissent(actor record.Subject, act Dissented) error {
	v, opened := b.Ballot(actor)
	if !opened || v.Vote != Dissent {
		return fmt.Errorf("%s gives a dissent without a dissenting ballot: %w", actor, ErrOutOfStep)
	}
	for _, d := range b.Dissents {
		if d.Member == actor {
			return fmt.Errorf("%s dissents twice: %w", actor, ErrOutOfStep)
		}
	}
	b.Dissents = append(b.Dissents, Dissenting{actor, act.Opinion})
	return nil
}

// Count returns how many opened ballots carry each vote.
func (b *Bench) Count() (concur, dissent, abstain int) {
	for _, v := range b.Ballots {
		switch v.Vote {
		case Concur:
			concur++
		case Dissent:
			dissent++
		case Abstain:
			abstain++
		}
	}
	return concur, dissent, abstain
}

// Concluded reports whether a finding may rest on this round, or what is
// missing: every sealed ballot is opened, the quorum and the majority are met,
// and every dissenting ballot has its opinion.
func (b *Bench) Concluded() error {
	if !b.Closed {
		return fmt.Errorf("round %d is not closed: %w", b.Round, ErrOutOfStep)
	}
	if len(b.Ballots) < len(b.Sealed) || len(b.Ballots) < b.Statute.Quorum {
		return fmt.Errorf("%d of %d ballots are opened, the quorum is %d: %w", len(b.Ballots), len(b.Sealed), b.Statute.Quorum, ErrOutOfStep)
	}
	concur, dissent, _ := b.Count()
	if concur < b.Statute.Majority {
		return fmt.Errorf("%d concur, the statute asks for %d: %w", concur, b.Statute.Majority, ErrOutOfStep)
	}
	if dissent > len(b.Dissents) {
		return fmt.Errorf("%d dissent, %d opinions are on record: %w", dissent, len(b.Dissents), ErrOutOfStep)
	}
	return nil
}

// Members returns the seated people, sorted by id.
func (b *Bench) Members() []*party.Person {
	var out []*party.Person
	for _, p := range b.roster {
		if slices.Contains(b.Panel, p.ID) {
			out = append(out, p)
		}
	}
	return out
}

// Ballot returns the opened ballot of a member, if there is one.
func (b *Bench) Ballot(member record.Subject) (Ballot, bool) {
	for _, v := range b.Ballots {
		if v.Member == member {
			return v, true
		}
	}
	return Ballot{}, false
}

func (b *Bench) member(actor record.Subject) error {
	for _, r := range b.Recusals {
		if r.Person == actor {
			return fmt.Errorf("%s: %w", actor, ErrRecused)
		}
	}
	if !slices.Contains(b.Panel, actor) {
		return fmt.Errorf("%s: %w", actor, ErrNotSeated)
	}
	return nil
}
