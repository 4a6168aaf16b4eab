package convention

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"solferino/record"
)

// answer is what a test asks of a binding.
type answer struct {
	Force    Force
	Since    string
	By       Step
	Reserved bool
	Source   string
}

func ask(s *State, clause ClauseID, date string) answer {
	for _, b := range s.InForce(date, nil) {
		if b.Clause.ID == clause {
			return answer{b.Force, b.Since, b.By.Act.Act, b.Reserved, b.Source}
		}
	}
	return answer{Source: "no such clause"}
}

func at(a Adhered, f Force) Adhered {
	a.Force = f
	return a
}

func TestInForce(t *testing.T) {
	const treaty, paris, gge, dgc ClauseID = "rule-2030#1", "paris-2018#8", "gge-2015#13f", "dgc-2017#1"
	free := answer{}
	tests := map[string]struct {
		acts   []record.Act
		clause ClauseID
		date   string
		want   answer
	}{
		"nothing done":             {nil, treaty, "2040-01-01", free},
		"the day before":           {[]record.Act{step(Endorse, "paris-2018", "2020-01-02")}, paris, "2020-01-01", free},
		"the day itself":           {[]record.Act{step(Endorse, "paris-2018", "2020-01-02")}, paris, "2020-01-02", answer{Political, "2020-01-02", Endorse, false, "endorse 2020-01-02"}},
		"other instruments":        {[]record.Act{step(Endorse, "paris-2018", "2020-01-02")}, gge, "2020-01-02", free},
		"pledge below the text":    {[]record.Act{at(step(Pledge, "paris-2018", "2020-01-02"), Voluntary)}, paris, "2021-01-01", answer{Voluntary, "2020-01-02", Pledge, false, "pledge 2020-01-02"}},
		"never above the text":     {[]record.Act{step(Endorse, "gge-2015", "2016-01-01")}, gge, "2016-01-01", answer{Voluntary, "2016-01-01", Endorse, false, "endorse 2016-01-01"}},
		"an endorsed proposal":     {[]record.Act{step(Endorse, "dgc-2017", "2018-01-01")}, dgc, "2019-01-01", answer{Proposal, "2018-01-01", Endorse, false, "endorse 2018-01-01"}},
		"acceded above the text":   {[]record.Act{at(step(Accede, "gge-2015", "2016-01-01"), Political)}, gge, "2016-01-01", answer{Political, "2016-01-01", Accede, false, "accede 2016-01-01"}},
		"endorsed treaty":          {[]record.Act{step(Endorse, "rule-2030", "2030-02-01")}, treaty, "2040-01-01", answer{Political, "2030-02-01", Endorse, false, "endorse 2030-02-01"}},
		"signed alone":             {[]record.Act{step(Sign, "rule-2030", "2030-02-01")}, treaty, "2040-01-01", free},
		"signed, with a promise":   {[]record.Act{at(step(Sign, "rule-2030", "2030-02-01"), Political)}, treaty, "2040-01-01", answer{Political, "2030-02-01", Sign, false, "sign 2030-02-01"}},
		"signed, and in force":     {[]record.Act{step(Sign, "rule-2030", "2030-02-01"), step(EnterIntoForce, "rule-2030", "2030-03-01")}, treaty, "2040-01-01", free},
		"ratified, not in force":   {[]record.Act{step(Ratify, "rule-2030", "2031-01-01"), step(EnterIntoForce, "rule-2030", "2032-01-01")}, treaty, "2031-12-31", free},
		"ratified, then in force":  {[]record.Act{step(Ratify, "rule-2030", "2031-01-01"), step(EnterIntoForce, "rule-2030", "2032-01-01")}, treaty, "2032-01-01", answer{Legal, "2032-01-01", Ratify, false, "ratify 2031-01-01"}},
		"acceded to one in force":  {[]record.Act{step(EnterIntoForce, "rule-2030", "2031-01-01"), step(Accede, "rule-2030", "2032-01-01")}, treaty, "2033-01-01", answer{Legal, "2032-01-01", Accede, false, "accede 2032-01-01"}},
		"ratified a voluntary one": {[]record.Act{step(Ratify, "gge-2015", "2016-01-01"), step(EnterIntoForce, "gge-2015", "2016-02-01")}, gge, "2016-02-01", answer{Legal, "2016-02-01", Ratify, false, "ratify 2016-01-01"}},
		"the strongest binds": {[]record.Act{at(step(Pledge, "paris-2018", "2019-01-01"), Voluntary), step(Endorse, "paris-2018", "2020-01-01")},
			paris, "2021-01-01", answer{Political, "2020-01-01", Endorse, false, "endorse 2020-01-01"}},
		"of equals the oldest": {[]record.Act{step(Pledge, "paris-2018", "2020-01-01"), step(Endorse, "paris-2018", "2019-01-01")},
			paris, "2021-01-01", answer{Political, "2019-01-01", Endorse, false, "endorse 2019-01-01"}},
		"before the withdrawal": {[]record.Act{step(Endorse, "paris-2018", "2019-01-01"), step(Withdraw, "paris-2018", "2020-01-01")},
			paris, "2019-12-31", answer{Political, "2019-01-01", Endorse, false, "endorse 2019-01-01"}},
		"withdrawn": {[]record.Act{step(Endorse, "paris-2018", "2019-01-01"), step(Withdraw, "paris-2018", "2020-01-01")},
			paris, "2020-01-01", free},
		"withdrawn on the same day": {[]record.Act{step(Endorse, "paris-2018", "2019-01-01"), step(Withdraw, "paris-2018", "2019-01-01")},
			paris, "2019-01-01", free},
		"back again": {[]record.Act{step(Endorse, "paris-2018", "2019-01-01"), step(Withdraw, "paris-2018", "2020-01-01"), step(Endorse, "paris-2018", "2021-01-01")},
			paris, "2022-01-01", answer{Political, "2021-01-01", Endorse, false, "endorse 2021-01-01"}},
		"ratified again, force spent": {[]record.Act{step(Ratify, "rule-2030", "2031-01-01"), step(EnterIntoForce, "rule-2030", "2031-02-01"),
			step(Withdraw, "rule-2030", "2032-01-01"), step(Ratify, "rule-2030", "2033-01-01")}, treaty, "2034-01-01", free},
		"reserved": {[]record.Act{step(Endorse, "paris-2018", "2019-01-01"), qualify(Reserve, paris, "2019-02-01")},
			paris, "2020-01-01", answer{None, "2019-02-01", Endorse, true, "reserve 2019-02-01"}},
		"not yet reserved": {[]record.Act{step(Endorse, "paris-2018", "2019-01-01"), qualify(Reserve, paris, "2019-02-01")},
			paris, "2019-01-31", answer{Political, "2019-01-01", Endorse, false, "endorse 2019-01-01"}},
		"another clause reserved": {[]record.Act{step(Endorse, "paris-2018", "2019-01-01"), qualify(Reserve, "paris-2018#1", "2019-02-01")},
			paris, "2020-01-01", answer{Political, "2019-01-01", Endorse, false, "endorse 2019-01-01"}},
		"objected and interpreted": {[]record.Act{step(Endorse, "paris-2018", "2019-01-01"), qualify(Object, paris, "2019-02-01"), qualify(Interpret, paris, "2019-02-01")},
			paris, "2020-01-01", answer{Political, "2019-01-01", Endorse, false, "endorse 2019-01-01"}},
		"withdrawal spends the reservation": {[]record.Act{step(Endorse, "paris-2018", "2019-01-01"), qualify(Reserve, paris, "2019-02-01"),
			step(Withdraw, "paris-2018", "2020-01-01"), step(Endorse, "paris-2018", "2021-01-01")},
			paris, "2022-01-01", answer{Political, "2021-01-01", Endorse, false, "endorse 2021-01-01"}},
		"signed with a reservation": {[]record.Act{step(Sign, "rule-2030", "2030-02-01"), qualify(Reserve, treaty, "2030-02-01")},
			treaty, "2040-01-01", answer{None, "2030-02-01", "", true, "reserve 2030-02-01"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, ask(fold(t, tt.acts...), tt.clause, tt.date)); diff != "" {
				t.Errorf("%s on %s (-want +got):\n%s", tt.clause, tt.date, diff)
			}
		})
	}
}

