package casebook_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"solferino/casebook"
	"solferino/convention"
	"solferino/evidence"
	"solferino/finding"
	"solferino/party"
	"solferino/proof"
	"solferino/record"
	"solferino/review"
)

// seats drafts the seating with one thing changed.
func seats(change func(h *house, act *review.Seated)) func(*house) *draft {
	return func(h *house) *draft {
		act := h.seated(len(h.log))
		change(h, &act)
		return h.draft(secretary, inquiry, act, institution)
	}
}

func TestPanelsAreRefused(t *testing.T) {
	nothing := func(*house, *review.Seated) {}
	refused(t, []refusal{
		{"recused before any call", "noticed", casebook.ErrOutOfStep, says(reviewer("05"), inquiry, review.Recused{Round: 1, Reason: "busy"})},
		{"recused after the seating", "seated", review.ErrOutOfStep, says(reviewer("05"), inquiry, review.Recused{Round: 1, Reason: "busy"})},
		{"recused twice", "recused", review.ErrOutOfStep, says(reviewer("12"), inquiry, review.Recused{Round: 1, Reason: "busy"})},
		{"recused from a round that is over", "called again", casebook.ErrOutOfStep, says(reviewer("05"), inquiry, review.Recused{Round: 1, Reason: "busy"})},
		{"recused by one who was never on the roster", "noticed", review.ErrOutOfStep, func(h *house) *draft {
			h.say(trustee, reviewer("13"), candidate(12).with(reviewer("13")))
			h.check(h.submit(h.call()))
			return h.draft(reviewer("13"), inquiry, review.Recused{Round: 1, Reason: "busy"})
		}},
		{"seated by an older checkpoint", "called", review.ErrOutOfStep, func(h *house) *draft {
			cp := h.checkpoint(int(h.bench().CalledAt))
			act := h.seated(len(h.log))
			act.Checkpoint = signersOf("reef").sign(cp, 2)
			return h.draft(secretary, inquiry, act, institution)
		}},
		{"seated by a checkpoint of another log", "called", proof.ErrMalformed, seats(func(h *house, act *review.Seated) {
			cp := h.checkpoint(len(h.log))
			cp.Origin = "example.org/atoll"
			act.Checkpoint = signersOf("atoll").sign(cp, 2)
		})},
		{"seated by a checkpoint that strangers signed", "called", proof.ErrBadSignature, seats(func(h *house, act *review.Seated) {
			act.Checkpoint = signersOf("atoll").sign(h.checkpoint(len(h.log)), 2)
		})},
		{"seated by a checkpoint without its quorum", "called", proof.ErrNoQuorum, seats(func(h *house, act *review.Seated) {
			act.Checkpoint = signersOf("reef").sign(h.checkpoint(len(h.log)), 1)
		})},
		{"seated by a checkpoint that was changed", "called", proof.ErrBadSignature, seats(func(h *house, act *review.Seated) {
			cp := h.checkpoint(len(h.log))
			cp.Root[0] ^= 1
			good, bad := strings.Split(act.Checkpoint, "\n"), strings.Split(cp.Text(), "\n")
			good[2] = bad[2]
			act.Checkpoint = strings.Join(good, "\n")
		})},
		{"another panel", "called", review.ErrWrongLot, seats(func(h *house, act *review.Seated) {
			for _, id := range roster()[3:] {
				if !slices.Contains(act.Panel, id) {
					act.Panel[0] = id
					slices.Sort(act.Panel)
					return
				}
			}
		})},
		{"a smaller panel", "called", review.ErrWrongLot, seats(func(_ *house, act *review.Seated) { act.Panel = act.Panel[1:] })},
		{"seated twice", "seated", review.ErrOutOfStep, func(h *house) *draft {
			return h.draft(secretary, inquiry, h.bench().Seating, institution)
		}},
		{"seated before any call", "noticed", casebook.ErrOutOfStep, says(secretary, inquiry, review.Seated{Round: 1, Checkpoint: "-", Panel: []record.Subject{}}, institution)},
		{"seated for another round", "called", casebook.ErrOutOfStep, seats(func(_ *house, act *review.Seated) { act.Round = 2 })},
		{"seated without citing the institution", "called", casebook.ErrNotCited, without(institution, seats(nothing))},
		{"too few are left for a panel", "called", review.ErrInfeasible, func(h *house) *draft {
			act := h.seated(len(h.log))
			for _, n := range []string{"04", "05", "06", "07", "08"} {
				h.say(reviewer(n), inquiry, review.Recused{Round: 1, Reason: "busy"})
			}
			return h.draft(secretary, inquiry, act, institution)
		}},
	})
}

