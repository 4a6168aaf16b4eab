package casebook_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"solferino/attribution"
	"solferino/casebook"
	"solferino/convention"
	"solferino/evidence"
	"solferino/finding"
	"solferino/party"
	"solferino/record"
	"solferino/review"
)

// The people of the story. All of it is invented; so are its states.
const (
	trustee   = record.Subject("person/trustee")
	registrar = record.Subject("person/registrar")
	secretary = record.Subject("person/secretary")
	custodian = record.Subject("person/custodian")
	analyst   = record.Subject("person/analyst")
	second    = record.Subject("person/analyst-2")
	counsel   = record.Subject("person/counsel")
	thief     = second
)

// The exhibits of the story.
const (
	letter = "x-00000000000000a1" // what the responders saw
	leak   = "x-00000000000000b2" // kept, and shown to nobody
	memo   = "x-00000000000000c3" // what came later
)

const clause = "gge-2015#13f"

// story returns the house after the whole story, told once.
func story(t testing.TB) *house {
	t.Helper()
	telling.Do(func() { told = tell(t) })
	if told == nil {
		t.Fatal("the story broke in another test")
	}
	return told
}

var (
	telling sync.Once
	told    *house
)

// tell takes one case from the founding of the institution to a finding, to
// its second version, and to the withdrawal of the first.
func tell(t testing.TB) *house {
	h := newHouse(t)
	found(h)
	h.mark("founded")

	h.say(secretary, inquiry, casebook.Opened{
		Title: h.attach("The night the harbours went dark\n\nOn 1 March 2026 the radios of three harbours failed for a night."),
		Date:  "2026-03-01", Victims: []string{"XV"}, Parties: []string{"harbour-radio"}})
	h.mark("opened")

	h.say(custodian, inquiry, h.received(letter, evidence.Clear, "northlight"))
	h.say(custodian, inquiry, h.received(leak, evidence.Red, "quiet-hand"))
	h.mark("received")
	h.say(custodian, inquiry, evidence.Offered{Exhibit: letter, To: analyst})
	h.mark("offered")
	h.say(analyst, inquiry, evidence.Accepted{Exhibit: letter})
	h.mark("accepted")
	h.say(analyst, inquiry, h.derived(letter, "T1018", "T1078", "T1133", "T1562.001"))
	h.mark("derived")

	h.say(analyst, inquiry, attribution.Excluded{Sources: []string{"50", "51"}, Software: []string{"S0604"},
		Reason: h.attach("They tell of this very night.")})
	analysis := h.compute()
	h.mark("computed")
	h.say(secretary, inquiry, claim("Ministry of the Sea of XV", "XA"))
	h.say(secretary, inquiry, claim("A seafarers' newsletter", ""))
	h.mark("claimed")
	h.say(secretary, inquiry, casebook.Notified{State: "XA", Text: h.attach("What do you know of that night?")})
	h.mark("notified")
	h.wait(72 * time.Hour)
	h.mark("noticed")

	h.say(secretary, inquiry, review.Called{Round: 1, Analysis: analysis, Roster: roster()}, docket()...)
	h.mark("called")
	h.say(reviewer("12"), inquiry, review.Recused{Round: 1, Reason: "a friend of one of the responders"})
	h.mark("recused")
	h.say(secretary, inquiry, h.seated(len(h.log)), institution)
	h.mark("seated")
	h.vote(review.Concur, review.Concur, review.Concur, review.Dissent, review.Abstain)
	h.mark("opinions missing")
	h.say(h.bench().Panel[3], inquiry, review.Dissented{Round: 1, Opinion: h.attach("Four techniques are no fingerprint.")})
	h.mark("concluded")
	h.say(counsel, inquiry, assessed(1), "state/XA")
	h.mark("assessed")
	h.issue("")
	h.say(host, "publication/2026-001-1", h.published(1))
	h.mark("issued")

	h.say(custodian, inquiry, h.received(memo, evidence.Clear, "press"))
	h.say(custodian, inquiry, evidence.Offered{Exhibit: memo, To: analyst})
	h.say(analyst, inquiry, evidence.Accepted{Exhibit: memo})
	h.say(analyst, inquiry, h.derived(memo, "T1021.002", "S0089"))
	h.say(analyst, inquiry, evidence.Contradicted{Exhibit: letter, Observation: "o2", By: memo,
		Reason: h.attach("The account was created by the harbour itself.")})
	h.say(secretary, inquiry, casebook.Replied{State: "XA", Text: h.attach("We know nothing of it.")})
	again := h.compute()
	h.mark("computed again")
	h.say(trustee, statute, review.Adopted{Statute: rules(2)})
	h.say(secretary, inquiry, review.Called{Round: 2, Analysis: again, Roster: roster()}, docket()...)
	h.mark("called again")
	h.say(secretary, inquiry, review.Ended{Round: 2, Reason: "a storm keeps half of the roster away"})
	h.mark("ended")
	h.say(secretary, inquiry, review.Called{Round: 3, Analysis: again, Roster: roster()}, docket()...)
	h.say(secretary, inquiry, h.seated(len(h.log)), institution)
	h.vote(review.Concur, review.Concur, review.Concur, review.Concur, review.Abstain)
	h.say(counsel, inquiry, assessed(3), "state/XA")
	h.mark("assessed again")
	h.issue("A memo came to light, and one trace fell.")
	h.mark("issued again")
	h.say(secretary, inquiry, finding.Withdrawn{Version: 1, Reason: "It rested on an account that proves nothing."})
	h.say(trustee, second, party.KeyAdded{Key: lineOf("another key")})
	h.say(second, second, party.KeyRevoked{Key: lineOf(string(second)), Reason: "the laptop was stolen"})
	h.mark("end")
	return h
}

