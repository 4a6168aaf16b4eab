package convention

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"solferino/record"
)

// step returns a step at the usual force for it, with the day as "YYYY-MM-DD".
func step(act Step, instrument ID, date string) Adhered {
	forces := stepForces[act]
	return Adhered{Instrument: instrument, Act: act, Date: date, Force: forces[len(forces)-1],
		Reporter: ByState, Source: string(act) + " " + date, Basis: Seen}
}

func qualify(as Qualifier, clause ClauseID, date string) Reserved {
	return Reserved{Instrument: clause.Instrument(), Clause: clause, As: as, Date: date,
		Text: "Not so.", Reporter: ByState, Source: string(as) + " " + date, Basis: Seen}
}

// fold applies the acts in order to a state that knows the sample register.
func fold(t testing.TB, acts ...record.Act) *State {
	t.Helper()
	s := &State{Register: sampleRegister(t)}
	for n, act := range acts {
		if err := s.Apply(said(n+1, act)); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

type waved struct{}

func (waved) Kind() string    { return "test.waved/1" }
func (waved) Validate() error { return nil }

func TestApplyRefuses(t *testing.T) {
	tests := map[string]struct {
		before []record.Act
		act    record.Act
		want   error
	}{
		"instrument nobody knows": {nil, step(Endorse, "magna-carta-1215", "2020-01-01"), ErrUnknownInstrument},
		"accord of companies":     {nil, step(Endorse, "cta-2018", "2020-01-01"), ErrNotAddressed},
		"older than the text":     {nil, step(Endorse, "paris-2018", "2018-11-11"), ErrBeforeInstrument},
		"withdrawal from nothing": {nil, step(Withdraw, "paris-2018", "2020-01-01"), ErrNothingToWithdraw},
		"withdrawal before adherence": {[]record.Act{step(Endorse, "paris-2018", "2020-01-02")},
			step(Withdraw, "paris-2018", "2020-01-01"), ErrNothingToWithdraw},
		"withdrawal from another text": {[]record.Act{step(Endorse, "gge-2015", "2020-01-01")},
			step(Withdraw, "paris-2018", "2020-01-01"), ErrNothingToWithdraw},
		"entry into force alone is no adherence": {[]record.Act{step(EnterIntoForce, "rule-2030", "2030-02-01")},
			step(Withdraw, "rule-2030", "2030-03-01"), ErrNothingToWithdraw},
		"reservation from nothing": {nil, qualify(Reserve, "paris-2018#8", "2020-01-01"), ErrNothingToReserve},
		"reservation before adherence": {[]record.Act{step(Endorse, "paris-2018", "2020-01-02")},
			qualify(Reserve, "paris-2018#8", "2020-01-01"), ErrNothingToReserve},
		"clause nobody knows": {[]record.Act{step(Endorse, "paris-2018", "2020-01-01")},
			qualify(Reserve, "paris-2018#10", "2020-01-01"), ErrUnknownClause},
		"reservation to a text nobody knows": {nil, qualify(Object, "magna-carta-1215#1", "2020-01-01"), ErrUnknownInstrument},
		"objection older than the text":      {nil, qualify(Object, "paris-2018#8", "2017-01-01"), ErrBeforeInstrument},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s, same := fold(t, tt.before...), fold(t, tt.before...)
			same.Register = s.Register
			err := s.Apply(said(9, tt.act))
			if !errors.Is(err, tt.want) {
				t.Errorf("Apply() = %v, want %v", err, tt.want)
			}
			if err != nil && !strings.HasPrefix(err.Error(), "state/CH: ") {
				t.Errorf("%q does not say who", err)
			}
			if diff := cmp.Diff(same, s, cmp.AllowUnexported(State{}, Register{})); diff != "" {
				t.Errorf("a refused act changed the state:\n%s", diff)
			}
		})
	}
}

func TestApplyRefusesOtherSubjectsAndActs(t *testing.T) {
	r := said(1, endorsed())
	r.Subject = "case/2026-001"
	if err := new(State).Apply(r); !errors.Is(err, ErrNotAState) {
		t.Errorf("a case adheres: Apply() = %v, want %v", err, ErrNotAState)
	}
	s := fold(t, endorsed())
	r.Subject = "state/FR"
	if err := s.Apply(r); !errors.Is(err, ErrNotAState) {
		t.Errorf("another state's act: Apply() = %v, want %v", err, ErrNotAState)
	}
	if err := s.Apply(said(2, waved{})); err == nil || !strings.Contains(err.Error(), "test.waved/1") {
		t.Errorf("unknown act: Apply() = %v", err)
	}
}

func TestApplyTakesHistoryBackwards(t *testing.T) {
	s := fold(t,
		step(EnterIntoForce, "rule-2030", "2032-01-01"),
		step(Ratify, "rule-2030", "2031-01-01"),
		step(Sign, "rule-2030", "2030-01-01"),
		qualify(Interpret, "rule-2030#1", "2031-05-01"),
		qualify(Object, "rule-2030#1", "2030-05-01"))
	var days []string
	for _, a := range s.Adherences("rule-2030") {
		days = append(days, a.Act.Date)
	}
	for _, n := range s.Reservations("rule-2030#1") {
		days = append(days, n.Act.Date)
	}
	want := []string{"2030-01-01", "2031-01-01", "2032-01-01", "2030-05-01", "2031-05-01"}
	if diff := cmp.Diff(want, days); diff != "" {
		t.Errorf("by date (-want +got):\n%s", diff)
	}
}

func TestZeroStateKnowsTheBuiltInTexts(t *testing.T) {
	var s State
	if err := s.Apply(said(1, endorsed())); err != nil {
		t.Fatal(err)
	}
	bound := Bound(s.InForce("2020-01-01", nil))
	if len(bound) != 9 || bound[0].Clause.ID != "paris-2018#1" {
		t.Errorf("%d clauses bind, want the nine of the Paris Call", len(bound))
	}
}
