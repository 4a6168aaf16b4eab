package casebook_test

import (
	"bytes"
	"encoding/pem"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hiddeco/sshsig"

	"solferino/attribution"
	"solferino/casebook"
	"solferino/convention"
	"solferino/evidence"
	"solferino/finding"
	"solferino/party"
	"solferino/proof"
	"solferino/record"
	"solferino/review"
)

// A refusal is a record that must not be admitted.
type refusal struct {
	name  string
	at    string // mark of the story
	wraps error
	try   func(h *house) *draft
}

// refused tries every refusal at its place in the story and sees that nothing
// has changed.
func refused(t *testing.T, tests []refusal) {
	names := map[string]bool{}
	for _, tt := range tests {
		if names[tt.name] {
			t.Errorf("%q stands twice in the table", tt.name)
		}
		names[tt.name] = true
		t.Run(tt.name, func(t *testing.T) {
			h := story(t).at(t, tt.at)
			d := tt.try(h)
			if err := h.submit(d); !errors.Is(err, tt.wraps) {
				t.Fatalf("Check() = %v, want %v", err, tt.wraps)
			}
			h.unchanged(d.Subject, d.Actor, inquiry, institution)
		})
	}
}

// unchanged compares what the book holds in its cache with what a book that
// never saw the refused record makes of the chains.
func (h *house) unchanged(subjects ...record.Subject) {
	h.t.Helper()
	fresh := h.newBook(0)
	for _, s := range subjects {
		if len(h.chain[s]) == 0 {
			continue // the host, and those who are nobody
		}
		want, err := fresh.Now(s)
		h.check(err)
		if diff := same(want, h.folded(s)); diff != "" {
			h.t.Errorf("%s is not what its chain gives (-chain +book):\n%s", s, diff)
		}
	}
}

// says drafts an act in one line.
func says(by, about record.Subject, act record.Act, cites ...record.Subject) func(*house) *draft {
	return func(h *house) *draft { return h.draft(by, about, act, cites...) }
}

// bent drafts what the custodian might honestly say, and bends it.
func bent(bend func(h *house, d *draft)) func(*house) *draft {
	return func(h *house) *draft {
		d := h.draft(custodian, inquiry, h.received(memo, evidence.Clear, "press"))
		bend(h, d)
		return d
	}
}

