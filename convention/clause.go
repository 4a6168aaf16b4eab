package convention

import "strings"

// A ClauseID names a clause for ever, as "instrument#label": "gge-2015#13f".
// As the target of a crosswalk it may also be one of the two pillars.
type ClauseID string

// The founding texts of the convention rest on two pillars beside the ten
// clauses. They stand where a clause id stands, in crosswalks only.
const (
	PillarAccord      ClauseID = "ACC"  // companies: 100 % defence, 0 % offence
	PillarAttribution ClauseID = "ATTR" // independent attribution
)

// Instrument returns the instrument to which the clause belongs, or "" for a
// pillar.
func (id ClauseID) Instrument() ID {
	instrument, _, found := strings.Cut(string(id), "#")
	if !found {
		return ""
	}
	return ID(instrument)
}

// Pillar reports whether id is one of the two pillars and no clause.
func (id ClauseID) Pillar() bool { return id == PillarAccord || id == PillarAttribution }

// A ClauseKind says what sort of duty a clause states.
type ClauseKind string

// The kinds of clauses.
const (
	Prohibition    ClauseKind = "prohibit"  // do not
	Requirement    ClauseKind = "require"   // do
	Restraint      ClauseKind = "restrain"  // do less, or only so
	Cooperation    ClauseKind = "cooperate" // do it together
	Interpretation ClauseKind = "interpret" // how other rules are to be read
	Procedure      ClauseKind = "process"   // how something is to be found or decided
)

var clauseKinds = []ClauseKind{Prohibition, Requirement, Restraint, Cooperation, Interpretation, Procedure}

// A Basis says where a statement comes from.
type Basis string

const (
	// Seen: compared with the source or with a quotation of it.
	Seen Basis = "seen"
	// Recall: from memory, to be confirmed before anyone cites it.
	Recall Basis = "recall"
)

var bases = []Basis{Seen, Recall}

// The marks that stand wherever a text of an instrument is shown.
const (
	markSeen   = "paraphrase"
	markRecall = "paraphrase, unconfirmed"
)

// Mark returns the words that must stand beside every statement of this basis:
// "paraphrase" or "paraphrase, unconfirmed". What is not known to be seen is
// unconfirmed.
func (b Basis) Mark() string {
	if b == Seen {
		return markSeen
	}
	return markRecall
}

// A Relation says how far the clause that names a crosswalk agrees with its
// target.
type Relation string

// The relations. They do not compose: two clauses that relate to a third need
// not relate to each other.
const (
	Equal    Relation = "eq"    // substantially the same duty
	Part     Relation = "part"  // covers part of the target
	Supports Relation = "supp"  // supports or enables the target
	Broader  Relation = "broad" // goes beyond the target
)

var relations = []Relation{Equal, Part, Supports, Broader}

// A Cross is one entry of a clause's crosswalk: to which clause or pillar it
// relates, and how. It guides readers. It never carries a breach from one
// clause to another, because clauses differ in their qualifiers: norm 13(f) of
// A/70/174 and its repetition by the G7 ask for intent and for an act contrary
// to international law, where clause 1 of the Digital Geneva Convention, their
// equal by duty, asks for neither.
type Cross struct {
	To       ClauseID `json:"to"`
	Relation Relation `json:"relation"`
}

// A Clause is one duty of an instrument, in our own words.
type Clause struct {
	ID        ClauseID   `json:"id"`
	Label     string     `json:"label"` // as the instrument numbers it: "13f"
	Kind      ClauseKind `json:"kind"`
	Text      string     `json:"text"`  // a paraphrase, never a quotation
	Basis     Basis      `json:"basis"` // Recall wherever the instrument is
	Crosswalk []Cross    `json:"crosswalk"`
}

// Mark returns the words that must stand wherever the clause is shown. [Lint]
// sees to it that a clause is never better confirmed than its instrument.
func (c Clause) Mark() string { return c.Basis.Mark() }
