package casebook_test

import (
	"bytes"
	"encoding/pem"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/hiddeco/sshsig"

	"solferino/attribution"
	"solferino/casebook"
	"solferino/convention"
	"solferino/evidence"
	"solferino/party"
	"solferino/record"
	"solferino/review"
)

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
		{"another host with the host's key", "issued", party.ErrUnknownKey, func(h *house) *draft {
			d := h.draft("host/atoll", "publication/again", h.published(1))
			d.key = keyOf(string(host))
			return d
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
		{"another institution in the same log", "founded", party.ErrNotPermitted, func(h *house) *draft {
			return h.draft(trustee, "institution/atoll", h.folded(institution).Institution().Founded)
		}},
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