// member drafts an act of the i-th member of the panel.
func member(i int, act func(h *house, who record.Subject) record.Act) func(*house) *draft {
	return func(h *house) *draft {
		who := h.bench().Panel[i]
		return h.draft(who, inquiry, act(h, who))
	}
}

func seals(h *house, who record.Subject) record.Act { return h.sealed(who, review.Concur) }
func opens(h *house, who record.Subject) record.Act { return h.opened(who, review.Concur) }

// outsider is a reviewer who may sit and does not.
func outsider(h *house) record.Subject {
	return roster()[slices.IndexFunc(roster(), func(id record.Subject) bool {
		_, free := slices.BinarySearch(h.bench().Panel, id)
		return !free && id > reviewer("03") && id != reviewer("12")
	})]
}

func TestBallotsAreRefused(t *testing.T) {
	refused(t, []refusal{
		{"sealed before the seating", "called", review.ErrNotSeated, func(h *house) *draft {
			return h.draft(reviewer("05"), inquiry, h.sealed(reviewer("05"), review.Concur))
		}},
		{"sealed by one who was not drawn", "seated", review.ErrNotSeated, func(h *house) *draft {
			return h.draft(outsider(h), inquiry, h.sealed(outsider(h), review.Concur))
		}},
		{"sealed by one who recused themself", "seated", review.ErrRecused, func(h *house) *draft {
			return h.draft(reviewer("12"), inquiry, h.sealed(reviewer("12"), review.Concur))
		}},
		{"sealed by one who is recused by rule", "seated", review.ErrRecused, func(h *house) *draft {
			return h.draft(reviewer("01"), inquiry, h.sealed(reviewer("01"), review.Concur))
		}},
		{"sealed by one who is no reviewer", "seated", party.ErrNotPermitted, func(h *house) *draft {
			return h.draft(secretary, inquiry, h.sealed(secretary, review.Concur))
		}},
		{"sealed after the close", "closed", review.ErrOutOfStep, member(0, seals)},
		{"somebody else's commitment", "sealed", review.ErrSpoilt, member(1, func(h *house, _ record.Subject) record.Act {
			return h.sealed(h.bench().Panel[0], review.Concur)
		})},
		{"sealed for another round", "seated", casebook.ErrOutOfStep, member(0, func(h *house, who record.Subject) record.Act {
			act := h.sealed(who, review.Concur)
			act.Round = 2
			return act
		})},
		{"closed before the seating", "called", review.ErrOutOfStep, says(secretary, inquiry, review.Closed{Round: 1})},
		{"closed below the quorum", "seated", review.ErrOutOfStep, func(h *house) *draft {
			h.seal(review.Concur, review.Concur, review.Concur)
			return h.draft(secretary, inquiry, review.Closed{Round: 1})
		}},
		{"closed twice", "closed", review.ErrOutOfStep, says(secretary, inquiry, review.Closed{Round: 1})},
		{"ended before any call", "noticed", casebook.ErrOutOfStep, says(secretary, inquiry, review.Ended{Round: 1, Reason: "no reason"})},
		{"ended twice", "ended", casebook.ErrOutOfStep, says(secretary, inquiry, review.Ended{Round: 2, Reason: "again"})},
		{"ended after its finding", "issued", casebook.ErrOutOfStep, says(secretary, inquiry, review.Ended{Round: 1, Reason: "too late"})},
		{"ended, another round", "seated", casebook.ErrOutOfStep, says(secretary, inquiry, review.Ended{Round: 2, Reason: "too early"})},
		{"ended by a member", "seated", party.ErrNotPermitted, member(0, func(*house, record.Subject) record.Act {
			return review.Ended{Round: 1, Reason: "I have had enough"}
		})},
		{"ended without naming the head", "seated", record.ErrMalformed, headless(says(secretary, inquiry, review.Ended{Round: 1, Reason: "quick"}))},
		{"sealed in a round that was ended", "seated", casebook.ErrOutOfStep, func(h *house) *draft {
			h.say(secretary, inquiry, review.Ended{Round: 1, Reason: "a storm"})
			return h.draft(h.bench().Panel[0], inquiry, h.sealed(h.bench().Panel[0], review.Concur))
		}},
		{"closed without naming the head", "sealed", record.ErrMalformed, headless(says(secretary, inquiry, review.Closed{Round: 1}))},
		{"closed while a ballot came in", "sealed", casebook.ErrStale, func(h *house) *draft {
			d := h.draft(secretary, inquiry, review.Closed{Round: 1})
			h.seal(review.Concur)
			d.envelope.Prev, d.envelope.Position = h.head(inquiry)
			return d
		}},
		{"opened before the close", "sealed", review.ErrOutOfStep, member(0, opens)},
		{"opened by an outsider", "closed", review.ErrNotSeated, func(h *house) *draft {
			return h.draft(outsider(h), inquiry, h.opened(outsider(h), review.Concur))
		}},
		{"opened twice", "opinions missing", review.ErrOutOfStep, member(0, opens)},
		{"another vote than was sealed", "closed", review.ErrSpoilt, member(0, func(h *house, who record.Subject) record.Act {
			return h.opened(who, review.Dissent)
		})},
		{"another salt than was sealed with", "closed", review.ErrSpoilt, member(0, func(h *house, who record.Subject) record.Act {
			act := h.opened(who, review.Concur)
			act.Salt = record.Sum([]byte("another"))
			return act
		})},
		{"the ballot of another member", "closed", review.ErrSpoilt, member(1, func(h *house, _ record.Subject) record.Act {
			return h.opened(h.bench().Panel[0], review.Concur)
		})},
		{"a ballot on another case", "seated", review.ErrSpoilt, ballotOn(func(b *review.Ballot) { b.Case = "case/2026-002" })},
		{"a ballot on another analysis", "seated", review.ErrSpoilt, ballotOn(func(b *review.Ballot) { b.Analysis = nowhere })},
		{"a ballot of another round", "seated", casebook.ErrOutOfStep, ballotOn(func(b *review.Ballot) { b.Round = 2 })},
		{"opened by a member who sealed nothing", "seated", review.ErrSpoilt, func(h *house) *draft {
			h.seal(review.Concur, review.Concur, review.Concur, review.Concur)
			h.close()
			return member(4, opens)(h)
		}},
		{"a dissent without a dissenting ballot", "opinions missing", review.ErrOutOfStep, dissents(0)},
		{"a dissent before the ballot is open", "closed", review.ErrOutOfStep, dissents(3)},
		{"a dissent twice", "concluded", review.ErrOutOfStep, dissents(3)},
	})
}