func TestTheDoorRefuses(t *testing.T) {
	refused(t, []refusal{
		{"the key of somebody else", "opened", party.ErrUnknownKey, bent(func(_ *house, d *draft) { d.key = keyOf(string(analyst)) })},
		{"the key of nobody", "opened", party.ErrUnknownKey, bent(func(_ *house, d *draft) { d.key = keyOf("a passer-by") })},
		{"the host's key on a person's record", "opened", record.ErrBadSignature, bent(func(_ *house, d *draft) { d.key = keyOf(string(host)) })},
		{"somebody who was never entered", "opened", party.ErrUnknownKey, says("person/ghost", inquiry, claim("A ghost", "XA"))},
		{"an organisation acts", "opened", party.ErrUnknownKey, says("org/northlight", inquiry, claim("Northlight", "XA"))},
		{"a signature made for another namespace", "opened", record.ErrBadSignature, bent(func(h *house, d *draft) {
			sig, err := sshsig.Sign(bytes.NewReader(h.opening(d).Record), d.key, sshsig.HashSHA512, "file")
			h.check(err)
			d.signature = armour(sig, 70)
		})},
		{"a signature of other bytes", "opened", record.ErrBadSignature, bent(func(h *house, d *draft) {
			d.signature = must(record.Sign([]byte("{}"), d.key))
		})},
		{"a signature in another armour", "opened", record.ErrBadSignature, bent(func(h *house, d *draft) {
			d.signature = must(record.Sign(h.opening(d).Record, d.key))
			d.signature = bytes.Replace(d.signature, []byte("\n-----END"), []byte("\n\n-----END"), 1)
		})},
		{"a key after its revocation", "end", party.ErrUnknownKey, says(second, inquiry, claim("A blog", ""))},
		{"no role", "founded", party.ErrNotPermitted, says(analyst, inquiry, casebook.Opened{Date: "2026-03-01", Title: story(t).attach("x")})},
		{"a person does what the host does", "issued", party.ErrNotPermitted, func(h *house) *draft {
			return h.draft(secretary, "publication/again", h.published(1))
		}},
		{"the host does what a person does", "opened", party.ErrNotPermitted, func(h *house) *draft {
			return h.draft(host, inquiry, h.received(memo, evidence.Clear, "press"))
		}},
		{"the host votes", "seated", party.ErrNotPermitted, func(h *house) *draft {
			return h.draft(host, inquiry, h.sealed(h.bench().Panel[0], review.Concur))
		}},
		{"the founder goes on as trustee of all", "opened", party.ErrNotPermitted, says(trustee, inquiry, claim("The trustee", "XA"))},

		{"the envelope of another case", "opened", casebook.ErrBrokenChain, bent(func(_ *house, d *draft) { d.envelope.Subject = "case/2026-002" })},
		{"a gap in the positions", "received", casebook.ErrBrokenChain, bent(func(_ *house, d *draft) { d.envelope.Position++ })},
		{"a position that is taken", "received", casebook.ErrBrokenChain, bent(func(h *house, d *draft) {
			d.envelope.Position--
			d.envelope.Prev = h.chain[inquiry][d.envelope.Position-1].Leaf()
		})},
		{"another leaf before it", "received", casebook.ErrBrokenChain, bent(func(h *house, d *draft) { d.envelope.Prev = h.chain[inquiry][0].Leaf() })},
		{"a first position in the middle", "received", casebook.ErrBrokenChain, bent(func(_ *house, d *draft) {
			d.envelope.Position, d.envelope.Prev = 0, ""
		})},
		{"a record said again", "received", casebook.ErrReplayed, bent(func(h *house, d *draft) {
			last := h.chain[inquiry][len(h.chain[inquiry])-1]
			d.raw, d.signature = last.Record, last.Signature
		})},
		{"another record under an id that is taken", "received", casebook.ErrReplayed, bent(func(h *house, d *draft) {
			d.ID = must(casebook.Kinds().Decode(h.chain[inquiry][0].Record)).ID
		})},
		{"a head that moved on", "received", casebook.ErrStale, bent(func(h *house, d *draft) { d.Expect = h.chain[inquiry][0].Leaf() })},
		{"a citation that is stale", "noticed", casebook.ErrStale, func(h *house) *draft {
			d := h.call()
			h.say(trustee, reviewer("05"), party.KeyAdded{Key: lineOf("a second key")})
			return d
		}},
		{"a citation of what never was", "opened", casebook.ErrStale, bent(func(_ *house, d *draft) {
			d.Cites = []record.Cite{{Subject: "state/XX", Head: record.Sum(nil)}}
		})},
		{"an unknown kind", "opened", record.ErrUnknownKind, bent(func(h *house, d *draft) {
			d.raw = bytes.Replace(h.opening(d).Record, []byte("evidence.received/1"), []byte("evidence.received/2"), 1)
		})},
		{"white space", "opened", record.ErrMalformed, bent(func(h *house, d *draft) { d.raw = append(h.opening(d).Record, '\n') })},
		{"a member too many", "opened", record.ErrMalformed, bent(func(h *house, d *draft) {
			d.raw = bytes.Replace(h.opening(d).Record, []byte(`{"exhibit"`), []byte(`{"colour":"red","exhibit"`), 1)
		})},
		{"an act that makes no sense", "opened", record.ErrMalformed, says(analyst, inquiry, attribution.Claimed{})},
	})
}

