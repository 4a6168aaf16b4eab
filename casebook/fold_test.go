package casebook_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"solferino/attribution"
	"solferino/casebook"
	"solferino/convention"
	"solferino/evidence"
	"solferino/finding"
	"solferino/party"
	"solferino/record"
	"solferino/review"
)

// A mess draws acts that somebody might say, wise or not. Most that it draws
// for the case as it stands are allowed; the rest comes from anybody, about
// any round, in any order.
type mess struct {
	*house
	r *rapid.T
}

func pick[T any](m mess, label string, from ...T) T { return rapid.SampledFrom(from).Draw(m.r, label) }

// likely is true three times of four.
func (m mess) likely(label string) bool { return rapid.IntRange(0, 3).Draw(m.r, label) > 0 }

func (m mess) exhibit() string { return pick(m, "exhibit", letter, leak, memo) }

func (m mess) officer() record.Subject { return pick(m, "officer", custodian, analyst, second) }

func (m mess) vote() review.Vote {
	return pick(m, "vote", review.Concur, review.Concur, review.Dissent)
}

// round is mostly the one under way.
func (m mess) round() int {
	n := len(m.inquiry().Benches)
	if m.likely("this round") {
		return max(n, 1)
	}
	return rapid.IntRange(1, 3).Draw(m.r, "round")
}

// juror is mostly somebody on the panel.
func (m mess) juror() record.Subject {
	c := m.inquiry()
	if n := len(c.Benches); n > 0 && len(c.Benches[n-1].Panel) > 0 && m.likely("on the panel") {
		return pick(m, "juror", c.Benches[n-1].Panel...)
	}
	return pick(m, "juror", roster()...)
}

// holder is mostly who holds the exhibit.
func (m mess) holder(exhibit string) record.Subject {
	if x, err := m.inquiry().Shelf.Exhibit(exhibit); err == nil && m.likely("its holder") {
		return x.Holder
	}
	return m.officer()
}

func (m mess) handled() *draft {
	id := m.exhibit()
	if x, err := m.inquiry().Shelf.Exhibit(id); err == nil && x.InTransitTo != "" && m.likely("it arrives") {
		return m.draft(x.InTransitTo, inquiry, evidence.Accepted{Exhibit: id})
	}
	switch rapid.IntRange(0, 4).Draw(m.r, "handling") {
	case 0:
		return m.draft(custodian, inquiry, m.received(id, pick(m, "mark", evidence.Clear, evidence.Red), "press"))
	case 1, 2:
		return m.draft(m.holder(id), inquiry, evidence.Offered{Exhibit: id, To: m.officer()})
	case 3:
		return m.draft(m.holder(id), inquiry, m.derived(id, "T1018"))
	}
	return m.draft(analyst, inquiry, evidence.Contradicted{Exhibit: id, Observation: pick(m, "observation", "o1", "o2"), By: m.exhibit(),
		Reason: m.attach("why")})
}

func (m mess) said() *draft {
	state := pick(m, "state", "XA", "XB")
	switch rapid.IntRange(0, 4).Draw(m.r, "saying") {
	case 0:
		return m.draft(analyst, inquiry, m.analysis(pick(m, "named", "", "G0034")))
	case 1:
		return m.draft(secretary, inquiry, claim("A blog", state))
	case 2:
		return notifies(state)(m.house)
	case 3:
		return replies(state)(m.house)
	}
	return m.draft(analyst, inquiry, attribution.Excluded{Sources: []string{"50"}, Software: []string{}, Reason: m.attach("why")})
}

func (m mess) seating() *draft {
	c := m.inquiry()
	act := review.Seated{Round: m.round(), Checkpoint: "nothing", Panel: roster()[:5]}
	if n := len(c.Benches); n > 0 && m.likely("an honest lot") {
		cp := m.checkpoint(len(m.log) - rapid.IntRange(0, 3).Draw(m.r, "age"))
		act.Checkpoint = signersOf("reef").sign(cp, rapid.IntRange(1, 2).Draw(m.r, "witnesses"))
		if panel, err := c.Benches[n-1].Lot(inquiry, cp.Size, cp.Root); err == nil {
			act.Panel = panel
		}
	}
	return m.draft(secretary, inquiry, act, institution)
}