// found founds the institution and lets its people in.
func found(h *house) {
	h.say(trustee, institution, party.Founded{Name: "The Reef Institute", Notice: "TEST", Policy: signersOf("reef").policy,
		Host: lineOf(string(host)), Founder: lineOf(string(trustee)), Grants: casebook.Grants()})
	h.say(trustee, trustee, person("QM", 0, 0, party.Trustee).with(trustee))
	h.say(trustee, registrar, person("QN", 1, 1, party.Registrar).with(registrar))
	h.say(trustee, secretary, person("QO", 2, 1, party.Secretariat).with(secretary))
	h.say(trustee, custodian, person("QP", 3, 2, party.Custodian).with(custodian))
	h.say(trustee, analyst, person("QQ", 4, 3, party.Analyst).with(analyst))
	h.say(trustee, second, person("QR", 0, 3, party.Analyst).with(second))
	h.say(trustee, counsel, person("QS", 1, 0, party.Counsel).with(counsel))
	for i, id := range roster() {
		h.say(trustee, id, candidate(i).with(id))
	}
	h.say(trustee, statute, review.Adopted{Statute: rules(1)})
	h.say(registrar, "knowledge/attack", attribution.Imported{Version: "16.1", Digest: record.Digest(knowledge().Digest()),
		Content: h.attach("the knowledge itself"), Source: "attack-16.1.txt"})
	h.say(registrar, "state/XA", convention.Adhered{Instrument: "gge-2015", Act: convention.Endorse, Date: "2015-12-23",
		Force: convention.Political, Reporter: convention.Compiled, Source: "A/RES/70/237", Basis: convention.Seen})
	h.say(registrar, "state/XA", convention.Reserved{Instrument: "gge-2015", Clause: clause, As: convention.Interpret,
		Date: "2019-05-01", Text: "Harbours are critical.", Reporter: convention.Compiled, Source: "national position", Basis: convention.Recall})
}

// rules is the statute of the story: five seats, three regions, two of three
// sectors.
func rules(version int) review.Statute {
	return review.Statute{Name: "reef", Version: version, Seats: 5, MinRegions: 3, MaxPerRegion: 2, MaxPerState: 1,
		MinPerSector: 1, MinRoster: 3, Quorum: 4, Majority: 3, NoticeHours: 72}
}

// A someone is on the way to being registered.
type someone struct{ party.Registered }

func person(state string, region, sector int, roles ...party.Role) someone {
	return someone{party.Registered{State: state, Region: party.Regions[region%5], Sector: party.Sectors[sector%4],
		Interests: []string{}, Roles: roles}}
}

func (s someone) with(key record.Subject) party.Registered {
	s.Key = lineOf(string(key))
	return s.Registered
}

func reviewer(number string) record.Subject { return record.Subject("person/reviewer-" + number) }

// roster lists the reviewers of the story.
func roster() []record.Subject {
	var list []record.Subject
	for _, n := range []string{"01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12"} {
		list = append(list, reviewer(n))
	}
	return list
}

// candidate describes a reviewer. The first is of the state that was hit, the
// second works for a company that was, the third for one that told of it.
func candidate(i int) someone {
	state := "X" + string(rune('B'+i))
	sector := []int{0, 2, 3}[i%3] // academia, government, industry
	p := person(state, i, sector, party.Reviewer)
	switch i {
	case 0:
		p.State = "XV"
	case 1:
		p.Employer = "harbour-radio"
	case 2:
		p.Interests = []string{"northlight", "old-university"}
	}
	return p
}

// docket is what a call relies on.
func docket() []record.Subject { return append(roster(), statute) }