// armour writes a signature in lines of a width.
func armour(sig *sshsig.Signature, width int) []byte {
	text := string(pem.EncodeToMemory(&pem.Block{Type: sshsig.PEMType, Bytes: sig.Marshal()}))
	head, body, _ := strings.Cut(text, "\n")
	body, foot, _ := strings.Cut(body, "-----")
	body = strings.ReplaceAll(body, "\n", "")
	out := head + "\n"
	for part := range slices.Chunk([]byte(body), width) {
		out += string(part) + "\n"
	}
	return []byte(out + "-----" + foot)
}

// The control: with the width of lines that OpenSSH uses, and the right
// namespace, the same signature counts.
func TestTheArmourOfTheseTestsIsSound(t *testing.T) {
	h := story(t).at(t, "opened")
	d := h.draft(custodian, inquiry, h.received(memo, evidence.Clear, "press"))
	sig, err := sshsig.Sign(bytes.NewReader(h.opening(d).Record), d.key, sshsig.HashSHA512, record.Namespace)
	h.check(err)
	d.signature = armour(sig, 70)
	h.check(h.submit(d))
}

func TestFoundingAndPeopleAreRefused(t *testing.T) {
	refused(t, []refusal{
		{"founded twice", "founded", party.ErrTwice, func(h *house) *draft {
			return h.draft(trustee, institution, h.folded(institution).Institution().Founded)
		}},
		{"another act about the institution", "founded", party.ErrNotPermitted, says(secretary, institution, party.KeyAdded{Key: lineOf("x")})},
		{"a person entered twice", "founded", party.ErrTwice, says(trustee, analyst, person("QQ", 0, 0, party.Analyst).with(analyst))},
		{"a key for nobody", "founded", party.ErrNobody, says(trustee, "person/ghost", party.KeyAdded{Key: lineOf("x")})},
		{"a key given twice", "founded", party.ErrTwice, says(trustee, analyst, party.KeyAdded{Key: lineOf(string(analyst))})},
		{"a key given again after its revocation", "end", party.ErrTwice, says(trustee, second, party.KeyAdded{Key: lineOf(string(second))})},
		{"a revocation of a key of somebody else", "founded", party.ErrUnknownKey,
			says(trustee, analyst, party.KeyRevoked{Key: lineOf(string(second)), Reason: "mistaken"})},
		{"somebody enters themself", "founded", party.ErrUnknownKey, says("person/me", "person/me", person("QQ", 0, 0, party.Trustee).with("person/me"))},
		{"somebody revokes another's key", "founded", party.ErrNotPermitted,
			says(analyst, second, party.KeyRevoked{Key: lineOf(string(second)), Reason: "envy"})},
		{"a statute out of turn", "founded", review.ErrOutOfStep, says(trustee, statute, review.Adopted{Statute: rules(3)})},
		{"the same knowledge twice", "founded", party.ErrTwice, func(h *house) *draft {
			k := h.folded("knowledge/attack").Fold.(*casebook.Knowledge)
			return h.draft(registrar, "knowledge/attack", k.Imports[0])
		}},
		{"a state withdraws from what it never joined", "founded", convention.ErrNothingToWithdraw, says(registrar, "state/XB", convention.Adhered{
			Instrument: "gge-2015", Act: convention.Withdraw, Date: "2020-01-01", Force: convention.None, Reporter: convention.Compiled,
			Source: "a note", Basis: convention.Seen})},
	})
}

func TestBeforeTheFoundingNothingIsSaid(t *testing.T) {
	h := newHouse(t)
	err := h.submit(h.draft(trustee, trustee, person("QM", 0, 0, party.Trustee).with(trustee)))
	if !errors.Is(err, casebook.ErrOutOfStep) {
		t.Errorf("Check() = %v, want casebook.ErrOutOfStep", err)
	}
}

// A founder signs with the key that the founding names, and with no other.
func TestAFoundingIsSignedByItsFounder(t *testing.T) {
	h := newHouse(t)
	d := h.draft(trustee, institution, party.Founded{Name: "The Reef Institute", Policy: signersOf("reef").policy,
		Host: lineOf(string(host)), Founder: lineOf("somebody else"), Grants: casebook.Grants()})
	if err := h.submit(d); !errors.Is(err, party.ErrUnknownKey) {
		t.Errorf("Check() = %v, want party.ErrUnknownKey", err)
	}
}

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
		{"offered while in transit", "offered", evidence.ErrBrokenCustody, says(custodian, inquiry, evidence.Offered{Exhibit: letter, To: second})},
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