// ballotOn has the first member seal, and then open, a ballot on something else.
func ballotOn(change func(b *review.Ballot)) func(*house) *draft {
	return func(h *house) *draft {
		who := h.bench().Panel[0]
		strange, salt := h.ballot(who, review.Concur)
		change(&strange)
		h.seal(review.Concur, review.Concur, review.Concur, review.Concur)
		h.say(who, inquiry, review.Sealed{Round: 1, Commit: must(strange.Seal(salt))})
		h.close()
		return h.draft(who, inquiry, review.Opened{Salt: record.Digest(salt.String()), Ballot: strange})
	}
}

func dissents(i int) func(*house) *draft {
	return member(i, func(h *house, _ record.Subject) record.Act {
		return review.Dissented{Round: 1, Opinion: h.attach("I see it otherwise.")}
	})
}

// assesses drafts an assessment with one thing changed.
func assesses(change func(act *finding.Assessed)) func(*house) *draft {
	return func(h *house) *draft {
		act := assessed(1)
		change(&act)
		return h.draft(counsel, inquiry, act, record.Subject("state/"+act.State))
	}
}

func TestAssessmentsAreRefused(t *testing.T) {
	plain := assesses(func(*finding.Assessed) {})
	refused(t, []refusal{
		{"before any call", "noticed", casebook.ErrOutOfStep, plain},
		{"before the ballots are open", "closed", review.ErrOutOfStep, plain},
		{"before the dissenting opinion is there", "opinions missing", review.ErrOutOfStep, plain},
		{"twice", "assessed", casebook.ErrOutOfStep, plain},
		{"after the finding", "issued", casebook.ErrOutOfStep, plain},
		{"for another date than the incident's", "concluded", casebook.ErrOutOfStep, assesses(func(act *finding.Assessed) { act.Date = "2026-03-02" })},
		{"for a state that nobody accuses", "concluded", casebook.ErrOutOfStep, assesses(func(act *finding.Assessed) { act.State = "XB" })},
		{"an unknown clause", "concluded", convention.ErrUnknownClause, assesses(func(act *finding.Assessed) { act.Clause = "gge-2015#99" })},
		{"for another round", "concluded", casebook.ErrOutOfStep, assesses(func(act *finding.Assessed) { act.Round = 2 })},
		{"without what the state adhered to", "concluded", casebook.ErrNotCited, without("state/XA", plain)},
		{"without naming the head", "concluded", record.ErrMalformed, headless(plain)},
		{"by the secretariat", "concluded", party.ErrNotPermitted, says(secretary, inquiry, assessed(1), "state/XA")},
	})
}

