package casebook

import (
	"errors"
	"fmt"

	"solferino/attribution"
	"solferino/convention"
	"solferino/finding"
	"solferino/party"
	"solferino/record"
	"solferino/review"
)

var (
	// ErrStale means that a subject moved on since the actor looked at it.
	ErrStale = errors.New("stale")
	// ErrReplayed means that a record stands in its subject already.
	ErrReplayed = errors.New("already on record")
	// ErrBrokenChain means that an envelope does not follow the one before it.
	ErrBrokenChain = errors.New("the chain of the subject is broken")
)

// A Book answers, for one record, whether it is admitted at its place of the
// log: signature and mandate of the actor, the chain of its subject, the
// currency of what it relies on, and the rules of its room. One goroutine at a
// time may use a Book.
type Book struct {
	// Institution is the subject of the institution that keeps the log.
	Institution record.Subject
	// Chain returns the openings of a subject in the order of its envelopes,
	// from the given position on. It is trusted in nothing but completeness.
	Chain func(s record.Subject, from int) ([]record.Opening, error)
	// Live says that nothing is added to any chain but through Check, so that
	// a chain once read need not be read again.
	Live bool

	cache map[record.Subject]*Folded
}

// A Folded is the state of one subject with its place in its chain.
type Folded struct {
	Fold Fold
	Head record.Digest // leaf of the last envelope; "" before the first
	Len  int           // records folded
	Last int64         // index of the last; -1 before the first

	seen map[record.ID]bool
	read bool // the chain was read to its end
}

// Case returns the state as a case, or nil.
func (f *Folded) Case() *Case {
	c, _ := f.Fold.(*Case)
	return c
}

// Now returns the state of a subject with everything that is on record.
func (b *Book) Now(s record.Subject) (*Folded, error) { return b.Before(s, 1<<62) }

// Before returns the state of a subject as it was before the entry with that
// index.
func (b *Book) Before(s record.Subject, index int64) (*Folded, error) {
	f, ok := b.cache[s]
	if !ok {
		fold, err := begin(s)
		if err != nil {
			return nil, err
		}
		f = &Folded{Fold: fold, Last: -1}
		if b.cache == nil {
			b.cache = map[record.Subject]*Folded{}
		}
		b.cache[s] = f
	} else if b.Live && f.read && f.Last < index {
		return f, nil
	}
	if f.Last >= index { // the past: fold it afresh, beside the cache
		past := &Book{Institution: b.Institution, Chain: b.Chain}
		return past.Before(s, index)
	}
	return f, b.extend(s, f, index)
}

// extend folds what the chain of s holds beyond f, up to the index.
func (b *Book) extend(s record.Subject, f *Folded, index int64) error {
	openings, err := b.Chain(s, f.Len)
	if err != nil {
		return fmt.Errorf("read the chain of %s: %w", s, err)
	}
	for _, o := range openings {
		if o.Index >= index {
			return nil
		}
		said, err := Read(o.Record, o.Signature)
		if err != nil {
			return fmt.Errorf("entry %d: %w", o.Index, err)
		}
		if _, err := b.admit(said, o, f); err != nil {
			return fmt.Errorf("entry %d: %w", o.Index, err)
		}
	}
	f.read = true
	return nil
}

// Check admits one opening at its index, or says why not. What it relies on
// must be in the chains already. After an error nothing has changed.
func (b *Book) Check(o record.Opening) (Entry, *Folded, error) {
	said, err := Read(o.Record, o.Signature)
	if err != nil {
		return Entry{}, nil, err
	}
	return b.Admit(said, o)
}

// Admit is [Book.Check] for an opening whose record was read already.
func (b *Book) Admit(said Said, o record.Opening) (Entry, *Folded, error) {
	f, err := b.Before(said.Subject, o.Index)
	if err != nil {
		return Entry{}, nil, err
	}
	e, err := b.admit(said, o, f)
	return e, f, err
}

func (b *Book) admit(said Said, o record.Opening, f *Folded) (Entry, error) {
	e := Entry{Record: said.Record, Index: o.Index, Leaf: o.Leaf()}
	if err := follows(o, e, f); err != nil {
		return Entry{}, err
	}
	if err := b.mandated(said, e); err != nil {
		return Entry{}, err
	}
	view, err := b.view(e)
	if err != nil {
		return Entry{}, err
	}
	if err := f.Fold.Apply(e, view); err != nil {
		return Entry{}, fmt.Errorf("%s by %s: %w", e.Act.Kind(), e.Actor, err)
	}
	f.Head, f.Len, f.Last = e.Leaf, f.Len+1, e.Index
	if f.seen == nil {
		f.seen = make(map[record.ID]bool)
	}
	f.seen[e.ID] = true
	return e, nil
}

