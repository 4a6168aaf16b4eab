package convention

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"solferino/record"
)

// The histories play on eight days with texts of every force, so that acts
// meet on one day often.
var (
	days  = []string{"2029-12-31", "2030-01-01", "2030-01-02", "2030-01-03", "2030-01-04", "2030-01-05", "2030-01-06", "2030-01-07"}
	stage = []ID{"dgc-2017", "gge-2015", "paris-2018", "rule-2030"}
)

func drawAct(t *rapid.T) record.Act {
	instrument := rapid.SampledFrom(stage).Draw(t, "instrument")
	date := rapid.SampledFrom(days).Draw(t, "date")
	reporter := rapid.SampledFrom(reporters).Draw(t, "reporter")
	basis := rapid.SampledFrom(bases).Draw(t, "basis")
	source := rapid.StringMatching(`[a-c]`).Draw(t, "source")
	if rapid.IntRange(0, 3).Draw(t, "reserve") == 0 {
		clause := ClauseID(string(instrument) + "#" + rapid.SampledFrom([]string{"1", "2", "13a", "13f"}).Draw(t, "label"))
		return Reserved{instrument, clause, rapid.SampledFrom(qualifiers).Draw(t, "as"), date, "Not so.", reporter, source, basis}
	}
	steps := []Step{Endorse, Pledge, Sign, Ratify, Accede, EnterIntoForce, EnterIntoForce, Withdraw}
	act := rapid.SampledFrom(steps).Draw(t, "step")
	force := rapid.SampledFrom(stepForces[act]).Draw(t, "force")
	return Adhered{instrument, act, date, force, reporter, source, basis}
}

// drawHistory returns records of one state that were all admitted, in the
// order of their admission.
func drawHistory(t *rapid.T, reg *Register) []record.Record {
	s := &State{Register: reg}
	var admitted []record.Record
	for n, act := range rapid.SliceOfN(rapid.Custom(drawAct), 0, 24).Draw(t, "acts") {
		r := said(n+1, act)
		if err := act.Validate(); err != nil {
			t.Fatalf("drew an impossible act: %v", err)
		}
		if s.Apply(r) == nil {
			admitted = append(admitted, r)
		}
	}
	return admitted
}

// foldAll applies the records in their order and those that are refused again
// until none is left; withdrawals wait so for their adherence.
func foldAll(t interface{ Fatal(...any) }, reg *Register, todo []record.Record) *State {
	s := &State{Register: reg}
	for len(todo) > 0 {
		var refused []record.Record
		for _, r := range todo {
			if s.Apply(r) != nil {
				refused = append(refused, r)
			}
		}
		if len(refused) == len(todo) {
			t.Fatal("no order admits ", refused[0].Act)
		}
		todo = refused
	}
	return s
}

// A diary is the naive recomputation: it lives through the days, one by one,
// and keeps for one instrument what a clerk would keep on a sheet of paper.
type diary struct {
	own      Force
	consents []record.Record // adherences since the last withdrawal
	entered  *Adhered
	reserved map[ClauseID]record.Record
}

func (d *diary) live(r record.Record) {
	switch act := r.Act.(type) {
	case Adhered:
		if act.Act == EnterIntoForce {
			if d.entered == nil {
				d.entered = &act
			}
			return
		}
		d.consents = append(d.consents, r)
	case Reserved:
		if _, ok := d.reserved[act.Clause]; !ok && act.As == Reserve {
			d.reserved[act.Clause] = r
		}
	}
}

// naive answers as InForce does. Whatever forget names is left out, so that a
// test can see whether a mistake would be found.
func naive(reg *Register, history []record.Record, date, forget string) []string {
	var lines []string
	for _, i := range reg.Instruments() {
		d := diary{own: i.Force}
		for _, day := range days {
			if day > date {
				break
			}
			d.liveDay(i.ID, day, history, forget)
		}
		for _, c := range i.Clauses {
			lines = append(lines, d.line(c, forget))
		}
	}
	return lines
}