// headless takes the head from a record whose kind must name it.
func headless(try func(*house) *draft) func(*house) *draft {
	return func(h *house) *draft {
		d := try(h)
		d.Expect = ""
		return d
	}
}

// without takes one citation away.
func without(s record.Subject, try func(*house) *draft) func(*house) *draft {
	return func(h *house) *draft {
		d := try(h)
		d.Cites = slices.DeleteFunc(d.Cites, func(c record.Cite) bool { return c.Subject == s })
		return d
	}
}

// call drafts an honest call of the next round.
func (h *house) call() *draft {
	c := h.inquiry()
	return h.draft(secretary, inquiry, review.Called{Round: len(c.Benches) + 1, Analysis: c.Analyses[len(c.Analyses)-1].Record,
		Roster: roster()}, docket()...)
}

// calls drafts a call with one thing changed.
func calls(change func(h *house, act *review.Called)) func(*house) *draft {
	return func(h *house) *draft {
		c := h.inquiry()
		act := review.Called{Round: len(c.Benches) + 1, Roster: roster()}
		if n := len(c.Analyses); n > 0 {
			act.Analysis = c.Analyses[n-1].Record
		}
		change(h, &act)
		return h.draft(secretary, inquiry, act, append(slices.Clone(act.Roster), statute)...)
	}
}

