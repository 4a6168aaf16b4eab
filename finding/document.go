package finding

import (
	"fmt"

	"solferino/record"
)

// Format names the shape of a [Document].
const Format = "solferino/finding/1"

// A Document is a finding as people read it. Every probability is between 0
// and 1 and comes with its interval (5 to 95 %) and its word; confidence never
// stands in the same sentence.
type Document struct {
	Format      string         `json:"format"`
	Institution string         `json:"institution"`
	Notice      string         `json:"notice"` // as "DEMONSTRATION", or ""
	Case        record.Subject `json:"case"`
	Version     int            `json:"version"`
	Change      string         `json:"change"` // why it differs from the version before
	Title       string         `json:"title"`
	Incident    Incident       `json:"incident"`
	Outcome     Outcome        `json:"outcome"`
	Sentences   Sentences      `json:"sentences"`
	Hypotheses  []Hypothesis   `json:"hypotheses"` // ranked; "none of the listed" is among them
	Refusals    []string       `json:"refusals"`   // why nobody is named
	Confidence  Confidence     `json:"confidence"`
	FramingCost int            `json:"framing_cost"` // items an adversary had to plant
	Framing     []string       `json:"framing"`      // which ones
	Items       []Item         `json:"items"`
	LeftOut     []LeftOut      `json:"left_out"`
	Without     []Without      `json:"without"`  // the result with one thing taken away
	Excluded    []Source       `json:"excluded"` // sources excluded from all profiles
	Effect      string         `json:"effect"`   // what excluding them took away
	Record      string         `json:"record"`   // how often such first names were right before
	Exhibits    []Exhibit      `json:"exhibits"`
	Claims      []Claim        `json:"claims"` // what others say; not evidence here
	Notices     []Notice       `json:"notices"`
	Panel       Panel          `json:"panel"`
	Clauses     []Clause       `json:"clauses"`
	WouldChange []string       `json:"would_change"`
	Limits      []string       `json:"limits"`
	Knowledge   Knowledge      `json:"knowledge"`
}

// An Incident says what happened, in our words.
type Incident struct {
	Date    string   `json:"date"`
	Victims []string `json:"victims"` // states whose people or networks were hit
	Summary string   `json:"summary"`
}

// Sentences are what the first screen says, one statement each.
type Sentences struct {
	Who        string `json:"who"`        // likelihood
	Confidence string `json:"confidence"` // and nothing else
	State      string `json:"state"`      // what follows, or not, for a state
}