func (h *house) received(id string, tlp evidence.TLP, supplier string) evidence.Received {
	content := "content of " + id
	manifest := must(record.Marshal(evidence.Manifest{Name: id + ".txt", MediaType: "text/plain", Size: int64(len(content)),
		SHA256: record.Sum([]byte(content)), Title: "A " + supplier + " report", Source: supplier, URL: "https://" + supplier + ".example/",
		Published: "2026-03", Basis: "seen", Note: ""}))
	return evidence.Received{Exhibit: id, Content: h.attach(content), Manifest: h.attach(string(manifest)),
		Grade: evidence.Grade{Source: "B", Info: "2"}, TLP: tlp, Origins: []string{supplier},
		Consent:  []evidence.Use{evidence.ForAnalysis, evidence.ForPublication, evidence.ForReview},
		Supplier: record.Subject("org/" + supplier)}
}

// derived says that an exhibit shows techniques and software.
func (h *house) derived(id string, values ...string) evidence.Derived {
	list := []evidence.Observation{}
	for i, v := range values {
		family := evidence.Technique
		if v[0] == 'S' {
			family = evidence.Software
		}
		list = append(list, evidence.Observation{ID: "o" + string(rune('1'+i)), Family: family, Value: v, Note: "as it says"})
	}
	output := must(evidence.EncodeObservations(list))
	return evidence.Derived{Exhibit: id, Tool: "reader", Version: "1", Parameters: "", Output: h.attach(string(output)), Count: len(list)}
}

var knowledge = sync.OnceValue(func() *attribution.Knowledge { return must(attribution.Embedded()) })

// compute asks the engine about the case as it stands.
func (h *house) compute() record.ID {
	h.t.Helper()
	question, result, err := casebook.Compute(h.inquiry(), knowledge(), h.get)
	h.check(err)
	r, err := attribution.DecodeResult(result)
	h.check(err)
	return h.say(analyst, inquiry, attribution.Computed{Knowledge: record.Digest(knowledge().Digest()), Engine: r.Engine,
		Question: h.attach(string(question)), Result: h.attach(string(result)), Named: r.Named})
}

func claim(by, accused string) attribution.Claimed {
	says := "Names nobody."
	if accused != "" {
		says = "Says that " + accused + " did it."
	}
	return attribution.Claimed{By: by, Date: "2026-03-02", Says: says, Accused: accused, Source: "Statement of 2 March 2026", Basis: "seen"}
}

// seated draws the lot from the checkpoint of that size.
func (h *house) seated(size int) review.Seated {
	h.t.Helper()
	cp := h.checkpoint(size)
	b := h.bench()
	panel, err := b.Lot(inquiry, cp.Size, cp.Root)
	h.check(err)
	return review.Seated{Round: b.Round, Checkpoint: signersOf("reef").sign(cp, 2), Panel: panel}
}

// ballot fills in a ballot of this round.
func (h *house) ballot(member record.Subject, v review.Vote) (review.Ballot, record.Salt) {
	b := h.bench()
	return review.Ballot{Case: inquiry, Round: b.Round, Analysis: b.Analysis, Member: member, Vote: v, Reason: "as it seems to me"},
		record.Salt(record.Sum([]byte(member)).Bytes())
}

func (h *house) sealed(member record.Subject, v review.Vote) review.Sealed {
	b, salt := h.ballot(member, v)
	return review.Sealed{Round: b.Round, Commit: must(b.Seal(salt))}
}

func (h *house) opened(member record.Subject, v review.Vote) review.Opened {
	b, salt := h.ballot(member, v)
	return review.Opened{Salt: record.Digest(salt.String()), Ballot: b}
}

// seal has the first members of the panel seal these votes.
func (h *house) seal(votes ...review.Vote) {
	h.t.Helper()
	for i, v := range votes {
		member := h.bench().Panel[i]
		h.say(member, inquiry, h.sealed(member, v))
	}
}

func (h *house) close() {
	h.t.Helper()
	h.say(secretary, inquiry, review.Closed{Round: h.bench().Round})
}

// vote has the first members of the panel seal and open these votes. The
// rounds of the story have marks on the way.
func (h *house) vote(votes ...review.Vote) {
	h.t.Helper()
	h.seal(votes...)
	h.mark("sealed")
	h.close()
	h.mark("closed")
	for i, v := range votes {
		member := h.bench().Panel[i]
		h.say(member, inquiry, h.opened(member, v))
	}
}

// review takes an analysis through a round of its own, to the last open ballot.
func (h *house) review(analysis record.ID, votes ...review.Vote) {
	h.t.Helper()
	h.say(secretary, inquiry, review.Called{Round: len(h.inquiry().Benches) + 1, Analysis: analysis, Roster: roster()}, docket()...)
	h.say(secretary, inquiry, h.seated(len(h.log)), institution)
	h.vote(votes...)
}

