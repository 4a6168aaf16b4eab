package cli

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"solferino/casebook"
	"solferino/demo"
	"solferino/party"
	"solferino/record"
	"solferino/review"
)

// A player plays the demonstration, step by step. The id of every record
// follows from its step, so that what is on record is not said again.
type player struct {
	h     *home
	world demo.World
	quiet *Env // prints nothing, for the commands that are played
	step  string
	count int
}

func newPlayer(ctx context.Context, env *Env, world demo.World, dir string) (*player, error) {
	if err := strangersHome(ctx, env, world, dir); err != nil {
		return nil, err
	}
	quiet := *env
	quiet.Stdout, quiet.Stderr, quiet.asJSON, quiet.as = discard{}, discard{}, false, ""
	p := &player{world: world, quiet: &quiet}
	me := p.officer(party.Trustee)
	h, _, err := found(ctx, &quiet, dir, InitOptions{Name: world.Institution, Notice: world.Notice, Me: me.ID.Name(), State: me.State,
		Region: me.Region, Sector: me.Sector, statute: world.Statute, roles: me.Roles})
	if err != nil {
		return nil, err
	}
	p.h = h
	quiet.ids = p.id
	env.talk("%s is founded in %s", world.Institution, dir)
	return p, nil
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }

// strangersHome refuses to play in the home of another institution.
func strangersHome(ctx context.Context, env *Env, world demo.World, dir string) error {
	h, err := readHome(ctx, env, dir)
	if errors.Is(err, errNoHome) {
		return nil
	}
	if err != nil {
		return err
	}
	n, errFound := h.institution(ctx)
	if err := h.Close(); err != nil {
		return err
	}
	if errFound == nil && n.Name != world.Institution {
		return fmt.Errorf("%s is the home of %s: %w", dir, n.Name, casebook.ErrOutOfStep)
	}
	return nil
}

// id gives the id of the next record of the step.
func (p *player) id() (string, error) {
	p.count++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%s/%d", p.h.set.Institution, p.step, p.count))
	return fmt.Sprintf("%x", sum[:16]), nil
}

// at begins a step, as somebody.
func (p *player) at(who record.Subject, format string, args ...any) {
	p.quiet.as, p.step, p.count = string(who), fmt.Sprintf(format, args...), 0
}

func (p *player) officer(role party.Role) demo.Person {
	i := slices.IndexFunc(p.world.Officers, func(o demo.Person) bool { return slices.Contains(o.Roles, role) })
	return p.world.Officers[i]
}

func (p *player) play(ctx context.Context) ([]demoCase, error) {
	if err := p.people(ctx); err != nil {
		return nil, err
	}
	if err := p.adherence(ctx); err != nil {
		return nil, err
	}
	var list []demoCase
	for _, c := range p.world.Cases {
		line, err := p.playCase(ctx, c)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.Slug, err)
		}
		list = append(list, line)
	}
	return list, nil
}

func (p *player) people(ctx context.Context) error {
	for _, person := range append(slices.Clone(p.world.Officers), p.world.Roster...) {
		p.at(p.h.set.Me, "person/%s", person.ID)
		if err := p.h.register(ctx, person.ID, person.Registered("")); err != nil {
			return err
		}
	}
	return nil
}