func TestInForceAnswersForEveryClause(t *testing.T) {
	s := fold(t, endorsed())
	all := s.InForce("2020-01-01", nil)
	n := 0
	for _, i := range s.Register.Instruments() {
		for _, c := range i.Clauses {
			if n >= len(all) || all[n].Clause.ID != c.ID {
				t.Fatalf("binding %d is not that of %s", n, c.ID)
			}
			n++
		}
	}
	if got := s.InForce("2020", nil); len(all) != n || got != nil {
		t.Errorf("%d bindings for %d clauses; for no day %v", len(all), n, got)
	}
}

func TestBoundAndNotBoundSplit(t *testing.T) {
	s := fold(t, endorsed(), reserved(), step(Endorse, "dgc-2017", "2018-01-01"))
	all := s.InForce("2020-01-01", nil)
	bound, rest := Bound(all), NotBound(all)
	if len(bound) != 8 || len(bound)+len(rest) != len(all) {
		t.Errorf("%d bound and %d not, of %d; want eight of the Paris Call bound", len(bound), len(rest), len(all))
	}
	for _, id := range []ClauseID{"paris-2018#8", "dgc-2017#1", "gge-2015#13f"} {
		if !slices.ContainsFunc(rest, func(b Binding) bool { return b.Clause.ID == id }) {
			t.Errorf("%s is not among what does not bind", id)
		}
	}
}

