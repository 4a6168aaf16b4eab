package casebook

import (
	"fmt"
	"strings"
	"time"

	"solferino/attribution"
	"solferino/convention"
	"solferino/evidence"
	"solferino/finding"
	"solferino/party"
	"solferino/record"
	"solferino/review"
)

// Compose writes the next finding of the case, from the case as it stands
// before the act that issues it and from nothing else: the same bytes for
// everybody who has the records and the attachments. Change says why a later
// version differs.
func Compose(n *party.Institution, c *Case, change string, get Contents) (finding.Document, error) {
	b, err := c.bench()
	if err != nil {
		return finding.Document{}, err
	}
	if err := b.Concluded(); err != nil {
		return finding.Document{}, err
	}
	k := &composer{c: c, b: b, get: get}
	d := finding.Document{
		Format: finding.Format, Institution: n.Name, Notice: n.Notice,
		Case: c.ID, Version: len(c.Findings) + 1, Change: change,
		Outcome: c.outcome(), Limits: limits,
	}
	k.incident(&d)
	k.result(&d)
	k.exhibits(&d)
	k.notices(&d)
	k.panel(&d)
	k.clauses(&d)
	if k.err != nil {
		return finding.Document{}, fmt.Errorf("compose the finding on %s: %w", c.ID, k.err)
	}
	return d, nil
}

// limits are said first on every finding.
var limits = []string{
	"Probabilities are measured against public reporting, which is not the truth, and hold for the listed actors only.",
	"Public knowledge knows best the actors that are reported on most, most of it by companies of a few countries and in English.",
	"What others copied or planted looks the same; the framing cost says how little of it would change the answer.",
	"No state is inferred from a resemblance of techniques or tools.",
}

// A composer collects the parts; the first error ends it.
type composer struct {
	c   *Case
	b   *review.Bench
	get Contents
	err error
}

func (k *composer) text(a record.Attachment) string {
	if k.err != nil {
		return ""
	}
	b, err := k.get(a)
	k.err = err
	return strings.TrimSpace(string(b))
}

func (k *composer) incident(d *finding.Document) {
	title, summary, _ := strings.Cut(k.text(k.c.Title), "\n")
	d.Title = title
	d.Incident = finding.Incident{Date: k.c.Date, Victims: k.c.Victims, Summary: strings.TrimSpace(summary)}
}

func (k *composer) result(d *finding.Document) {
	a := k.c.Analyses[len(k.c.Analyses)-1]
	b := k.bytes(a.Result)
	if k.err != nil {
		return
	}
	r, err := attribution.DecodeResult(b)
	if err != nil {
		k.err = err
		return
	}
	d.Knowledge = finding.Knowledge{Version: r.Knowledge.Version, Digest: a.Knowledge, Engine: r.Engine, Result: record.Sum(b)}
	fillResult(d, r)
}

func (k *composer) bytes(a record.Attachment) []byte {
	if k.err != nil {
		return nil
	}
	b, err := k.get(a)
	k.err = err
	return b
}

func (k *composer) exhibits(d *finding.Document) {
	for _, x := range k.c.Shelf.Exhibits {
		m := k.manifest(x)
		out := finding.Exhibit{
			ID: x.Received.Exhibit, Title: m.Title, Source: m.Source, URL: m.URL, Published: m.Published, Basis: m.Basis,
			Grade: x.Grade.String(), TLP: string(x.TLP), Origins: x.Origins, InTransit: string(x.InTransitTo),
		}
		for _, h := range x.Hands {
			out.Hands = append(out.Hands, string(h))
		}
		for _, dv := range x.Derived {
			out.Derived += dv.Count
		}
		for _, con := range x.Contradicted {
			d.LeftOut = mark(d.LeftOut, x.Received.Exhibit+"/"+con.Observation, k.text(con.Reason))
		}
		d.Exhibits = append(d.Exhibits, out)
	}
	for _, claim := range k.c.Claims {
		d.Claims = append(d.Claims, finding.Claim{By: claim.By, Date: claim.Date, Says: claim.Says, Accused: claim.Accused,
			Source: claim.Source, Basis: claim.Basis})
	}
}

// manifest reads what an exhibit is, if everybody may know.
func (k *composer) manifest(x *evidence.Exhibit) (m evidence.Manifest) {
	if !Publishable(x) {
		return evidence.Manifest{Title: "withheld"}
	}
	if b := k.bytes(x.Manifest); k.err == nil {
		k.err = record.Unmarshal(b, &m)
	}
	return m
}

// mark adds the analyst's words to the observation that was contradicted.
func mark(list []finding.LeftOut, id, reason string) []finding.LeftOut {
	for i := range list {
		if list[i].ID == id {
			list[i].Reason += ": " + reason
		}
	}
	return list
}

func (k *composer) notices(d *finding.Document) {
	for _, n := range k.c.Notices {
		out := finding.Notice{State: n.State, Sent: n.At.UTC().Format(time.DateOnly), Text: k.text(n.Text)}
		if n.Reply != nil {
			out.Reply = k.text(n.Reply.Text)
		}
		d.Notices = append(d.Notices, out)
	}
}

func (k *composer) panel(d *finding.Document) {
	p := &d.Panel
	p.Round, p.Statute = k.b.Round, fmt.Sprintf("%s, version %d", k.b.Statute.Name, k.b.Statute.Version)
	p.Concur, p.Dissent, p.Abstain = k.b.Count()
	p.Checkpoint = k.b.SeededBy
	for _, m := range k.b.Members() {
		seat := finding.Seat{Person: string(m.ID), State: m.State, Region: m.Region, Sector: m.Sector}
		if v, opened := k.b.Ballot(m.ID); opened {
			seat.Vote, seat.Reason = string(v.Vote), v.Reason
		}
		p.Seats = append(p.Seats, seat)
	}
	for _, r := range k.b.Recusals {
		p.Recused = append(p.Recused, finding.Recused{Person: string(r.Person), Reason: r.Reason})
	}
	for _, o := range k.b.Dissents {
		p.Dissents = append(p.Dissents, finding.Opinion{Person: string(o.Member), Text: k.text(o.Opinion)})
	}
}

func (k *composer) clauses(d *finding.Document) {
	reg := convention.BuiltIn()
	for _, a := range k.c.Assessments {
		if a.Round != k.b.Round {
			continue
		}
		c, _ := reg.Clause(convention.ClauseID(a.Clause))
		i, _ := reg.Instrument(c.ID.Instrument())
		d.Clauses = append(d.Clauses, finding.Clause{
			Clause: a.Clause, Instrument: i.Short, Text: c.Text, Mark: c.Mark(), State: a.State, Date: a.Date,
			Force: a.Binding.Force.String(), Since: a.Binding.Since, By: a.Binding.By,
			Verdict: finding.Conclude(a.Elements), Elements: a.Elements,
		})
	}
}
