package party_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"solferino/party"
	"solferino/record"
)

const ana = record.Subject("person/ana")

func about(s record.Subject, act record.Act) record.Record {
	return record.Record{Subject: s, Actor: "person/trustee", Act: act}
}

// A person comes in with one key, is given a second, and loses the first: for
// ever.
func TestAPersonLosesAKey(t *testing.T) {
	p := &party.Person{}
	first, second := line(t, "first"), line(t, "second")
	for _, step := range []struct {
		name  string
		act   record.Act
		wraps error
		keys  []string
	}{
		{"a key for nobody", party.KeyAdded{Key: second}, party.ErrNobody, nil},
		{"nobody loses a key", party.KeyRevoked{Key: first, Reason: "lost"}, party.ErrUnknownKey, nil},
		{"they come in", registered(t, "first"), nil, []string{first}},
		{"they come in again", registered(t, "second"), party.ErrTwice, []string{first}},
		{"the first key again", party.KeyAdded{Key: first}, party.ErrTwice, []string{first}},
		{"a second key", party.KeyAdded{Key: second}, nil, []string{first, second}},
		{"the second key again", party.KeyAdded{Key: second}, party.ErrTwice, []string{first, second}},
		{"a key that is not theirs is lost", party.KeyRevoked{Key: line(t, "third"), Reason: "lost"}, party.ErrUnknownKey, []string{first, second}},
		{"the first is lost", party.KeyRevoked{Key: first, Reason: "lost"}, nil, []string{second}},
		{"the first is lost again", party.KeyRevoked{Key: first, Reason: "lost"}, party.ErrUnknownKey, []string{second}},
		{"the first comes back", party.KeyAdded{Key: first}, party.ErrTwice, []string{second}},
		{"the last is lost", party.KeyRevoked{Key: second, Reason: "lost"}, nil, nil},
		{"they come in once more", registered(t, "third"), party.ErrTwice, nil},
		{"a third key", party.KeyAdded{Key: line(t, "third")}, nil, []string{line(t, "third")}},
	} {
		if err := p.Apply(about(ana, step.act)); !errors.Is(err, step.wraps) {
			t.Fatalf("%s: Apply() = %v, want %v", step.name, err, step.wraps)
		}
		if !slices.Equal(p.Keys(), step.keys) {
			t.Fatalf("%s: keys are %v, want %v", step.name, p.Keys(), step.keys)
		}
	}
	if err := p.Apply(about(ana, founded(t))); err == nil {
		t.Errorf("a person is founded")
	}
	keys := p.Keys()
	keys[0] = "tampered"
	if p.Keys()[0] == "tampered" {
		t.Errorf("Keys gives away what it holds")
	}
}

// Whatever comes in whatever order: a refused act changes nothing, and a key
// that was revoked never counts again.
func TestARevokedKeyNeverComesBack(t *testing.T) {
	names := []string{"a", "b", "c"}
	rapid.Check(t, func(r *rapid.T) {
		p, revoked := &party.Person{}, map[string]bool{}
		for range rapid.IntRange(1, 12).Draw(r, "acts") {
			key := line(t, rapid.SampledFrom(names).Draw(r, "key"))
			acts := []record.Act{party.KeyAdded{Key: key}, party.KeyRevoked{Key: key, Reason: "lost"}, registered(t, "a")}
			act := rapid.SampledFrom(acts).Draw(r, "act")
			before := p.Keys()
			err := p.Apply(about(ana, act))
			if _, ok := act.(party.KeyRevoked); ok && err == nil {
				revoked[key] = true
			}
			if diff := cmp.Diff(before, p.Keys()); err != nil && diff != "" {
				r.Fatalf("%v, and yet the keys changed:\n%s", err, diff)
			}
			for _, k := range p.Keys() {
				if revoked[k] {
					r.Fatalf("%.30s… came back", k)
				}
			}
		}
	})
}

func TestTied(t *testing.T) {
	p := &party.Person{Registered: registered(t, "x")}
	tests := map[string]struct {
		labels []string
		tied   string
	}{
		"by employer":            {[]string{"otter", "savanna-university"}, "savanna-university"},
		"by another tie":         {[]string{"zeta"}, "zeta"},
		"to nobody":              {[]string{"otter"}, ""},
		"when nobody is named":   {nil, ""},
		"the first that is tied": {[]string{"zeta", "acme"}, "zeta"},
	}
	for name, tt := range tests {
		if got, ok := p.Tied(tt.labels...); got != tt.tied || ok != (tt.tied != "") {
			t.Errorf("%s: Tied() = %q, %v, want %q", name, got, ok, tt.tied)
		}
	}
	free := &party.Person{}
	if got, ok := free.Tied(""); ok {
		t.Errorf("without an employer: tied to %q", got)
	}
}

func TestHas(t *testing.T) {
	p := &party.Person{Registered: registered(t, "x")}
	if !p.Has(party.Reviewer) || p.Has(party.Trustee) {
		t.Errorf("Has: reviewer %v, trustee %v", p.Has(party.Reviewer), p.Has(party.Trustee))
	}
}
