package evidence_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"solferino/evidence"
	"solferino/party"
	"solferino/record"
)

const (
	ana   = record.Subject("person/ana")
	ben   = record.Subject("person/ben")
	thief = record.Subject("person/thief")
)

func by(actor record.Subject, act record.Act) record.Record {
	return record.Record{Subject: "case/2026-001", Actor: actor, At: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Act: act}
}

func offered(id string, to record.Subject) evidence.Offered {
	return evidence.Offered{Exhibit: id, To: to}
}
func accepted(id string) evidence.Accepted { return evidence.Accepted{Exhibit: id} }

// shelf holds what these acts make.
func shelf(t testing.TB, said ...record.Record) *evidence.Shelf {
	t.Helper()
	s := &evidence.Shelf{}
	for _, r := range said {
		if err := s.Apply(r); err != nil {
			t.Fatalf("%s by %s: %v", r.Act.Kind(), r.Actor, err)
		}
	}
	return s
}

func same(a, b any) string {
	return cmp.Diff(a, b, cmp.Exporter(func(reflect.Type) bool { return true }))
}

// An exhibit passes from hand to hand, and between two hands it is seen to be
// under way.
func TestAnExhibitPassesFromHandToHand(t *testing.T) {
	s := &evidence.Shelf{}
	for _, step := range []struct {
		name   string
		said   record.Record
		wraps  error
		holder record.Subject
		to     record.Subject
	}{
		{"ana receives", by(ana, received(letter)), nil, ana, ""},
		{"ben receives the same", by(ben, received(letter)), evidence.ErrTwice, ana, ""},
		{"a thief hands over", by(thief, offered(letter, thief)), evidence.ErrBrokenCustody, ana, ""},
		{"a thief takes", by(thief, accepted(letter)), evidence.ErrBrokenCustody, ana, ""},
		{"ana offers to herself", by(ana, offered(letter, ana)), evidence.ErrBrokenCustody, ana, ""},
		{"ana offers to ben", by(ana, offered(letter, ben)), nil, ana, ben},
		{"ben offers it on", by(ben, offered(letter, thief)), evidence.ErrBrokenCustody, ana, ben},
		{"ana examines it under way", by(ana, derived(letter)), evidence.ErrBrokenCustody, ana, ben},
		{"ben examines it under way", by(ben, derived(letter)), evidence.ErrBrokenCustody, ana, ben},
		{"a thief accepts", by(thief, accepted(letter)), evidence.ErrBrokenCustody, ana, ben},
		{"ana accepts herself", by(ana, accepted(letter)), evidence.ErrBrokenCustody, ana, ben},
		{"ben accepts", by(ben, accepted(letter)), nil, ben, ""},
		{"ben accepts again", by(ben, accepted(letter)), evidence.ErrBrokenCustody, ben, ""},
		{"ana examines what she gave away", by(ana, derived(letter)), evidence.ErrBrokenCustody, ben, ""},
		{"ben examines", by(ben, derived(letter)), nil, ben, ""},
		{"ben hands it back", by(ben, offered(letter, ana)), nil, ben, ana},
		{"ben takes back and offers to carl", by(ben, offered(letter, "person/carl")), nil, ben, "person/carl"},
		{"ana accepts what went elsewhere", by(ana, accepted(letter)), evidence.ErrBrokenCustody, ben, "person/carl"},
		{"ben offers to ana after all", by(ben, offered(letter, ana)), nil, ben, ana},
		{"ana accepts", by(ana, accepted(letter)), nil, ana, ""},
	} {
		if err := s.Apply(step.said); !errors.Is(err, step.wraps) {
			t.Fatalf("%s: Apply() = %v, want %v", step.name, err, step.wraps)
		}
		x, err := s.Exhibit(letter)
		if err != nil || x.Holder != step.holder || x.InTransitTo != step.to {
			t.Fatalf("%s: held by %s, on the way to %q (%v), want %s and %q", step.name, x.Holder, x.InTransitTo, err, step.holder, step.to)
		}
	}
	x, _ := s.Exhibit(letter)
	if !slices.Equal(x.Hands, []record.Subject{ana, ben, ana}) || len(x.Derived) != 1 || x.At.IsZero() {
		t.Errorf("in the end: %+v", x)
	}
}

