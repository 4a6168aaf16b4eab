package casebook_test

import (
	"slices"
	"testing"
	"time"

	"solferino/attribution"
	"solferino/casebook"
	"solferino/evidence"
	"solferino/party"
	"solferino/record"
	"solferino/review"
)

func TestEvidenceIsRefused(t *testing.T) {
	bare := func(h *house) evidence.Received {
		r := h.received(memo, evidence.Clear, "press")
		r.Consent = []evidence.Use{}
		return r
	}
	refused(t, []refusal{
		{"before the case is open", "founded", casebook.ErrOutOfStep, func(h *house) *draft {
			return h.draft(custodian, inquiry, h.received(letter, evidence.Clear, "northlight"))
		}},
		{"a case opened twice", "opened", casebook.ErrOutOfStep, func(h *house) *draft { return h.draft(secretary, inquiry, h.inquiry().Opened) }},
		{"an exhibit received twice", "received", evidence.ErrTwice, func(h *house) *draft {
			return h.draft(custodian, inquiry, h.received(letter, evidence.Clear, "northlight"))
		}},
		{"a thief hands over", "received", evidence.ErrBrokenCustody, says(thief, inquiry, evidence.Offered{Exhibit: letter, To: analyst})},
		{"a thief takes", "received", evidence.ErrBrokenCustody, says(thief, inquiry, evidence.Accepted{Exhibit: letter})},
		{"offered while in transit, by another", "offered", evidence.ErrBrokenCustody, says(thief, inquiry, evidence.Offered{Exhibit: letter, To: second})},
		{"offered on by whom it was offered to", "offered", evidence.ErrBrokenCustody, says(analyst, inquiry, evidence.Offered{Exhibit: letter, To: second})},
		{"accepted after the offer went to another", "offered", evidence.ErrBrokenCustody, func(h *house) *draft {
			h.say(custodian, inquiry, evidence.Offered{Exhibit: letter, To: second})
			return h.draft(analyst, inquiry, evidence.Accepted{Exhibit: letter})
		}},
		{"offered to oneself", "received", evidence.ErrBrokenCustody, says(custodian, inquiry, evidence.Offered{Exhibit: letter, To: custodian})},
		{"accepted by another", "offered", evidence.ErrBrokenCustody, says(thief, inquiry, evidence.Accepted{Exhibit: letter})},
		{"accepted back by the holder", "offered", evidence.ErrBrokenCustody, says(custodian, inquiry, evidence.Accepted{Exhibit: letter})},
		{"accepted twice", "accepted", evidence.ErrBrokenCustody, says(analyst, inquiry, evidence.Accepted{Exhibit: letter})},
		{"an unknown exhibit is offered", "received", evidence.ErrUnknownExhibit, says(custodian, inquiry, evidence.Offered{Exhibit: memo, To: analyst})},
		{"an unknown exhibit is accepted", "received", evidence.ErrUnknownExhibit, says(analyst, inquiry, evidence.Accepted{Exhibit: memo})},
		{"examined by one who does not hold it", "accepted", evidence.ErrBrokenCustody, func(h *house) *draft {
			return h.draft(second, inquiry, h.derived(letter, "T1018"))
		}},
		{"examined in transit", "accepted", evidence.ErrBrokenCustody, func(h *house) *draft {
			h.say(analyst, inquiry, evidence.Offered{Exhibit: letter, To: second})
			return h.draft(analyst, inquiry, h.derived(letter, "T1018"))
		}},
		{"examined without consent", "opened", evidence.ErrNoConsent, func(h *house) *draft {
			h.say(custodian, inquiry, bare(h))
			h.say(custodian, inquiry, evidence.Offered{Exhibit: memo, To: analyst})
			h.say(analyst, inquiry, evidence.Accepted{Exhibit: memo})
			return h.draft(analyst, inquiry, h.derived(memo, "T1018"))
		}},
		{"an unknown exhibit is contradicted", "derived", evidence.ErrUnknownExhibit, contradicts(memo, "o1", letter)},
		{"contradicted by an unknown exhibit", "derived", evidence.ErrUnknownExhibit, contradicts(letter, "o1", memo)},
		{"contradicted before anything was derived", "derived", evidence.ErrUnknownExhibit, contradicts(leak, "o1", letter)},
		{"contradicted twice", "computed again", evidence.ErrTwice, contradicts(letter, "o2", memo)},
	})
}