func TestCallsAreRefused(t *testing.T) {
	honest := (*house).call
	refused(t, []refusal{
		{"without notice to the accused", "claimed", casebook.ErrOutOfStep, honest},
		{"before the notice time is over", "notified", casebook.ErrOutOfStep, func(h *house) *draft {
			h.wait(72*time.Hour - 2*time.Minute)
			return h.call()
		}},
		{"without an analysis", "derived", casebook.ErrOutOfStep, calls(func(_ *house, act *review.Called) {
			act.Analysis = "00000000000000000000000000000000"
		})},
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
		{"two statutes are cited", "noticed", casebook.ErrNotCited, func(h *house) *draft {
			h.say(trustee, "statute/other", review.Adopted{Statute: rules(1)})
			return h.draft(secretary, inquiry, h.call().Act, append(docket(), "statute/other")...)
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
		{"a ballot on another analysis", "seated", review.ErrSpoilt, ballotOn(func(b *review.Ballot) { b.Analysis = "00000000000000000000000000000000" })},
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
		c := h.inquiry()
		act := finding.Issued{Version: len(c.Findings) + 1, Outcome: finding.Insufficient, Analysis: c.Analyses[len(c.Analyses)-1].Record,
			Document: h.attach("a document")}
		change(h, &act)
		return h.draft(secretary, inquiry, act)
	}
}

// rests makes the case rest on one more exhibit, with this mark and consent.
func rests(tlp evidence.TLP, consent ...evidence.Use) func(*house, *finding.Issued) {
	return func(h *house, _ *finding.Issued) {
		r := h.received(memo, tlp, "press")
		r.Consent = consent
		h.say(custodian, inquiry, r)
		h.say(custodian, inquiry, evidence.Offered{Exhibit: memo, To: analyst})
		h.say(analyst, inquiry, evidence.Accepted{Exhibit: memo})
		h.say(analyst, inquiry, h.derived(memo, "T1018"))
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
		{"resting on an exhibit of TLP:AMBER", "assessed", evidence.ErrNoConsent,
			issues(rests(evidence.Amber, evidence.ForAnalysis, evidence.ForPublication))},
		{"resting on an exhibit of TLP:GREEN", "assessed", evidence.ErrNoConsent,
			issues(rests(evidence.Green, evidence.ForAnalysis, evidence.ForPublication))},
		{"resting on an exhibit not to be published", "assessed", evidence.ErrNoConsent, issues(rests(evidence.Clear, evidence.ForAnalysis))},
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

// No sentinel says these; the words do.
func TestWhatNoRoomKnows(t *testing.T) {
	for name, tt := range map[string]struct {
		try  func(*house) *draft
		says string
	}{
		"a subject of no room":         {says(secretary, "vessel/1", claim("A vessel", "XA")), "no room keeps subjects like vessel/1"},
		"evidence about a person":      {says(custodian, analyst, evidence.Accepted{Exhibit: letter}), "a person knows no act"},
		"a key of a statute":           {says(trustee, statute, party.KeyAdded{Key: lineOf("x")}), "a statute knows no act"},
		"a key of a knowledge":         {says(trustee, "knowledge/attack", party.KeyAdded{Key: lineOf("x")}), "a knowledge knows no act"},
		"a key of a state":             {says(trustee, "state/XA", party.KeyAdded{Key: lineOf("x")}), "knows no act"},
		"a key of an institution":      {says(trustee, institution, party.KeyAdded{Key: lineOf("x")}), "an institution knows no act"},
		"a key of a publication":       {says(trustee, "publication/1", party.KeyAdded{Key: lineOf("x")}), "a publication is one act"},
		"published twice in one place": {says(host, "publication/2026-001-1", casebook.Published{Finding: inquiry, Version: 1, Entries: []int64{1}}), "a publication is one act"},
		"a statute in a case":          {says(trustee, inquiry, review.Adopted{Statute: rules(1)}), "review.adopted/1"},
	} {
		t.Run(name, func(t *testing.T) {
			h := story(t).at(t, "issued")
			d := tt.try(h)
			if err := h.submit(d); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("Check() = %v, want words %q", err, tt.says)
			}
			h.unchanged(inquiry, institution)
		})
	}
}

// Whether a key counts is decided by its place in the log: what it signed
// before its end stays, what it signs later is refused, and what a verifier
// asks about an entry in between is answered as of then.
func TestAKeyCountsUpToItsRevocation(t *testing.T) {
	h := story(t).at(t, "opened")
	h.say(analyst, inquiry, claim("A blog", ""))
	before := len(h.log)
	held := h.opening(h.draft(analyst, inquiry, claim("A second blog", "")))
	h.say(trustee, analyst, party.KeyAdded{Key: lineOf("new key")})
	h.say(analyst, analyst, party.KeyRevoked{Key: lineOf(string(analyst)), Reason: "lost"})

	if err := h.submit(h.draft(analyst, inquiry, claim("A third blog", ""))); !errors.Is(err, party.ErrUnknownKey) {
		t.Errorf("after the revocation: %v, want party.ErrUnknownKey", err)
	}
	held.Index = int64(len(h.log))
	if _, _, err := h.book.Check(held); !errors.Is(err, party.ErrUnknownKey) {
		t.Errorf("signed before and submitted after: %v, want party.ErrUnknownKey", err)
	}
	d := h.draft(analyst, inquiry, claim("A third blog", ""))
	d.key = keyOf("new key")
	h.check(h.submit(d))

	f, err := h.newBook(0).Now(inquiry)
	if err != nil || len(f.Case().Claims) != 2 {
		t.Errorf("the chain folds to %v, %v, want both claims", f, err)
	}
	p, err := h.book.Before(analyst, int64(before))
	h.check(err)
	if keys := p.Person().Keys(); !slices.Equal(keys, []string{lineOf(string(analyst))}) {
		t.Errorf("keys before the change are %v", keys)
	}
}

// A citation must be current for the record that makes it, and may become old
// afterwards.
func TestACitationMayGrowOld(t *testing.T) {
	h := story(t).at(t, "called")
	h.say(trustee, statute, review.Adopted{Statute: rules(2)})
	f, err := h.newBook(0).Now(inquiry)
	h.check(err)
	if v := f.Case().Benches[0].Statute.Version; v != 1 {
		t.Errorf("the round that was called under version 1 is under version %d", v)
	}
}