func assessed(round int) finding.Assessed {
	return finding.Assessed{Round: round, Clause: clause, State: "XA", Date: "2026-03-01", Elements: []finding.Element{
		{Name: "critical infrastructure", Verdict: finding.Met, Because: "Three harbours without radio."},
		{Name: "acts for a state", Verdict: finding.Undetermined, Because: "Nobody is named."}}}
}

// issued composes the finding and says what the secretariat would issue.
func (h *house) issued(change string) finding.Issued {
	h.t.Helper()
	d, err := casebook.Compose(h.folded(institution).Institution(), h.inquiry(), change, h.get)
	h.check(err)
	content, err := d.Encode()
	h.check(err)
	return finding.Issued{Version: d.Version, Outcome: d.Outcome, Analysis: h.bench().Analysis,
		Document: h.attach(string(content)), Change: change}
}

func (h *house) issue(change string) {
	h.t.Helper()
	h.say(secretary, inquiry, h.issued(change))
}

// published names the entries of the case.
func (h *house) published(version int) casebook.Published {
	p := casebook.Published{Finding: inquiry, Version: version}
	for _, o := range h.chain[inquiry] {
		p.Entries = append(p.Entries, o.Index)
	}
	return p
}

// From the first exhibit to the withdrawal: at every step the case says how far
// it has come and what it waits for.
func TestACaseGoesFromEvidenceToFinding(t *testing.T) {
	h := story(t)
	for _, tt := range []struct{ at, stage, next string }{
		{"opened", "open", "evidence"},
		{"received", "collection", "an analysis"},
		{"derived", "collection", "an analysis"},
		{"computed", "analysis", "the call of a panel"},
		{"claimed", "analysis", "notice to XA"},
		{"notified", "notice", "the call of a panel"},
		{"called", "review", "recusals, and the lot of round 1"},
		{"seated", "review", "ballots: 0 of 5 are sealed"},
		{"opinions missing", "review", "1 dissent, 0 opinions are on record: out of step"},
		{"concluded", "review", "clauses and the finding of round 1"},
		{"issued", "found", "nothing; new evidence and a new analysis would begin another round"},
		{"called again", "review", "recusals, and the lot of round 2"},
		{"ended", "found", "nothing; new evidence and a new analysis would begin another round"},
		{"end", "found", "nothing; new evidence and a new analysis would begin another round"},
	} {
		c := h.at(t, tt.at).inquiry()
		if c.Stage() != tt.stage || c.Next() != tt.next {
			t.Errorf("%s: stage %q waits for %q, want %q and %q", tt.at, c.Stage(), c.Next(), tt.stage, tt.next)
		}
	}
}

func TestWhatTheStoryLeaves(t *testing.T) {
	h := story(t).at(t, "end")
	c := h.inquiry()
	if got := []string{c.State(c.Findings[0]), c.State(c.Findings[1])}; !slices.Equal(got, []string{"withdrawn", "issued"}) {
		t.Errorf("versions are %v, want the first withdrawn and the second issued", got)
	}
	if x, _ := c.Shelf.Exhibit(letter); !slices.Equal(x.Hands, []record.Subject{custodian, analyst}) || x.Holder != analyst {
		t.Errorf("hands of the letter are %v, it is with %s", x.Hands, x.Holder)
	}
	if !slices.Equal(c.Workers, []record.Subject{analyst, custodian}) {
		t.Errorf("Workers = %v, want analyst and custodian", c.Workers)
	}
	first := c.Benches[0]
	if concur, dissent, abstain := first.Count(); concur != 3 || dissent != 1 || abstain != 1 {
		t.Errorf("first round: %d, %d, %d", concur, dissent, abstain)
	}
	want := map[record.Subject]bool{reviewer("01"): true, reviewer("02"): true, reviewer("03"): true, reviewer("12"): false}
	for _, r := range first.Recusals {
		if rule, ok := want[r.Person]; !ok || rule != r.Rule {
			t.Errorf("recused: %v", r)
		}
		if slices.Contains(first.Panel, r.Person) {
			t.Errorf("%s is recused and sits", r.Person)
		}
	}
	if c.Benches[1].Ended == "" || c.Benches[1].Under() || c.Findings[1].Version != 2 || !c.Benches[2].Issued {
		t.Errorf("the second version does not rest on the third round, after the second was given up")
	}
	if b := c.Assessments[0].Binding; b.Force != convention.Voluntary || b.Since != "2015-12-23" {
		t.Errorf("the clause bound at %v since %s", b.Force, b.Since)
	}
	if f := c.Findings[0]; f.At.IsZero() || f.Index == 0 {
		t.Errorf("the first finding has no place: %+v", f)
	}
}