func contradicts(exhibit, observation, by string) func(*house) *draft {
	return func(h *house) *draft {
		return h.draft(analyst, inquiry, evidence.Contradicted{Exhibit: exhibit, Observation: observation, By: by, Reason: h.attach("why")})
	}
}

// computed drafts an analysis without asking the engine: no rule of the fold
// reads what it says.
func computed(h *house) *draft { return h.draft(analyst, inquiry, h.analysis("")) }

func (h *house) analysis(named string) attribution.Computed {
	return attribution.Computed{Knowledge: record.Digest(knowledge().Digest()), Engine: "1",
		Question: h.attach("question"), Result: h.attach("result"), Named: named}
}

func TestAnalysisAndNoticeAreRefused(t *testing.T) {
	refused(t, []refusal{
		{"computed without an exhibit", "opened", casebook.ErrOutOfStep, computed},
		{"computed during review", "called", casebook.ErrOutOfStep, computed},
		{"computed after the panel concluded", "concluded", casebook.ErrOutOfStep, computed},
		{"received during review", "seated", casebook.ErrOutOfStep, func(h *house) *draft {
			return h.draft(custodian, inquiry, h.received(memo, evidence.Clear, "press"))
		}},
		{"derived during review", "sealed", casebook.ErrOutOfStep, func(h *house) *draft { return h.draft(analyst, inquiry, h.derived(letter, "T1018")) }},
		{"contradicted during review", "closed", casebook.ErrOutOfStep, contradicts(letter, "o1", leak)},
		{"excluded during review", "concluded", casebook.ErrOutOfStep, func(h *house) *draft {
			return h.draft(analyst, inquiry, attribution.Excluded{Sources: []string{"52"}, Software: []string{}, Reason: h.attach("why")})
		}},
		{"claimed between the vote and the finding", "assessed", casebook.ErrOutOfStep, says(secretary, inquiry, claim("The United Nations", "XB"))},
		{"computed without naming the head", "computed", record.ErrMalformed, headless(computed)},
		{"notice to a state that no claim names", "claimed", casebook.ErrOutOfStep, notifies("XB")},
		{"notice twice", "notified", casebook.ErrOutOfStep, notifies("XA")},
		{"a reply without notice", "claimed", casebook.ErrOutOfStep, replies("XA")},
		{"a reply of a state that nobody accuses", "notified", casebook.ErrOutOfStep, replies("XB")},
		{"a reply twice", "computed again", casebook.ErrOutOfStep, replies("XA")},
	})
}

func notifies(state string) func(*house) *draft {
	return func(h *house) *draft {
		return h.draft(secretary, inquiry, casebook.Notified{State: state, Text: h.attach("Was it you?")})
	}
}

func replies(state string) func(*house) *draft {
	return func(h *house) *draft {
		return h.draft(secretary, inquiry, casebook.Replied{State: state, Text: h.attach("It was not.")})
	}
}

// nowhere is an analysis that was never made.
const nowhere = record.ID("00000000000000000000000000000000")

// call drafts an honest call of the next round.
func (h *house) call() *draft { return calls(func(*house, *review.Called) {})(h) }

// calls drafts a call with one thing changed.
func calls(change func(h *house, act *review.Called)) func(*house) *draft {
	return func(h *house) *draft {
		act := review.Called{Round: len(h.inquiry().Benches) + 1, Analysis: h.latest(), Roster: roster()}
		change(h, &act)
		return h.draft(secretary, inquiry, act, append(slices.Clone(act.Roster), statute)...)
	}
}

