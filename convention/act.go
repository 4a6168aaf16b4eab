package convention

import (
	"errors"
	"fmt"
	"slices"

	"solferino/record"
)

// A Step is what a state does about an instrument as a whole. Sign, ratify,
// accede and enter into force are meant as in Articles 2, 11 to 18 and 24 of
// the Vienna Convention on the Law of Treaties (1969).
type Step string

// The steps.
const (
	Endorse        Step = "endorse"
	Pledge         Step = "pledge"
	Sign           Step = "sign"
	Ratify         Step = "ratify"
	Accede         Step = "accede"
	EnterIntoForce Step = "enter-into-force" // for this state
	Withdraw       Step = "withdraw"
)

// stepForces lists at which forces a step can be said to bind. No state is
// bound in law by an endorsement; entry into force speaks of law alone; a
// withdrawal binds to nothing.
var stepForces = map[Step][]Force{
	Endorse:        {Voluntary, Political},
	Pledge:         {Voluntary, Political},
	Sign:           {Voluntary, Political, Legal},
	Ratify:         {Political, Legal},
	Accede:         {Political, Legal},
	EnterIntoForce: {Legal},
	Withdraw:       {None},
}

// A Reporter says on whose word an act is in the register.
type Reporter string

const (
	// ByState: the state itself told the institution.
	ByState Reporter = "state"
	// Compiled: the institution gathered it from what is public.
	Compiled Reporter = "compiled"
)

var reporters = []Reporter{ByState, Compiled}

// Adhered says that the state which is the record's subject took a step about
// an instrument. Whether the step binds is not said here; see [State.InForce].
type Adhered struct {
	Instrument ID       `json:"instrument"`
	Act        Step     `json:"act"`
	Date       string   `json:"date"`  // of the step, YYYY-MM-DD
	Force      Force    `json:"force"` // at which the step is said to bind
	Reporter   Reporter `json:"reporter"`
	Source     string   `json:"source"` // where anyone can check it
	Basis      Basis    `json:"basis"`
}

// A Qualifier is what a state does about one clause.
type Qualifier string

const (
	// Reserve: the clause shall not bind this state.
	Reserve Qualifier = "reserve"
	// Object: the state objects to the clause, or to what another state
	// reserved. It stays bound if it was.
	Object Qualifier = "object"
	// Interpret: the state says how it reads the clause, its national position.
	Interpret Qualifier = "interpret"
)

var qualifiers = []Qualifier{Reserve, Object, Interpret}

// Reserved says that the state which is the record's subject reserved, objected
// to or interpreted one clause.
//
// BUG: no kind of act takes a reservation back, or corrects an act that was
// recorded in error; until one does, only withdrawal from the instrument and a
// new adherence end a reservation.
type Reserved struct {
	Instrument ID        `json:"instrument"`
	Clause     ClauseID  `json:"clause"`
	As         Qualifier `json:"kind"`
	Date       string    `json:"date"` // YYYY-MM-DD
	Text       string    `json:"text"` // the state's words, or a translation
	Reporter   Reporter  `json:"reporter"`
	Source     string    `json:"source"`
	Basis      Basis     `json:"basis"`
}

// Acts returns the table of the acts of this package.
func Acts() record.Table {
	return record.Table{
		Adhered{}.Kind():  record.Of[Adhered](),
		Reserved{}.Kind(): record.Of[Reserved](),
	}
}

// Kind returns "convention.adhered/1".
func (Adhered) Kind() string { return "convention.adhered/1" }

// Validate reports whether the step is possible at all.
func (a Adhered) Validate() error {
	forces, ok := stepForces[a.Act]
	return errors.Join(
		fault(!ok, "unknown step %q", a.Act),
		fault(ok && !slices.Contains(forces, a.Force), "%s at force %q, which can be only one of %q", a.Act, a.Force, forces),
		fault(!idForm.MatchString(string(a.Instrument)), "instrument %q is not of the form name-year", a.Instrument),
		validateReport(a.Date, a.Reporter, a.Source, a.Basis))
}

// Kind returns "convention.reserved/1".
func (Reserved) Kind() string { return "convention.reserved/1" }

// Validate reports whether the act is possible at all.
func (a Reserved) Validate() error {
	return errors.Join(
		fault(!slices.Contains(qualifiers, a.As), "unknown qualifier %q", a.As),
		fault(a.Instrument == "" || a.Clause.Instrument() != a.Instrument, "clause %q is not one of instrument %q", a.Clause, a.Instrument),
		fault(blank(a.Text), "%s without a text", a.As),
		validateReport(a.Date, a.Reporter, a.Source, a.Basis))
}

func validateReport(date string, by Reporter, source string, basis Basis) error {
	return errors.Join(
		fault(!isDate(date), "date %q is not a day YYYY-MM-DD", date),
		fault(!slices.Contains(reporters, by), "unknown reporter %q", by),
		fault(blank(source), "no source"),
		fault(!slices.Contains(bases, basis), "unknown basis %q", basis))
}

// String words the step for errors and pages.
func (a Adhered) String() string { return fmt.Sprintf("%s %s on %s", a.Act, a.Instrument, a.Date) }

// String words the act for errors and pages.
func (a Reserved) String() string { return fmt.Sprintf("%s %s on %s", a.As, a.Clause, a.Date) }