func TestShelfRefuses(t *testing.T) {
	closed := received(letter)
	closed.Consent = []evidence.Use{evidence.ForReview}
	tests := map[string]struct {
		shelf *evidence.Shelf
		said  record.Record
		wraps error
	}{
		"an unknown exhibit is offered":     {shelf(t), by(ana, offered(letter, ben)), evidence.ErrUnknownExhibit},
		"an unknown exhibit is accepted":    {shelf(t), by(ana, accepted(letter)), evidence.ErrUnknownExhibit},
		"an unknown exhibit is examined":    {shelf(t), by(ana, derived(letter)), evidence.ErrUnknownExhibit},
		"an unknown one is contradicted":    {shelf(t, by(ana, received(memo))), by(ana, contradicted(letter, "o1", memo)), evidence.ErrUnknownExhibit},
		"contradicted by an unknown one":    {shelf(t, by(ana, received(letter)), by(ana, derived(letter))), by(ana, contradicted(letter, "o1", memo)), evidence.ErrUnknownExhibit},
		"contradicted with nothing derived": {shelf(t, by(ana, received(letter)), by(ana, received(memo))), by(ana, contradicted(letter, "o1", memo)), evidence.ErrUnknownExhibit},
		"contradicted twice": {shelf(t, by(ana, received(letter)), by(ana, received(memo)), by(ana, derived(letter)), by(ana, contradicted(letter, "o1", memo))),
			by(ben, contradicted(letter, "o1", memo)), evidence.ErrTwice},
		"examined without consent": {shelf(t, by(ana, closed)), by(ana, derived(letter)), evidence.ErrNoConsent},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			before := clone(tt.shelf)
			if err := tt.shelf.Apply(tt.said); !errors.Is(err, tt.wraps) {
				t.Errorf("Apply() = %v, want %v", err, tt.wraps)
			}
			if diff := same(before, tt.shelf); diff != "" {
				t.Errorf("refused, and yet (-before +after):\n%s", diff)
			}
		})
	}
	if err := shelf(t).Apply(by(ana, party.KeyAdded{})); err == nil {
		t.Errorf("a shelf takes a key")
	}
}

// clone copies a shelf so deeply that nothing is shared.
func clone(s *evidence.Shelf) *evidence.Shelf {
	out := &evidence.Shelf{}
	for _, x := range s.Exhibits {
		c := *x
		c.Hands, c.Derived, c.Contradicted = slices.Clone(x.Hands), slices.Clone(x.Derived), slices.Clone(x.Contradicted)
		if err := out.Apply(by(ana, received(x.Received.Exhibit))); err != nil {
			panic(err)
		}
		*out.Exhibits[len(out.Exhibits)-1] = c
	}
	return out
}

// Whatever is said by whomever: a refused act changes nothing; there is one
// holder, who is the last hand; nobody becomes it but by accepting what the
// holder offered; and an exhibit never leaves the shelf.
func TestCustodyHasNoGap(t *testing.T) {
	people := []record.Subject{ana, ben, thief}
	exhibits := []string{letter, memo}
	rapid.Check(t, func(r *rapid.T) {
		s := &evidence.Shelf{}
		for range rapid.IntRange(1, 25).Draw(r, "acts") {
			who, id := rapid.SampledFrom(people).Draw(r, "who"), rapid.SampledFrom(exhibits).Draw(r, "exhibit")
			act := rapid.SampledFrom([]record.Act{received(id), offered(id, rapid.SampledFrom(people).Draw(r, "to")), accepted(id),
				derived(id), contradicted(id, "o1", memo)}).Draw(r, "act")
			before := clone(s)
			err := s.Apply(by(who, act))
			diff := same(before, s)
			if _, again := act.(evidence.Offered); again && err == nil {
				diff = "the same offer may be made again"
			}
			if (err != nil) != (diff == "") {
				r.Fatalf("%s by %s: %v, and the shelf (-before +after):\n%s", act.Kind(), who, err, diff)
			}
			if err := handed(before, s); err != nil {
				r.Fatalf("%s by %s: %v", act.Kind(), who, err)
			}
		}
	})
}

// handed checks one step of custody.
func handed(before, after *evidence.Shelf) error {
	for i, x := range after.Exhibits {
		if x.Holder != x.Hands[len(x.Hands)-1] {
			return fmt.Errorf("%s is with %s, the last hand is %v", x.Received.Exhibit, x.Holder, x.Hands)
		}
		if i >= len(before.Exhibits) {
			continue
		}
		was := before.Exhibits[i]
		if x.Holder != was.Holder && (was.InTransitTo != x.Holder || x.InTransitTo != "") {
			return fmt.Errorf("%s went from %s to %s, it was offered to %q", x.Received.Exhibit, was.Holder, x.Holder, was.InTransitTo)
		}
	}
	if len(after.Exhibits) < len(before.Exhibits) {
		return errors.New("an exhibit is gone")
	}
	return nil
}