func (d *diary) liveDay(id ID, day string, history []record.Record, forget string) {
	if d.reserved == nil {
		d.reserved = map[ClauseID]record.Record{}
	}
	var today []record.Record
	withdrawn := false
	for _, r := range history {
		switch act := r.Act.(type) {
		case Adhered:
			if act.Instrument == id && act.Date == day {
				withdrawn = withdrawn || act.Act == Withdraw
				today = append(today, r)
			}
		case Reserved:
			if act.Instrument == id && act.Date == day {
				today = append(today, r)
			}
		}
	}
	if withdrawn && forget != "withdrawal" { // the evening clears the sheet
		*d = diary{own: d.own}
		return
	}
	slices.SortFunc(today, func(a, b record.Record) int { return strings.Compare(rank(a), rank(b)) })
	for _, r := range today {
		d.live(r)
	}
}

// rank orders acts of one day: seen before recalled, the state's own word
// before the compiled one, then by id.
func rank(r record.Record) string {
	basis, reporter := Basis(""), Reporter("")
	switch act := r.Act.(type) {
	case Adhered:
		basis, reporter = act.Basis, act.Reporter
	case Reserved:
		basis, reporter = act.Basis, act.Reporter
	}
	return fmt.Sprintf("%t %t %s", basis == Recall, reporter == Compiled, r.ID)
}

func (d *diary) line(c Clause, forget string) string {
	b := Binding{Clause: c, Mark: c.Mark()}
	basis := Seen
	for _, r := range d.consents { // oldest first: a later act must do better
		act := r.Act.(Adhered)
		force, since, from := act.Force, act.Date, act.Basis
		formal := act.Act == Ratify || act.Act == Accede
		if !formal && force > d.own && forget != "cap" {
			force = d.own
		}
		if force == Legal && forget != "entry into force" {
			if !formal || d.entered == nil {
				continue
			}
			since = slices.Max([]string{since, d.entered.Date})
			if d.entered.Basis == Recall {
				from = Recall
			}
		}
		if force > b.Force || (force == b.Force && since < b.Since) {
			b.Force, b.Since, b.By, b.Source, basis = force, since, Adherence{r.ID, act}, act.Source, from
		}
	}
	if r, ok := d.reserved[c.ID]; ok && forget != "reservation" {
		act := r.Act.(Reserved)
		b.Force, b.Since, b.Reserved, b.Source = None, act.Date, true, act.Source
		if act.Basis == Recall {
			basis = Recall
		}
	}
	if basis == Recall {
		b.Mark = "paraphrase, unconfirmed"
	}
	return line(b)
}

func line(b Binding) string {
	return fmt.Sprintf("%s %s since %q by %q reserved %t source %q, %s",
		b.Clause.ID, b.Force, b.Since, b.By.Record, b.Reserved, b.Source, b.Mark)
}

func linesOf(all []Binding) []string {
	var lines []string
	for _, b := range all {
		lines = append(lines, line(b))
	}
	return lines
}

func TestInForceDependsOnDatesOnly(t *testing.T) {
	reg := sampleRegister(t)
	rapid.Check(t, func(t *rapid.T) {
		history := drawHistory(t, reg)
		shuffled := rapid.Permutation(history).Draw(t, "order")
		date := rapid.SampledFrom(append(days, "2040-01-01", "2014-01-01")).Draw(t, "asked")
		want := naive(reg, history, date, "")
		for name, order := range map[string][]record.Record{"as admitted": history, "shuffled": shuffled} {
			got := linesOf(foldAll(t, reg, order).InForce(date, nil))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%s, on %s (-want +got):\n%s", name, date, diff)
			}
		}
	})
}

// TestNaiveFindsMistakes is the negative control of the property: a clerk who
// forgets one rule must disagree on some history.
func TestNaiveFindsMistakes(t *testing.T) {
	reg := sampleRegister(t)
	histories := rapid.Custom(func(t *rapid.T) []record.Record { return drawHistory(t, reg) })
	for _, forget := range []string{"withdrawal", "cap", "entry into force", "reservation"} {
		found := false
		for seed := 0; seed < 200 && !found; seed++ {
			history := histories.Example(seed)
			got := linesOf(foldAll(t, reg, history).InForce("2030-01-07", nil))
			found = !slices.Equal(got, naive(reg, history, "2030-01-07", forget))
		}
		if !found {
			t.Errorf("nobody notices that %q is forgotten", forget)
		}
	}
}