// issues drafts the finding with one thing changed.
func issues(change func(h *house, act *finding.Issued)) func(*house) *draft {
	return func(h *house) *draft {
		act := finding.Issued{Version: len(h.inquiry().Findings) + 1, Outcome: finding.Insufficient, Analysis: h.latest(),
			Document: h.attach("a document")}
		change(h, &act)
		return h.draft(secretary, inquiry, act)
	}
}

// rests takes a case that rests on one more exhibit, with this mark and consent,
// to the act that would issue its finding.
func rests(tlp evidence.TLP, consent ...evidence.Use) func(*house) *draft {
	return func(h *house) *draft {
		r := h.received(memo, tlp, "press")
		r.Consent = consent
		h.say(custodian, inquiry, r)
		h.say(custodian, inquiry, evidence.Offered{Exhibit: memo, To: analyst})
		h.say(analyst, inquiry, evidence.Accepted{Exhibit: memo})
		h.say(analyst, inquiry, h.derived(memo, "T1018"))
		h.check(h.submit(computed(h)))
		h.wait(72 * time.Hour)
		h.check(h.submit(h.call()))
		h.say(secretary, inquiry, h.seated(len(h.log)), institution)
		h.vote(review.Concur, review.Concur, review.Concur, review.Concur)
		h.say(counsel, inquiry, assessed(1), "state/XA")
		return issues(func(*house, *finding.Issued) {})(h)
	}
}

func TestFindingsAreRefused(t *testing.T) {
	plain := issues(func(*house, *finding.Issued) {})
	refused(t, []refusal{
		{"before any call", "noticed", casebook.ErrOutOfStep, plain},
		{"while ballots are sealed", "sealed", review.ErrOutOfStep, plain},
		{"while a ballot is not open", "seated", review.ErrOutOfStep, func(h *house) *draft {
			h.seal(review.Concur, review.Concur, review.Concur, review.Concur, review.Concur)
			h.close()
			for _, who := range h.bench().Panel[:4] {
				h.say(who, inquiry, h.opened(who, review.Concur))
			}
			return plain(h)
		}},
		{"while the dissenting opinion is missing", "opinions missing", review.ErrOutOfStep, plain},
		{"below the majority", "seated", review.ErrOutOfStep, func(h *house) *draft {
			h.vote(review.Concur, review.Concur, review.Abstain, review.Abstain, review.Abstain)
			return plain(h)
		}},
		{"when no clause was assessed", "concluded", casebook.ErrOutOfStep, plain},
		{"naming somebody whom the analysis does not", "assessed", casebook.ErrOutOfStep, issues(func(_ *house, act *finding.Issued) {
			act.Outcome = finding.Attributed
		})},
		{"resting on an exhibit of TLP:AMBER", "notified", evidence.ErrNoConsent, rests(evidence.Amber, evidence.ForAnalysis, evidence.ForPublication)},
		{"resting on an exhibit of TLP:GREEN", "notified", evidence.ErrNoConsent, rests(evidence.Green, evidence.ForAnalysis, evidence.ForPublication)},
		{"resting on an exhibit not to be published", "notified", evidence.ErrNoConsent, rests(evidence.Clear, evidence.ForAnalysis)},
		{"a version too high", "assessed", casebook.ErrOutOfStep, issues(func(_ *house, act *finding.Issued) {
			act.Version, act.Change = 2, "a leap"
		})},
		{"a second version without a second round", "issued", casebook.ErrOutOfStep, issues(func(_ *house, act *finding.Issued) {
			act.Change = "second thoughts"
		})},
		{"the first version again", "assessed again", casebook.ErrOutOfStep, issues(func(_ *house, act *finding.Issued) { act.Version = 1 })},
		{"resting on an analysis that was not reviewed", "assessed again", casebook.ErrOutOfStep, issues(func(h *house, act *finding.Issued) {
			act.Change, act.Analysis = "second thoughts", h.inquiry().Analyses[0].Record
		})},
		{"without naming the head", "assessed", record.ErrMalformed, headless(plain)},
		{"by counsel", "assessed", party.ErrNotPermitted, func(h *house) *draft { return h.draft(counsel, inquiry, plain(h).Act) }},
		{"withdrawn before there is one", "assessed", casebook.ErrUnknownVersion, withdraws(1)},
		{"withdrawn, a version that never was", "issued", casebook.ErrUnknownVersion, withdraws(2)},
		{"withdrawn twice", "end", casebook.ErrOutOfStep, withdraws(1)},
	})
}

func withdraws(version int) func(*house) *draft {
	return says(secretary, inquiry, finding.Withdrawn{Version: version, Reason: "an error"})
}
