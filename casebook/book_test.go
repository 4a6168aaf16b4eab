package casebook_test

import (
	"errors"
	"slices"
	"testing"

	"solferino/attribution"
	"solferino/casebook"
	"solferino/evidence"
	"solferino/finding"
	"solferino/record"
	"solferino/review"
)

// A chain that does not hold is an error that names the entry, never a state.
func TestABookRefusesABrokenChain(t *testing.T) {
	shut := errors.New("the disk is gone")
	tests := map[string]struct {
		bend  func(chain []record.Opening) ([]record.Opening, error)
		wraps error
	}{
		"the disk is gone":     {func(c []record.Opening) ([]record.Opening, error) { return nil, shut }, shut},
		"a record is left out": {func(c []record.Opening) ([]record.Opening, error) { return slices.Delete(c, 2, 3), nil }, casebook.ErrBrokenChain},
		"two are exchanged": {func(c []record.Opening) ([]record.Opening, error) {
			c[1], c[2] = c[2], c[1]
			return c, nil
		}, casebook.ErrBrokenChain},
		"a salt is changed": {func(c []record.Opening) ([]record.Opening, error) {
			c[1].Salt[0]++
			return c, nil
		}, casebook.ErrBrokenChain},
		"a signature is another's": {func(c []record.Opening) ([]record.Opening, error) {
			c[1].Signature = c[0].Signature
			return c, nil
		}, record.ErrBadSignature},
		"an envelope is none": {func(c []record.Opening) ([]record.Opening, error) {
			c[1].Envelope = []byte("{}")
			return c, nil
		}, record.ErrMalformed},
		"a record is none": {func(c []record.Opening) ([]record.Opening, error) {
			c[1].Record = []byte("{}")
			return c, nil
		}, record.ErrUnknownKind},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := story(t).at(t, "end")
			whole := h.book.Chain
			h.book.Chain = func(s record.Subject, from int) ([]record.Opening, error) {
				chain, err := whole(s, from)
				if s != inquiry || err != nil {
					return chain, err
				}
				return tt.bend(slices.Clone(chain))
			}
			if f, err := h.book.Now(inquiry); !errors.Is(err, tt.wraps) {
				t.Errorf("Now() = %+v, %v, want %v", f, err, tt.wraps)
			}
		})
	}
}

// When the institution or the actor cannot be read, nothing is admitted.
func TestABookThatCannotReadAdmitsNothing(t *testing.T) {
	shut := errors.New("the disk is gone")
	for _, s := range []record.Subject{institution, custodian} {
		h := story(t).at(t, "opened")
		o := h.opening(h.draft(custodian, inquiry, h.received(letter, evidence.Clear, "northlight")))
		h = story(t).at(t, "opened")
		whole := h.book.Chain
		h.book.Chain = func(asked record.Subject, from int) ([]record.Opening, error) {
			if asked == s {
				return nil, shut
			}
			return whole(asked, from)
		}
		if _, _, err := h.book.Check(o); !errors.Is(err, shut) {
			t.Errorf("without %s: Check() = %v, want the disk to be gone", s, err)
		}
	}
}

func TestFoldedGivesWhatItHolds(t *testing.T) {
	h := story(t).at(t, "end")
	f := h.folded("state/XA")
	if f.State() == nil || len(f.State().Adherences("gge-2015")) != 1 {
		t.Errorf("State() = %v", f.State())
	}
	if f.Case() != nil || f.Person() != nil || f.Institution() != nil {
		t.Errorf("a state is something else as well")
	}
	if h.folded(analyst).Person() == nil || h.folded(institution).Institution() == nil || h.folded(inquiry).State() != nil {
		t.Errorf("person, institution or case are not what they are")
	}
}

// An analysis that names somebody leads to a finding that does.
func TestANameIsIssuedAsAnAttribution(t *testing.T) {
	h := story(t).at(t, "derived")
	act := h.analysis("G0034")
	act.Result = h.attach(string(must(attribution.Result{Named: "G0034"}.Encode())))
	id := h.say(analyst, inquiry, act)
	h.say(secretary, inquiry, claim("A ministry", "XA"))
	h.check(h.submit(notifies("XA")(h)))
	h.check(h.submit(replies("XA")(h))) // a reply ends the wait
	h.review(id, review.Concur, review.Concur, review.Concur, review.Concur)
	h.say(counsel, inquiry, assessed(1), "state/XA")
	h.issue("")
	if f := h.inquiry().Findings[0]; f.Outcome != finding.Attributed {
		t.Errorf("outcome %s, want attributed", f.Outcome)
	}
}

// Where nobody is accused there is no state to ask about a clause, and a finding
// all the same.
func TestAFindingOnACaseThatNobodyClaims(t *testing.T) {
	h := story(t).at(t, "computed")
	h.review(h.latest(), review.Concur, review.Concur, review.Concur, review.Concur)
	h.issue("")
	if c := h.inquiry(); c.Stage() != "found" || len(c.Assessments) != 0 {
		t.Errorf("stage %s, assessed %v", c.Stage(), c.Assessments)
	}
}

// A round that came to nothing is given up, and the next one has its own
// number and its own panel.
func TestARoundThatIsGivenUpIsFollowedByAnother(t *testing.T) {
	h := story(t).at(t, "seated")
	h.vote(review.Concur, review.Abstain, review.Abstain, review.Abstain)
	if err := h.submit(issues(func(*house, *finding.Issued) {})(h)); !errors.Is(err, review.ErrOutOfStep) {
		t.Fatalf("issued without a majority: %v", err)
	}
	h.say(secretary, inquiry, review.Ended{Round: 1, Reason: "no majority"})
	h.check(h.submit(h.call()))
	h.say(secretary, inquiry, h.seated(len(h.log)), institution)
	h.vote(review.Concur, review.Concur, review.Concur, review.Concur)
	h.say(counsel, inquiry, assessed(2), "state/XA")
	h.issue("")
	if c := h.inquiry(); c.Findings[0].Version != 1 || c.Benches[1].Round != 2 || c.Benches[0].Issued {
		t.Errorf("version %d, rounds %d", c.Findings[0].Version, len(c.Benches))
	}
}

func TestAVersionIsIssuedThenSupersededThenWithdrawn(t *testing.T) {
	for at, want := range map[string]string{"issued": "issued", "issued again": "superseded", "end": "withdrawn"} {
		c := story(t).at(t, at).inquiry()
		if got := c.State(c.Findings[0]); got != want {
			t.Errorf("at %q the first version is %s, want %s", at, got, want)
		}
	}
}

// Who is tied to a case: the states that were hit or are accused, the parties,
// who supplied and who handled.
func TestTiesOfACase(t *testing.T) {
	h := story(t).at(t, "claimed")
	r := h.received(memo, evidence.Clear, "press")
	r.Supplier = "person/whistle"
	h.say(custodian, inquiry, r)
	h.say(secretary, inquiry, claim("Another ministry", "XA"))
	got := h.inquiry().Ties()
	if !slices.Equal(got.States, []string{"XV", "XA"}) {
		t.Errorf("States = %v, want the one hit and the one accused, once", got.States)
	}
	if !slices.Equal(got.Labels, []string{"harbour-radio", "northlight", "quiet-hand"}) {
		t.Errorf("Labels = %v", got.Labels)
	}
	if !slices.Equal(got.People, []record.Subject{analyst, custodian, "person/whistle"}) {
		t.Errorf("People = %v", got.People)
	}
}
