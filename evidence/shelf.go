package evidence

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"solferino/record"
)

var (
	// ErrBrokenCustody means that an exhibit is not in the hands of who acts.
	ErrBrokenCustody = errors.New("custody is broken")
	// ErrUnknownExhibit means that the case holds no such exhibit.
	ErrUnknownExhibit = errors.New("no such exhibit in this case")
	// ErrTwice means that the same thing is said a second time.
	ErrTwice = errors.New("already on record")
	// ErrNoConsent means that the provider did not allow this use.
	ErrNoConsent = errors.New("the provider did not consent to this use")
)

// An Exhibit is one piece of evidence, folded from the acts on it.
type Exhibit struct {
	Received
	At           time.Time      // of its receipt
	Holder       record.Subject // answers for it now
	InTransitTo  record.Subject // "" unless offered and not yet accepted
	Hands        []record.Subject
	Derived      []Derived
	Contradicted []Contradicted
}

// A Shelf holds the exhibits of one case. Its zero value is empty.
type Shelf struct {
	Exhibits []*Exhibit // in the order of their receipt
	byID     map[string]*Exhibit
}

// Exhibit returns the exhibit with that id.
func (s *Shelf) Exhibit(id string) (*Exhibit, error) {
	if x, ok := s.byID[id]; ok {
		return x, nil
	}
	return nil, fmt.Errorf("%s: %w", id, ErrUnknownExhibit)
}

// Apply adds an act of this package, or leaves the shelf as it was and says why
// the act is not allowed here and now.
func (s *Shelf) Apply(r record.Record) error {
	actor := r.Actor
	switch act := r.Act.(type) {
	case Received:
		return s.receive(r, act)
	case Offered:
		return s.offer(actor, act)
	case Accepted:
		return s.accept(actor, act)
	case Derived:
		return s.derive(actor, act)
	case Contradicted:
		return s.contradict(act)
	}
	return fmt.Errorf("a shelf knows no act %q", r.Act.Kind())
}

func (s *Shelf) receive(r record.Record, act Received) error {
	if _, dup := s.byID[act.Exhibit]; dup {
		return fmt.Errorf("exhibit %s: %w", act.Exhibit, ErrTwice)
	}
	if s.byID == nil {
		s.byID = make(map[string]*Exhibit)
	}
	x := &Exhibit{Received: act, At: r.At, Holder: r.Actor, Hands: []record.Subject{r.Actor}}
	s.byID[act.Exhibit] = x
	s.Exhibits = append(s.Exhibits, x)
	return nil
}

func (s *Shelf) offer(actor record.Subject, act Offered) error {
	x, err := s.Exhibit(act.Exhibit)
	if err != nil {
		return err
	}
	if x.Holder != actor { // a later offer of the holder replaces one not accepted
		return fmt.Errorf("%s offers %s, held by %s: %w", actor, act.Exhibit, x.where(), ErrBrokenCustody)
	}
	if act.To == actor {
		return fmt.Errorf("%s offers %s to nobody else: %w", actor, act.Exhibit, ErrBrokenCustody)
	}
	x.InTransitTo = act.To
	return nil
}

func (s *Shelf) accept(actor record.Subject, act Accepted) error {
	x, err := s.Exhibit(act.Exhibit)
	if err != nil {
		return err
	}
	if x.InTransitTo != actor {
		return fmt.Errorf("%s accepts %s, which was not offered to them: %w", actor, act.Exhibit, ErrBrokenCustody)
	}
	x.Holder, x.InTransitTo = actor, ""
	x.Hands = append(x.Hands, actor)
	return nil
}

func (s *Shelf) derive(actor record.Subject, act Derived) error {
	x, err := s.held(act.Exhibit, actor, "examines")
	if err != nil {
		return err
	}
	if !slices.Contains(x.Consent, ForAnalysis) {
		return fmt.Errorf("%s examines %s: %w", actor, act.Exhibit, ErrNoConsent)
	}
	x.Derived = append(x.Derived, act)
	return nil
}

func (s *Shelf) contradict(act Contradicted) error {
	x, err := s.Exhibit(act.Exhibit)
	if err != nil {
		return err
	}
	if _, err := s.Exhibit(act.By); err != nil {
		return err
	}
	if len(x.Derived) == 0 {
		return fmt.Errorf("nothing was derived from %s: %w", act.Exhibit, ErrUnknownExhibit)
	}
	for _, c := range x.Contradicted {
		if c.Observation == act.Observation {
			return fmt.Errorf("%s of %s is contradicted: %w", act.Observation, act.Exhibit, ErrTwice)
		}
	}
	x.Contradicted = append(x.Contradicted, act)
	return nil
}

// held returns the exhibit if it rests in the hands of actor.
func (s *Shelf) held(id string, actor record.Subject, verb string) (*Exhibit, error) {
	x, err := s.Exhibit(id)
	if err != nil {
		return nil, err
	}
	if x.Holder != actor || x.InTransitTo != "" {
		return nil, fmt.Errorf("%s %s %s, held by %s: %w", actor, verb, id, x.where(), ErrBrokenCustody)
	}
	return x, nil
}

func (x *Exhibit) where() string {
	if x.InTransitTo != "" {
		return fmt.Sprintf("%s, in transit to %s", x.Holder, x.InTransitTo)
	}
	return string(x.Holder)
}