// judged is mostly what the round waits for.
func (m mess) judged() *draft {
	c := m.inquiry()
	if n := len(c.Benches); (n == 0 || !c.Benches[n-1].Under()) && m.likely("a call is due") {
		return m.call()
	}
	if len(c.Benches) == 0 {
		return m.draft(reviewer("05"), inquiry, review.Recused{Round: 1, Reason: "busy"})
	}
	b, who := c.Benches[len(c.Benches)-1], m.juror()
	steps := []func() record.Act{
		func() record.Act { return m.sealed(who, m.vote()) },
		func() record.Act { return m.sealed(who, m.vote()) },
		func() record.Act { return m.opened(who, m.vote()) },
		func() record.Act { return review.Dissented{Round: m.round(), Opinion: m.attach("no")} },
		func() record.Act { return review.Recused{Round: m.round(), Reason: "busy"} },
	}
	switch {
	case rapid.IntRange(0, 15).Draw(m.r, "patience") == 0:
		return m.draft(secretary, inquiry, review.Ended{Round: m.round(), Reason: "a storm"})
	case b.Panel == nil && m.likely("the lot is due"):
		return m.seating()
	case b.Closed && m.likely("after the close"):
		steps = steps[2:4]
	case len(b.Sealed) >= b.Statute.Quorum && m.likely("the close is due"):
		return m.draft(secretary, inquiry, review.Closed{Round: m.round()})
	}
	return m.draft(who, inquiry, steps[rapid.IntRange(0, len(steps)-1).Draw(m.r, "step")]())
}

func (m mess) concluded() *draft {
	round := m.round()
	switch rapid.IntRange(0, 2).Draw(m.r, "concluding") {
	case 0:
		act := assessed(round)
		act.State = pick(m, "state", "XA", "XA", "XB")
		return m.draft(counsel, inquiry, act, record.Subject("state/"+act.State))
	case 1:
		act := finding.Issued{Version: round, Outcome: pick(m, "outcome", finding.Insufficient, finding.Attributed),
			Analysis: m.latest(), Document: m.attach("d")}
		if round > 1 {
			act.Change = "new evidence"
		}
		return m.draft(secretary, inquiry, act)
	}
	return m.draft(secretary, inquiry, finding.Withdrawn{Version: round, Reason: "an error"})
}

func (m mess) elsewhere() *draft {
	who := pick(m, "person", analyst, second, reviewer("05"), reviewer("06"))
	switch rapid.IntRange(0, 4).Draw(m.r, "elsewhere") {
	case 0:
		return m.draft(trustee, who, party.KeyAdded{Key: lineOf(pick(m, "key", "spare 1", "spare 2"))})
	case 1:
		return m.draft(who, who, party.KeyRevoked{Key: lineOf(pick(m, "key", "spare 1", "spare 2", string(who))), Reason: "lost"})
	case 2:
		return m.draft(trustee, statute, review.Adopted{Statute: rules(rapid.IntRange(1, 3).Draw(m.r, "version"))})
	case 3:
		return m.draft(registrar, record.Subject("state/"+pick(m, "state", "XA", "XB")), convention.Adhered{Instrument: "gge-2015",
			Act: pick(m, "step", convention.Endorse, convention.Withdraw), Date: "2020-01-01", Force: convention.Voluntary,
			Reporter: convention.Compiled, Source: "a note", Basis: convention.Seen})
	}
	return m.draft(host, record.Subject(fmt.Sprintf("publication/%d", rapid.IntRange(1, 2).Draw(m.r, "publication"))), m.published(1))
}

