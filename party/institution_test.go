package party_test

import (
	"errors"
	"slices"
	"testing"

	"solferino/party"
	"solferino/record"
)

const boss = record.Subject("person/boss")

func reef(t testing.TB) *party.Institution {
	t.Helper()
	n := &party.Institution{}
	if err := n.Apply(record.Record{Subject: "institution/reef", Actor: boss, Act: founded(t)}); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAnInstitutionIsFoundedOnce(t *testing.T) {
	n := reef(t)
	if n.ID != "institution/reef" || n.Founder != boss || n.Name != "The Reef Institute" {
		t.Errorf("founded as %+v", n)
	}
	other := founded(t)
	other.Name = "The Atoll Institute"
	if err := n.Apply(record.Record{Subject: "institution/reef", Actor: ana, Act: other}); !errors.Is(err, party.ErrTwice) {
		t.Errorf("again: Apply() = %v, want ErrTwice", err)
	}
	if err := n.Apply(about("institution/reef", party.KeyAdded{})); err == nil || errors.Is(err, party.ErrTwice) {
		t.Errorf("an institution is given a key: %v", err)
	}
	var none party.Institution
	if err := none.Apply(about("institution/reef", party.KeyAdded{})); err == nil || none.ID != "" {
		t.Errorf("a key founds %q: %v", none.ID, err)
	}
	if n.Name != "The Reef Institute" || n.Founder != boss {
		t.Errorf("refused, and yet it is %+v", n)
	}
}

func TestPermit(t *testing.T) {
	n := reef(t)
	tests := map[string]struct {
		kind  string
		roles []party.Role
		ok    bool
	}{
		"the role":                  {"case.opened/1", []party.Role{party.Secretariat}, true},
		"one of two roles":          {"case.closed/1", []party.Role{party.Trustee}, true},
		"one role of many":          {"case.closed/1", []party.Role{party.Analyst, party.Trustee}, true},
		"another role":              {"case.opened/1", []party.Role{party.Trustee}, false},
		"no role":                   {"case.opened/1", nil, false},
		"another version of a kind": {"case.opened/2", []party.Role{party.Secretariat}, false},
		"a kind granted to nobody":  {"case.burnt/1", []party.Role{party.Trustee}, false},
		"before the first of kinds": {"a", []party.Role{party.Trustee}, false},
		"after the last of kinds":   {"z", []party.Role{party.Trustee}, false},
	}
	for name, tt := range tests {
		if err := n.Permit(tt.kind, tt.roles); (err == nil) != tt.ok || !tt.ok && !errors.Is(err, party.ErrNotPermitted) {
			t.Errorf("%s: Permit() = %v", name, err)
		}
	}
}

// Who the founder is depends on whether they have come in as a person; the
// host is a key of the institution; nobody else is anybody.
func TestWhoIsWho(t *testing.T) {
	n := reef(t)
	person := &party.Person{}
	if err := person.Apply(about(ana, registered(t, "ana"))); err != nil {
		t.Fatal(err)
	}
	lost := &party.Person{}
	for _, act := range []record.Act{registered(t, "founder"), party.KeyRevoked{Key: line(t, "founder"), Reason: "lost"}} {
		if err := lost.Apply(about(boss, act)); err != nil {
			t.Fatal(err)
		}
	}
	tests := map[string]struct {
		person *party.Person
		actor  record.Subject
		key    string
		wraps  error
		roles  []party.Role
	}{
		"the founder, before there is anybody":    {&party.Person{}, boss, "founder", nil, []party.Role{party.Registrar, party.Trustee}},
		"the founder with another key":            {&party.Person{}, boss, "ana", party.ErrUnknownKey, []party.Role{party.Registrar, party.Trustee}},
		"the founder, come in, by the old key":    {lost, boss, "founder", party.ErrUnknownKey, []party.Role{party.Counsel, party.Reviewer}},
		"somebody who came in":                    {person, ana, "ana", nil, []party.Role{party.Counsel, party.Reviewer}},
		"somebody with the founder's key":         {person, ana, "founder", party.ErrUnknownKey, []party.Role{party.Counsel, party.Reviewer}},
		"somebody with the host's key":            {person, ana, "host", party.ErrUnknownKey, []party.Role{party.Counsel, party.Reviewer}},
		"somebody who never came":                 {&party.Person{}, "person/ghost", "founder", party.ErrUnknownKey, nil},
		"nobody at all":                           {nil, "org/acme", "founder", party.ErrUnknownKey, nil},
		"the host":                                {nil, "host/reef", "host", nil, []party.Role{party.Host}},
		"another host with the host's key":        {nil, "host/atoll", "host", party.ErrUnknownKey, nil},
		"the host with the founder's key":         {nil, "host/reef", "founder", party.ErrUnknownKey, []party.Role{party.Host}},
		"one who calls themself the host's twin":  {nil, "hosts/reef", "host", party.ErrUnknownKey, nil},
		"the founder's name as an organisation's": {nil, "org/boss", "founder", party.ErrUnknownKey, nil},
	}
	for name, tt := range tests {
		err := party.Holds(n, tt.person, tt.actor, line(t, tt.key))
		if !errors.Is(err, tt.wraps) || err != nil && !errors.Is(err, record.ErrBadSignature) {
			t.Errorf("%s: Holds() = %v, want %v", name, err, tt.wraps)
		}
		if got := party.RolesOf(n, tt.person, tt.actor); !slices.Equal(got, tt.roles) {
			t.Errorf("%s: RolesOf() = %v, want %v", name, got, tt.roles)
		}
	}
}