// A Hypothesis is one answer to "who", with its probability.
type Hypothesis struct {
	Actor string  `json:"actor"` // id in the knowledge, or "" for none of the listed
	Name  string  `json:"name"`
	P     float64 `json:"p"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	Word  string  `json:"word"`
}

// Confidence is how far the evidence and the method can be relied on. It is
// derived from them and never from a probability.
type Confidence struct {
	Level   string   `json:"level"` // low, moderate, high
	Drivers []string `json:"drivers"`
}

// An Item is one observation with what it adds for the leading hypothesis.
type Item struct {
	ID        string   `json:"id"`
	Exhibit   string   `json:"exhibit"`
	Family    string   `json:"family"`
	Value     string   `json:"value"`
	Name      string   `json:"name"`
	Origins   []string `json:"origins"`
	Weight    float64  `json:"weight"`    // ρ, from 0 to 1
	Support   float64  `json:"support"`   // nats for the leading hypothesis, negative against
	Judgement string   `json:"judgement"` // author and reason, where an analyst estimated
}

// A LeftOut is an observation that carries no weight, with the reason.
type LeftOut struct {
	ID     string `json:"id"`
	Value  string `json:"value"`
	Reason string `json:"reason"`
}

// A Without says what the leading hypothesis would be without one thing.
type Without struct {
	What    string  `json:"what"` // as "item x-…/o3", "origin e-isac", "family software"
	First   string  `json:"first"`
	P       float64 `json:"p"` // of the hypothesis that leads with everything in
	Changed bool    `json:"changed"`
}

// A Source is a public source in the knowledge.
type Source struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// An Exhibit is shown by its manifest and what became of it.
type Exhibit struct {
	ID        string   `json:"id"`
	Title     string   `json:"title"`
	Source    string   `json:"source"`
	URL       string   `json:"url"`
	Published string   `json:"published"`
	Basis     string   `json:"basis"` // seen, recall
	Grade     string   `json:"grade"`
	TLP       string   `json:"tlp"`
	Origins   []string `json:"origins"`
	Hands     []string `json:"hands"` // everyone who held it, in order
	InTransit string   `json:"in_transit"`
	Derived   int      `json:"derived"` // observations drawn from it
}

// A Claim is what somebody outside says about who did it.
type Claim struct {
	By      string `json:"by"`
	Date    string `json:"date"`
	Says    string `json:"says"`
	Accused string `json:"accused"` // state code, or ""
	Source  string `json:"source"`
	Basis   string `json:"basis"`
}

// A Notice is the institution's question to an accused state and its answer.
type Notice struct {
	State string `json:"state"`
	Sent  string `json:"sent"`
	Text  string `json:"text"`
	Reply string `json:"reply"` // "" where there is none
}

// A Panel is who reviewed, and how they voted.
type Panel struct {
	Round      int       `json:"round"`
	Statute    string    `json:"statute"`
	Seats      []Seat    `json:"seats"`
	Recused    []Recused `json:"recused"`
	Concur     int       `json:"concur"`
	Dissent    int       `json:"dissent"`
	Abstain    int       `json:"abstain"`
	Dissents   []Opinion `json:"dissents"`
	Checkpoint int64     `json:"checkpoint"` // size of the log that seeded the lot
}

// A Seat is one member of a panel with their ballot.
type Seat struct {
	Person string `json:"person"`
	State  string `json:"state"`
	Region string `json:"region"`
	Sector string `json:"sector"`
	Vote   string `json:"vote"`
	Reason string `json:"reason"`
}

// A Recused person, and why.
type Recused struct {
	Person string `json:"person"`
	Reason string `json:"reason"`
}

// An Opinion is a dissent in its author's words.
type Opinion struct {
	Person string `json:"person"`
	Text   string `json:"text"`
}

// A Clause is one assessed clause with the force it had for the state then.
type Clause struct {
	Clause     string    `json:"clause"`
	Instrument string    `json:"instrument"`
	Text       string    `json:"text"`
	Mark       string    `json:"mark"` // "paraphrase" or "paraphrase, unconfirmed"
	State      string    `json:"state"`
	Date       string    `json:"date"`
	Force      string    `json:"force"` // "none" where it did not bind
	Since      string    `json:"since"`
	By         string    `json:"by"` // the act of adherence, with its source
	Verdict    Verdict   `json:"verdict"`
	Elements   []Element `json:"elements"`
}

// Knowledge says what the numbers were computed from.
type Knowledge struct {
	Version string        `json:"version"`
	Digest  record.Digest `json:"digest"`
	Engine  string        `json:"engine"`
	Result  record.Digest `json:"result"` // SHA-256 of the result of the engine
}

// Encode returns the one encoding of d.
func (d Document) Encode() ([]byte, error) { return record.Marshal(d) }

// Decode reads what Encode wrote, and nothing else.
func Decode(b []byte) (Document, error) {
	var d Document
	if err := record.Unmarshal(b, &d); err != nil {
		return Document{}, fmt.Errorf("finding: %w", err)
	}
	if d.Format != Format {
		return Document{}, fmt.Errorf("finding of format %q, this reads %q", d.Format, Format)
	}
	return d, nil
}

// Leading returns the first hypothesis that names an actor, or false.
func (d Document) Leading() (Hypothesis, bool) {
	for _, h := range d.Hypotheses {
		if h.Actor != "" {
			return h, true
		}
	}
	return Hypothesis{}, false
}

// None returns the hypothesis that no listed actor did it.
func (d Document) None() Hypothesis {
	for _, h := range d.Hypotheses {
		if h.Actor == "" {
			return h
		}
	}
	return Hypothesis{}
}