func (m mess) draw() *draft {
	m.wait(time.Duration(rapid.IntRange(0, 80).Draw(m.r, "hours")) * time.Hour)
	rooms := []func(mess) *draft{mess.handled, mess.said, mess.concluded, mess.elsewhere, mess.judged, mess.judged, mess.judged}
	d := rooms[rapid.IntRange(0, len(rooms)-1).Draw(m.r, "room")](m)
	if m.likely("in good order") {
		return d
	}
	switch rapid.IntRange(0, 4).Draw(m.r, "disorder") {
	case 0:
		d.key = keyOf("spare 1")
	case 1:
		d.envelope.Position++
	case 2:
		d.Cites = nil
	case 3:
		d.Expect = record.Sum(nil)
	case 4:
		d.Actor, d.key = trustee, keyOf(string(trustee))
	}
	return d
}

// The book that lives through everything, the allowed and the refused, holds
// at every moment what anyone folds afresh from the chains; and what it says of
// the past is what the prefix of the log gives.
func TestTheLiveFoldIsTheFoldOfTheChain(t *testing.T) {
	h := story(t)
	var names []string
	for _, m := range h.marks[1:] {
		names = append(names, m.name)
	}
	tried, taken := map[string]int{}, map[string]int{}
	rapid.Check(t, func(r *rapid.T) {
		m := mess{h.at(t, rapid.SampledFrom(names).Draw(r, "mark")), r}
		m.book.Live = rapid.Bool().Draw(r, "live")
		for range 16 {
			d := m.draw()
			tried[d.Act.Kind()]++
			if m.submit(d) == nil {
				taken[d.Act.Kind()]++
			}
		}
		m.sound()
	})
	for kind := range tried {
		if taken[kind] == 0 || taken[kind] == tried[kind] {
			t.Logf("%s: %d of %d were admitted", kind, taken[kind], tried[kind])
		}
	}
}

// sound compares the live book with fresh ones, now and at some moment of the
// past, in the inquiry and in one more subject.
func (m mess) sound() {
	index := rapid.IntRange(1, len(m.log)).Draw(m.r, "index")
	now, past := m.newBook(0), m.newBook(index)
	for _, s := range []record.Subject{inquiry, pick(m, "subject", institution, statute, analyst, second, reviewer("05"), "state/XA", "publication/1")} {
		want, err := now.Now(s)
		m.check(err)
		if diff := same(want, m.folded(s)); diff != "" {
			m.r.Fatalf("%s lives on as something else (-fresh +live):\n%s", s, diff)
		}
		want, err = past.Now(s)
		m.check(err)
		got, err := m.book.Before(s, int64(index))
		m.check(err)
		if diff := same(want, got); diff != "" {
			m.r.Fatalf("%s before entry %d is not its prefix (-prefix +before):\n%s", s, index, diff)
		}
	}
}

// The comparison of these tests sees what it is there to see.
func TestTheComparisonOfFoldsIsNotBlind(t *testing.T) {
	for name, tamper := range map[string]func(c *casebook.Case){
		"a holder":              func(c *casebook.Case) { c.Shelf.Exhibits[0].Holder = thief },
		"a worker":              func(c *casebook.Case) { c.Workers = c.Workers[1:] },
		"a commitment":          func(c *casebook.Case) { c.Benches[0].Sealed[c.Benches[0].Panel[0]] = record.Sum(nil) },
		"a recusal":             func(c *casebook.Case) { c.Benches[1].Recusals = c.Benches[1].Recusals[1:] },
		"a reply":               func(c *casebook.Case) { c.Notices[0].Reply = nil },
		"the time of a finding": func(c *casebook.Case) { c.Findings[0].At = c.Findings[0].At.Add(time.Second) },
	} {
		h := story(t).at(t, "end")
		tamper(h.inquiry())
		want, err := h.newBook(0).Now(inquiry)
		h.check(err)
		if same(want, h.folded(inquiry)) == "" {
			t.Errorf("%s is changed and nobody sees it", name)
		}
	}
}