func (p *player) adherence(ctx context.Context) error {
	for _, a := range p.world.Adherence {
		p.at(p.officer(party.Registrar).ID, "state/%s", a.State)
		for _, act := range a.Acts {
			if err := p.h.sayPlain(ctx, a.Subject(), act); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *player) playCase(ctx context.Context, c demo.Case) (demoCase, error) {
	secretary := p.officer(party.Secretariat).ID
	p.at(secretary, "%s/open", c.Slug)
	id, err := runCaseOpen(ctx, p.h, CaseOpenOptions{ID: c.Slug, Title: c.Title, Summary: c.Summary, Date: c.Date, Victims: c.Victims, Parties: c.Parties})
	if err != nil {
		return demoCase{}, err
	}
	for i, claim := range c.Claims {
		p.at(secretary, "%s/claim/%d", c.Slug, i)
		if err := p.h.sayPlain(ctx, id, claim); err != nil {
			return demoCase{}, err
		}
	}
	exhibits := map[string]string{}
	for i, r := range c.Rounds {
		if err := p.playRound(ctx, c, i+1, r, exhibits); err != nil {
			return demoCase{}, fmt.Errorf("round %d: %w", i+1, err)
		}
	}
	return p.line(ctx, c)
}

func (p *player) playRound(ctx context.Context, c demo.Case, round int, r demo.Round, exhibits map[string]string) error {
	for _, x := range r.Exhibits {
		if err := p.exhibit(ctx, c, x, exhibits); err != nil {
			return fmt.Errorf("exhibit %s: %w", x.Name, err)
		}
	}
	analyst := p.officer(party.Analyst).ID
	for i, k := range r.Contradictions {
		p.at(analyst, "%s/%d/contradict/%d", c.Slug, round, i)
		if err := runContradict(ctx, p.h, ContradictOptions{Case: c.Slug, Exhibit: exhibits[k.Exhibit], Observation: k.Observation,
			By: exhibits[k.By], Reason: k.Reason}); err != nil {
			return err
		}
	}
	p.at(analyst, "%s/%d/analyse", c.Slug, round)
	if _, err := runAnalyse(ctx, p.h, AnalyseOptions{Case: c.Slug, Sources: r.Excluded.Sources, Software: r.Excluded.Software, Reason: r.Excluded.Reason}); err != nil {
		return err
	}
	if round == 1 {
		if err := p.notify(ctx, c); err != nil {
			return err
		}
	}
	if err := p.review(ctx, c, round, r); err != nil {
		return err
	}
	return p.conclude(ctx, c, round, r)
}

// exhibit takes a public source in and hands it to the analyst, who says what
// it shows.
func (p *player) exhibit(ctx context.Context, c demo.Case, x demo.Exhibit, exhibits map[string]string) error {
	custodian, analyst := p.officer(party.Custodian).ID, p.officer(party.Analyst).ID
	step := c.Slug + "/exhibit/" + x.Name
	opts := ExhibitAddOptions{Case: c.Slug, File: x.Name, Grade: x.Grade, TLP: string(x.TLP), Origins: x.Origins,
		Supplier: string(x.Supplier), Manifest: x.Manifest(), content: x.Content()}
	for _, u := range x.Consent {
		opts.Consent = append(opts.Consent, string(u))
	}
	p.at(custodian, "%s/add", step)
	made, err := runExhibitAdd(ctx, p.h, opts)
	if err != nil {
		return err
	}
	exhibits[x.Name] = made.Exhibit
	p.at(custodian, "%s/offer", step)
	if err := runExhibitOffer(ctx, p.h, CustodyOptions{c.Slug, made.Exhibit, string(analyst)}); err != nil {
		return err
	}
	p.at(analyst, "%s/accept", step)
	if err := runExhibitAccept(ctx, p.h, CustodyOptions{Case: c.Slug, Exhibit: made.Exhibit}); err != nil {
		return err
	}
	if len(x.Observations) == 0 {
		return nil
	}
	p.at(analyst, "%s/derive", step)
	id, err := caseSubject(c.Slug)
	if err != nil {
		return err
	}
	_, err = p.h.derive(ctx, id, made.Exhibit, "reader", x.Observations)
	return err
}

func (p *player) notify(ctx context.Context, c demo.Case) error {
	for _, state := range c.Accused() {
		p.at(p.officer(party.Secretariat).ID, "%s/notify/%s", c.Slug, state)
		if err := runCaseNotify(ctx, p.h, CaseNotifyOptions{Case: c.Slug, State: state, Text: c.Notice}); err != nil {
			return err
		}
	}
	return nil
}

// review calls the round, draws the panel, and has its members vote.
func (p *player) review(ctx context.Context, c demo.Case, round int, r demo.Round) error {
	secretary := p.officer(party.Secretariat).ID
	state, _, err := p.h.loadCase(ctx, c.Slug)
	if err != nil {
		return err
	}
	p.at(secretary, "%s/%d/call", c.Slug, round)
	if err := p.h.call(ctx, state); err != nil {
		return err
	}
	p.at(secretary, "%s/%d/seat", c.Slug, round)
	if err := p.h.seat(ctx, state.ID); err != nil {
		return err
	}
	state, _, err = p.h.loadCase(ctx, c.Slug)
	if err != nil {
		return err
	}
	panel := state.Benches[round-1].Panel
	for seat, member := range panel {
		vote, reason := voteOf(r, seat)
		p.at(member, "%s/%d/seal/%s", c.Slug, round, member)
		if err := runBallotSeal(ctx, p.h, BallotSealOptions{c.Slug, string(vote), reason}); err != nil {
			return err
		}
	}
	p.at(secretary, "%s/%d/close", c.Slug, round)
	if err := runPanelClose(ctx, p.h, c.Slug); err != nil {
		return err
	}
	for _, member := range panel {
		p.at(member, "%s/%d/ballot/%s", c.Slug, round, member)
		if err := runBallotOpen(ctx, p.h, c.Slug); err != nil {
			return err
		}
	}
	p.at(panel[r.Dissent.Seat], "%s/%d/dissent", c.Slug, round)
	return runDissent(ctx, p.h, DissentOptions{c.Slug, r.Dissent.Opinion})
}

// voteOf says how a seat votes.
func voteOf(r demo.Round, seat int) (review.Vote, string) {
	switch {
	case seat == r.Dissent.Seat:
		return review.Dissent, r.Dissent.Reason
	case r.Abstain != nil && seat == r.Abstain.Seat:
		return review.Abstain, r.Abstain.Reason
	}
	return review.Concur, r.Concur
}

// conclude assesses the clauses and issues the finding.
func (p *player) conclude(ctx context.Context, c demo.Case, round int, r demo.Round) error {
	for i, k := range r.Clauses {
		p.at(p.officer(party.Counsel).ID, "%s/%d/clause/%d", c.Slug, round, i)
		if err := runClauseAssess(ctx, p.h, ClauseAssessOptions{Case: c.Slug, Clause: k.Clause, State: k.State, elements: k.Elements}); err != nil {
			return fmt.Errorf("clause %s: %w", k.Clause, err)
		}
	}
	p.at(p.officer(party.Secretariat).ID, "%s/%d/issue", c.Slug, round)
	_, err := runFindingIssue(ctx, p.h, FindingOptions{Case: c.Slug, Change: r.Change})
	return err
}
