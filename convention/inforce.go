package convention

import (
	"cmp"
	"slices"
)

// A Binding says how one clause stands towards one state on one date.
type Binding struct {
	Clause   Clause
	Force    Force     // None when the clause does not bind
	Since    string    // day since which it binds at this force or is reserved, or ""
	By       Adherence // the act that binds, or from which the clause is reserved; zero if none
	Reserved bool      // a reservation stands: the clause does not bind
	Source   string    // of the act that decides: the reservation's, else By's
	Mark     string    // "paraphrase", or "paraphrase, unconfirmed" if clause or an act that decides is from memory
}

// Bound reports whether the state was bound. An endorsed proposal keeps the
// force Proposal, to be shown, but binds nobody.
func (b Binding) Bound() bool { return b.Force > Proposal }

// Bound returns the bindings that a finding lists under "bound by", in order.
func Bound(all []Binding) []Binding { return filter(all, true) }

// NotBound returns the rest: what a finding may list under "also contrary to
// (not bound)", in order.
func NotBound(all []Binding) []Binding { return filter(all, false) }

func filter(all []Binding, bound bool) []Binding {
	return slices.DeleteFunc(slices.Clone(all), func(b Binding) bool { return b.Bound() != bound })
}

// InForce returns how every clause of every instrument in reg stood towards the
// state on date (YYYY-MM-DD), in the order of the register; nil if date is not
// a day. A nil reg stands for the register of s; another one answers "what if".
//
// The answer depends on the dates of the acts, never on the order in which they
// were recorded:
//
//   - An act counts from its own day on. A withdrawal spends every act and
//     every reservation of its own day and before.
//   - Endorse, pledge and sign bind at the force which the act names, but never
//     above the instrument's own, and never in law.
//   - Ratify and accede bind at the force which the act names, even above the
//     instrument's own; in law only once the instrument also entered into force
//     for the state, since the later of the two days.
//   - Of several acts the strongest binds, of equals the one that binds longest.
//   - A reservation lifts its clause. Objections and interpretations do not.
//
// Sources: the lattice of forces and the list of acts are those of the
// convention's founding path (voluntary, political, legal); consent, entry into
// force and reservations follow the Vienna Convention on the Law of Treaties
// (1969), Articles 11 to 24, without its rules on objections between states.
func (s *State) InForce(date string, reg *Register) []Binding {
	if !isDate(date) {
		return nil
	}
	if reg == nil {
		reg = s.register()
	}
	var all []Binding
	for _, i := range reg.list {
		t := s.stand(i, date)
		for _, c := range i.Clauses {
			all = append(all, s.binding(c, t))
		}
	}
	return all
}

// A stance is how a state stood towards one instrument as a whole.
type stance struct {
	bond
	from, date string // acts count if from < their day <= date
}

// A bond is what one act binds to.
type bond struct {
	force Force
	since string
	by    Adherence
	basis Basis // Recall if anything that makes the bond is from memory
}

func (s *State) stand(i Instrument, date string) stance {
	t := stance{date: date}
	acts := s.Adherences(i.ID)
	for _, a := range acts {
		if a.Act.Act == Withdraw && a.Act.Date <= date {
			t.from = a.Act.Date
		}
	}
	live := slices.DeleteFunc(acts, func(a Adherence) bool { return !t.counts(a.Act.Date) })
	entry := slices.IndexFunc(live, func(a Adherence) bool { return a.Act.Act == EnterIntoForce })
	for _, a := range live {
		b := bindUnder(a, i.Force)
		if b.force == Legal {
			b = b.enterIntoForce(live, entry)
		}
		if b.before(t.bond) {
			t.bond = b
		}
	}
	return t
}

func (t stance) counts(day string) bool { return t.from < day && day <= t.date }

// bindUnder returns the bond that one act makes about an instrument of force
// own, once the instrument is in force.
func bindUnder(a Adherence, own Force) bond {
	b := bond{since: a.Act.Date, by: a, basis: a.Act.Basis}
	switch a.Act.Act {
	case Endorse, Pledge, Sign:
		b.force = min(a.Act.Force, own)
		if b.force == Legal { // a signature is no consent to be bound in law
			return bond{}
		}
	case Ratify, Accede:
		b.force = a.Act.Force
	}
	return b
}

// enterIntoForce makes a bond in law wait for the first entry into force for
// the state, the live act with this index; there is no bond without one.
func (b bond) enterIntoForce(live []Adherence, entry int) bond {
	if entry < 0 {
		return bond{}
	}
	act := live[entry].Act
	b.since = max(b.since, act.Date)
	if act.Basis != Seen {
		b.basis = Recall
	}
	return b
}

// before reports whether b decides rather than c: the stronger, of equals the
// older, of one day that which is better reported.
func (b bond) before(c bond) bool {
	if b.force != c.force {
		return b.force > c.force
	}
	return b.force != None && cmp.Or(cmp.Compare(b.since, c.since), b.by.report().compare(c.by.report())) < 0
}

func (s *State) binding(c Clause, t stance) Binding {
	b := Binding{Clause: c, Force: t.force, Since: t.since, By: t.by, Source: t.by.Act.Source, Mark: c.Mark()}
	recalled := t.force != None && t.basis != Seen
	for _, n := range s.Reservations(c.ID) {
		if n.Act.As == Reserve && t.counts(n.Act.Date) {
			b.Force, b.Since, b.Reserved, b.Source = None, n.Act.Date, true, n.Act.Source
			recalled = recalled || n.Act.Basis != Seen
			break
		}
	}
	if recalled {
		b.Mark = Recall.Mark()
	}
	return b
}