// follows reports whether the envelope and the record stand where they claim.
func follows(o record.Opening, e Entry, f *Folded) error {
	env, err := o.DecodeEnvelope()
	if err != nil {
		return err
	}
	if env.Subject != e.Subject || env.Position != f.Len || env.Prev != f.Head {
		return fmt.Errorf("envelope says %s position %d after %q, want %s position %d after %q: %w", env.Subject,
			env.Position, env.Prev.Short(), e.Subject, f.Len, f.Head.Short(), ErrBrokenChain)
	}
	if f.seen[e.ID] {
		return fmt.Errorf("record %s of %s: %w", e.ID, e.Subject, ErrReplayed)
	}
	if ordered(e.Act) && e.Expect == "" {
		return fmt.Errorf("%s depends on order and must name the head it expects: %w", e.Act.Kind(), record.ErrMalformed)
	}
	if e.Expect != "" && e.Expect != f.Head {
		return fmt.Errorf("%s expected head %s, it is %s: %w", e.Subject, e.Expect.Short(), f.Head.Short(), ErrStale)
	}
	return nil
}

// ordered reports whether the meaning of an act depends on what came before it
// in its subject, so that the actor must have seen it.
func ordered(act record.Act) bool {
	switch act.(type) {
	case attribution.Computed, review.Called, review.Closed, review.Ended, finding.Assessed, finding.Issued:
		return true
	}
	return false
}

// mandated checks that the key is the actor's at this place of the log, and
// whether the actor may do this at all.
func (b *Book) mandated(said Said, e Entry) error {
	n, p, err := b.who(e)
	if err != nil {
		return err
	}
	if act, ok := e.Act.(party.Founded); ok && n.ID == "" && e.Subject == b.Institution {
		n = &party.Institution{ID: e.Subject, Founder: e.Actor, Founded: act}
	} else if n.ID == "" {
		return fmt.Errorf("%s before the institution was founded: %w", e.Act.Kind(), ErrOutOfStep)
	}
	if err := party.Holds(n, p, e.Actor, said.Key); err != nil {
		return err
	}
	if _, founding := e.Act.(party.Founded); (founding && e.Subject == b.Institution) || ownRevocation(e) {
		return nil
	}
	if err := n.Permit(e.Act.Kind(), party.RolesOf(n, p, e.Actor)); err != nil {
		return fmt.Errorf("%s: %w", e.Actor, err)
	}
	return nil
}

// ownRevocation reports whether somebody ends a key of their own, which needs
// nobody's leave.
func ownRevocation(e Entry) bool {
	_, ok := e.Act.(party.KeyRevoked)
	return ok && e.Actor == e.Subject
}

func (b *Book) who(e Entry) (*party.Institution, *party.Person, error) {
	n, err := b.Before(b.Institution, e.Index)
	if err != nil {
		return nil, nil, err
	}
	institution := n.Fold.(alone[*party.Institution]).state
	if e.Actor.Noun() != "person" {
		return institution, nil, nil
	}
	f, err := b.Before(e.Actor, e.Index)
	if err != nil {
		return nil, nil, err
	}
	return institution, f.Fold.(alone[*party.Person]).state, nil
}

// view returns the cited subjects as they are before the entry; each must
// stand where the actor saw it.
func (b *Book) view(e Entry) (View, error) {
	v := View{}
	for _, c := range e.Cites {
		if noun := c.Subject.Noun(); noun == "case" || noun == "publication" {
			return nil, fmt.Errorf("%s cites %s, on which no act relies and which would be published with it: %w", e.Act.Kind(), c.Subject, record.ErrMalformed)
		}
		f, err := b.Before(c.Subject, e.Index)
		if err != nil {
			return nil, err
		}
		if f.Head != c.Head {
			return nil, fmt.Errorf("%s is cited at %s, it stands at %s: %w", c.Subject, c.Head.Short(), f.Head.Short(), ErrStale)
		}
		v[c.Subject] = f.Fold
	}
	return v, b.addUnspoken(e, v)
}

// addUnspoken adds the empty state that a record relies on: one of which
// nothing is on record cannot be cited.
func (b *Book) addUnspoken(e Entry, v View) error {
	act, ok := e.Act.(finding.Assessed)
	if !ok {
		return nil
	}
	s := record.Subject("state/" + act.State)
	if err := s.Validate(); err != nil || v[s] != nil {
		return err
	}
	f, err := b.Before(s, e.Index)
	if err != nil {
		return err
	}
	if f.Len == 0 {
		v[s] = f.Fold
	}
	return nil
}

// Institution returns the institution as folded, from a state that [Book.Now]
// gave for its subject.
func (f *Folded) Institution() *party.Institution {
	a, _ := f.Fold.(alone[*party.Institution])
	return a.state
}

// Person returns the person as folded, or nil.
func (f *Folded) Person() *party.Person {
	a, _ := f.Fold.(alone[*party.Person])
	return a.state
}

// State returns what a state did about instruments, or nil.
func (f *Folded) State() *convention.State {
	a, _ := f.Fold.(alone[*convention.State])
	return a.state
}