// latest is the last analysis of the inquiry.
func (h *house) latest() record.ID {
	list := h.inquiry().Analyses
	if len(list) == 0 {
		return nowhere
	}
	return list[len(list)-1].Record
}

func TestCallsAreRefused(t *testing.T) {
	honest := (*house).call
	refused(t, []refusal{
		{"without notice to the accused", "claimed", casebook.ErrOutOfStep, honest},
		{"before the notice time is over", "notified", casebook.ErrOutOfStep, func(h *house) *draft {
			h.wait(72*time.Hour - 2*time.Minute)
			return h.call()
		}},
		{"without an analysis", "derived", casebook.ErrOutOfStep, honest},
		{"with an analysis that another has replaced", "noticed", casebook.ErrOutOfStep, func(h *house) *draft {
			d := h.call()
			h.check(h.submit(computed(h)))
			d.Expect, d.envelope.Position = h.head(inquiry)
			d.envelope.Prev = d.Expect
			return d
		}},
		{"a roster of too few regions", "noticed", review.ErrRoster, calls(func(_ *house, act *review.Called) {
			act.Roster = []record.Subject{reviewer("01"), reviewer("02"), reviewer("06"), reviewer("07")}
		})},
		{"an empty roster", "noticed", review.ErrRoster, calls(func(_ *house, act *review.Called) { act.Roster = []record.Subject{} })},
		{"one on the roster is no reviewer", "noticed", review.ErrRoster, calls(func(_ *house, act *review.Called) {
			act.Roster = append([]record.Subject{counsel}, act.Roster...)
		})},
		{"one on the roster was never entered", "noticed", casebook.ErrNotCited, calls(func(_ *house, act *review.Called) {
			act.Roster = append([]record.Subject{"person/ghost"}, act.Roster...)
		})},
		{"one on the roster is not cited", "noticed", casebook.ErrNotCited, without(reviewer("04"), honest)},
		{"no statute is cited", "noticed", casebook.ErrNotCited, without(statute, honest)},
		{"a statute of one's choice", "noticed", casebook.ErrNotCited, func(h *house) *draft {
			h.say(trustee, "statute/lax", review.Adopted{Statute: rules(1)})
			return h.draft(secretary, inquiry, h.call().Act, append(roster(), "statute/lax")...)
		}},
		{"evidence came in since the analysis", "noticed", casebook.ErrOutOfStep, func(h *house) *draft {
			h.say(custodian, inquiry, h.received(memo, evidence.Clear, "press"))
			return h.call()
		}},
		{"a contradiction came in since the analysis", "noticed", casebook.ErrOutOfStep, func(h *house) *draft {
			h.check(h.submit(contradicts(letter, "o1", leak)(h)))
			return h.call()
		}},
		{"a source was excluded since the analysis", "noticed", casebook.ErrOutOfStep, func(h *house) *draft {
			h.say(analyst, inquiry, attribution.Excluded{Sources: []string{"52"}, Software: []string{}, Reason: h.attach("why")})
			return h.call()
		}},
		{"without naming the head", "noticed", record.ErrMalformed, headless(honest)},
		{"something was said since", "noticed", casebook.ErrStale, func(h *house) *draft {
			d := h.call()
			h.say(secretary, inquiry, claim("A blog", ""))
			d.envelope.Prev, d.envelope.Position = h.head(inquiry)
			return d
		}},
		{"the round after next", "noticed", casebook.ErrOutOfStep, calls(func(_ *house, act *review.Called) { act.Round++ })},
		{"a round while another is under way", "seated", casebook.ErrOutOfStep, honest},
		{"a round before the finding of the last", "concluded", casebook.ErrOutOfStep, honest},
		{"by one who may not", "noticed", party.ErrNotPermitted, func(h *house) *draft {
			return h.draft(analyst, inquiry, h.call().Act, docket()...)
		}},
	})
}
