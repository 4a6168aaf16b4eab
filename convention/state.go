package convention

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"solferino/record"
)

// Why an act is not allowed on the record of a state.
var (
	// ErrNotAState means that the subject is no state, or not the one whose
	// acts are being folded.
	ErrNotAState = errors.New("not the record of this state")
	// ErrUnknownInstrument means that the register has no such instrument.
	ErrUnknownInstrument = errors.New("unknown instrument")
	// ErrUnknownClause means that the instrument has no such clause.
	ErrUnknownClause = errors.New("unknown clause")
	// ErrNotAddressed means that the instrument does not speak to states.
	ErrNotAddressed = errors.New("instrument does not address states")
	// ErrBeforeInstrument means that the act is older than the instrument.
	ErrBeforeInstrument = errors.New("act is older than the instrument")
	// ErrNothingToWithdraw means a withdrawal with no adherence up to its day.
	ErrNothingToWithdraw = errors.New("no adherence to withdraw from")
	// ErrNothingToReserve means a reservation with no adherence up to its day.
	ErrNothingToReserve = errors.New("no adherence to reserve from")
)

// A State is what one state did about instruments: the fold of the [Adhered]
// and [Reserved] acts on the subject "state/XX". The zero value is a state that
// did nothing yet. One goroutine at a time may call Apply.
type State struct {
	// Register holds the instruments that acts may name and that InForce
	// answers for; nil stands for [BuiltIn].
	Register *Register

	subject      record.Subject
	adherences   map[ID][]Adherence
	reservations map[ClauseID][]Reservation
}

// An Adherence is an [Adhered] act and the record that says it. The zero value
// stands for none.
type Adherence struct {
	Record record.ID
	Act    Adhered
}

// A Reservation is a [Reserved] act and the record that says it.
type Reservation struct {
	Record record.ID
	Act    Reserved
}

// Apply adds r to what the state did, or leaves it as it was and says why r is
// not allowed here. Acts come in any order of their dates, for history is
// often recorded backwards; only a withdrawal and a reservation must find an
// adherence of the same day or earlier already recorded. An act that was once
// allowed stays allowed when instruments are added to the register. The act is
// taken to be valid by itself, as the door has checked ([record.Record.Validate]).
func (s *State) Apply(r record.Record) error {
	if r.Subject.Noun() != "state" || (s.subject != "" && s.subject != r.Subject) {
		return fmt.Errorf("%s in the record of %q: %w", r.Subject, string(s.subject), ErrNotAState)
	}
	var err error
	switch act := r.Act.(type) {
	case Adhered:
		err = s.adhere(Adherence{r.ID, act})
	case Reserved:
		err = s.reserve(Reservation{r.ID, act})
	default:
		return fmt.Errorf("the adherence of a state knows no act %q", r.Act.Kind())
	}
	if err != nil {
		return fmt.Errorf("%s: %s: %w", r.Subject, r.Act, err)
	}
	s.subject = r.Subject
	return nil
}

func (s *State) adhere(a Adherence) error {
	if err := s.permit(a.Act.Instrument, a.Act.Date); err != nil {
		return err
	}
	if a.Act.Act == Withdraw && !s.adheredBy(a.Act.Instrument, a.Act.Date) {
		return ErrNothingToWithdraw
	}
	if s.adherences == nil {
		s.adherences = map[ID][]Adherence{}
	}
	s.adherences[a.Act.Instrument] = append(s.adherences[a.Act.Instrument], a)
	return nil
}

func (s *State) reserve(n Reservation) error {
	if err := s.permit(n.Act.Instrument, n.Act.Date); err != nil {
		return err
	}
	if _, ok := s.register().Clause(n.Act.Clause); !ok {
		return ErrUnknownClause
	}
	if n.Act.As == Reserve && !s.adheredBy(n.Act.Instrument, n.Act.Date) {
		return ErrNothingToReserve
	}
	if s.reservations == nil {
		s.reservations = map[ClauseID][]Reservation{}
	}
	s.reservations[n.Act.Clause] = append(s.reservations[n.Act.Clause], n)
	return nil
}

// permit reports whether a state can do anything about the instrument on that
// day.
func (s *State) permit(id ID, date string) error {
	i, ok := s.register().Instrument(id)
	if !ok {
		return ErrUnknownInstrument
	}
	if !i.Addresses(States) {
		return ErrNotAddressed
	}
	if date < i.Date {
		return fmt.Errorf("%s is of %s: %w", id, i.Date, ErrBeforeInstrument)
	}
	return nil
}

// adheredBy reports whether the state ever adhered up to and on that day. It
// does not ask for a withdrawal between, so that the order in which acts are
// submitted decides as little as possible.
func (s *State) adheredBy(id ID, date string) bool {
	return slices.ContainsFunc(s.adherences[id], func(a Adherence) bool {
		return a.Act.Act.adheres() && a.Act.Date <= date
	})
}

// adheres reports whether the step takes the state towards the instrument by
// the state's own will.
func (p Step) adheres() bool { return p != Withdraw && p != EnterIntoForce }

// Adherences returns what the state did about an instrument, by date.
func (s *State) Adherences(id ID) []Adherence {
	return slices.SortedFunc(slices.Values(s.adherences[id]), func(a, b Adherence) int {
		return a.report().compare(b.report())
	})
}

// Reservations returns the reservations, objections and interpretations of the
// state on a clause, by date.
func (s *State) Reservations(id ClauseID) []Reservation {
	return slices.SortedFunc(slices.Values(s.reservations[id]), func(a, b Reservation) int {
		return a.report().compare(b.report())
	})
}

// A report is what the acts of this package share and are put in order by.
type report struct {
	date     string
	basis    Basis
	reporter Reporter
	record   record.ID
}

func (a Adherence) report() report {
	return report{a.Act.Date, a.Act.Basis, a.Act.Reporter, a.Record}
}

func (n Reservation) report() report {
	return report{n.Act.Date, n.Act.Basis, n.Act.Reporter, n.Record}
}

// compare puts the older act first, of one day that which was seen, then that
// which the state itself reports, then that of the smaller record id: never
// the one that happened to be recorded first.
func (a report) compare(b report) int {
	return cmp.Or(
		cmp.Compare(a.date, b.date),
		cmp.Compare(slices.Index(bases, a.basis), slices.Index(bases, b.basis)),
		cmp.Compare(slices.Index(reporters, a.reporter), slices.Index(reporters, b.reporter)),
		cmp.Compare(a.record, b.record))
}

func (s *State) register() *Register {
	if s.Register == nil {
		return BuiltIn()
	}
	return s.Register
}
