package demo_test

import (
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strings"
	"testing"
	"time"

	"solferino/convention"
	"solferino/demo"
	"solferino/party"
	"solferino/record"
	"solferino/review"
)

func load(t testing.TB) demo.World {
	t.Helper()
	w, err := demo.Load()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// key is a well-formed public key; who holds it does not matter here.
func key(n byte) string {
	var wire []byte
	for _, part := range [][]byte{[]byte("ssh-ed25519"), append(make([]byte, 31), n)} {
		wire = binary.BigEndian.AppendUint32(wire, uint32(len(part)))
		wire = append(wire, part...)
	}
	return "ssh-ed25519 " + base64.StdEncoding.EncodeToString(wire)
}

func TestStatuteIsAllowed(t *testing.T) {
	w := load(t)
	if err := (review.Adopted{Statute: w.Statute}).Validate(); err != nil {
		t.Error(err)
	}
	if w.Statute.NoticeHours != 0 || w.Notice != "DEMONSTRATION" || w.Institution == "" {
		t.Errorf("%q, %q, notice of %d hours: a demonstration runs at once and says what it is", w.Institution, w.Notice, w.Statute.NoticeHours)
	}
}

func TestPeopleAreAllowed(t *testing.T) {
	w := load(t)
	var last record.Subject
	for i, p := range slices.Concat(w.Officers, w.Roster) {
		if err := p.ID.Validate(); err != nil || p.ID.Noun() != "person" || p.ID <= last {
			t.Errorf("%s after %s: %v", p.ID, last, err)
		}
		last = p.ID
		if i+1 == len(w.Officers) {
			last = ""
		}
		if err := p.Registered(key(byte(i))).Validate(); err != nil {
			t.Errorf("%s: %v", p.ID, err)
		}
	}
}

func TestOfficersComeFromStatesWithoutAPart(t *testing.T) {
	w := load(t)
	states := map[string]record.Subject{}
	var roles []party.Role
	for _, p := range w.Officers {
		if other, twice := states[p.State]; twice {
			t.Errorf("%s and %s are both of %s", p.ID, other, p.State)
		}
		states[p.State] = p.ID
		roles = append(roles, p.Roles...)
	}
	for _, c := range w.Cases {
		for _, s := range slices.Concat(c.Victims, c.Accused()) {
			if p := states[s]; p != "" {
				t.Errorf("%s of %s works on %s", p, s, c.Slug)
			}
		}
	}
	for _, r := range []party.Role{party.Trustee, party.Secretariat, party.Custodian, party.Analyst, party.Counsel, party.Registrar} {
		if !slices.Contains(roles, r) {
			t.Errorf("nobody is %s", r)
		}
	}
}

func TestRosterIsDiverse(t *testing.T) {
	regions, sectors, states := map[string]int{}, map[string]int{}, map[string]int{}
	roster := load(t).Roster
	for _, p := range roster {
		regions[p.Region]++
		sectors[p.Sector]++
		states[p.State]++
		if !slices.Equal(p.Roles, []party.Role{party.Reviewer}) {
			t.Errorf("%s is %v, want a reviewer and nothing else", p.ID, p.Roles)
		}
	}
	if len(regions) != len(party.Regions) || len(sectors) < 3 || len(states) < len(roster)-2 {
		t.Errorf("%d people of %d regions, %d sectors and %d states", len(roster), len(regions), len(sectors), len(states))
	}
}

// adhered folds what the demonstration says of every state.
func adhered(t *testing.T, w demo.World) map[string]*convention.State {
	t.Helper()
	states := map[string]*convention.State{}
	for _, a := range w.Adherence {
		s := &convention.State{}
		last := ""
		for i, act := range a.Acts {
			if act.Date < last {
				t.Errorf("%s: %s is out of order", a.State, act)
			}
			last = act.Date
			r := record.Record{Subject: a.Subject(), ID: record.ID(strings.Repeat("0", 31) + string(rune('0'+i))),
				Actor: "person/registrar-1", At: time.Unix(1e9, 0).UTC(), Act: act}
			if err := r.Validate(); err != nil {
				t.Errorf("%s: %v", a.State, err)
			}
			if err := s.Apply(r); err != nil {
				t.Error(err)
			}
			if act.Reporter != convention.Compiled || !strings.Contains(act.Source, "Compiled by us") {
				t.Errorf("%s: %s does not say that we compiled it", a.State, act)
			}
		}
		states[a.State] = s
	}
	return states
}

// TestNormBindsTheAccused: the norms of 2015 bind every accused state on the
// day of every incident, by no more than their own force, and the proposal of
// 2017 binds nobody.
func TestNormBindsTheAccused(t *testing.T) {
	w := load(t)
	states := adhered(t, w)
	for _, c := range w.Cases {
		for _, code := range c.Accused() {
			if states[code] == nil {
				t.Errorf("%s: nothing on the adherence of %s", c.Slug, code)
				continue
			}
			for _, b := range states[code].InForce(c.Date, nil) {
				switch {
				case b.Clause.ID == "gge-2015#13f" && b.Force != convention.Voluntary,
					b.Clause.ID.Instrument() == "dgc-2017" && b.Bound():
					t.Errorf("%s: %s is %s for %s", c.Slug, b.Clause.ID, b.Force, code)
				}
			}
		}
	}
}