func TestWhatIfATextGrewStronger(t *testing.T) {
	list := sample(t)
	for n := range list {
		if list[n].ID == founding {
			list[n].Force = Political
		}
	}
	reg, err := NewRegister(list)
	if err != nil {
		t.Fatal(err)
	}
	s := fold(t, step(Endorse, founding, "2018-01-01"))
	if now, then := len(Bound(s.InForce("2020-01-01", nil))), len(Bound(s.InForce("2020-01-01", reg))); now != 0 || then != 10 {
		t.Errorf("%d clauses bind now and %d if the text were political, want 0 and 10", now, then)
	}
}

func TestMarkOfABindingIsThatOfItsWeakestPart(t *testing.T) {
	hearsay := endorsed()
	hearsay.Basis = Recall
	unsure := reserved()
	unsure.Basis = Recall
	ratified, entered := step(Ratify, "rule-2030", "2030-02-01"), step(EnterIntoForce, "rule-2030", "2030-02-01")
	treaty := []record.Act{ratified, entered}
	entered.Basis = Recall
	tests := map[string]struct {
		acts   []record.Act
		clause ClauseID
		want   string
	}{
		"all seen":                      {[]record.Act{endorsed()}, "paris-2018#8", "paraphrase"},
		"adherence from memory":         {[]record.Act{hearsay}, "paris-2018#8", "paraphrase, unconfirmed"},
		"reservation from memory":       {[]record.Act{endorsed(), unsure}, "paris-2018#8", "paraphrase, unconfirmed"},
		"beside the reserved clause":    {[]record.Act{endorsed(), unsure}, "paris-2018#7", "paraphrase"},
		"clause from memory":            {treaty, "rule-2030#2", "paraphrase, unconfirmed"},
		"clause and treaty seen":        {treaty, "rule-2030#1", "paraphrase"},
		"entry into force from memory":  {[]record.Act{ratified, entered}, "rule-2030#1", "paraphrase, unconfirmed"},
		"clause seen, nobody bound":     {nil, "rule-2030#1", "paraphrase"},
		"clause recalled, nobody bound": {nil, "rule-2030#2", "paraphrase, unconfirmed"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for _, b := range fold(t, tt.acts...).InForce("2035-01-01", nil) {
				if b.Clause.ID == tt.clause && b.Mark != tt.want {
					t.Errorf("%s is marked %q, want %q", tt.clause, b.Mark, tt.want)
				}
			}
		})
	}
}
