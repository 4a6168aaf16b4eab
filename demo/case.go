package demo

import (
	"slices"

	"solferino/attribution"
	"solferino/evidence"
	"solferino/finding"
	"solferino/record"
)

// A Case is one incident with everything that its inquiry needs.
type Case struct {
	Slug    string                `json:"slug"` // as "viasat-2022", also its file name
	Name    string                `json:"name"` // for lists
	Title   string                `json:"title"`
	Summary string                `json:"summary"` // what happened
	Date    string                `json:"date"`    // of the incident, YYYY-MM-DD
	Victims []string              `json:"victims"` // state codes, sorted
	Parties []string              `json:"parties"` // labels of victims and vendors, sorted
	Claims  []attribution.Claimed `json:"claims"`  // by date
	Notice  string                `json:"notice"`  // the question to each accused state
	Rounds  []Round               `json:"rounds"`  // each leads to a version of the finding
}

// A Round is what comes in before one version of the finding, and how that
// version is reviewed.
type Round struct {
	Change         string          `json:"change"`   // why there is a further version, "" in the first
	Exhibits       []Exhibit       `json:"exhibits"` // new in this round
	Contradictions []Contradiction `json:"contradictions"`
	Excluded       Excluded        `json:"excluded"` // new in this round; may be empty in a later one
	Concur         string          `json:"concur"`   // the reason of those who concur
	Dissent        Dissent         `json:"dissent"`
	Abstain        *Abstention     `json:"abstain,omitzero"`
	Clauses        []Clause        `json:"clauses"`
}

// An Exhibit stands for one public source. Its content is our own summary.
type Exhibit struct {
	Name         string                 `json:"name"` // file name, unique in the case
	Title        string                 `json:"title"`
	Publisher    string                 `json:"publisher"`
	URL          string                 `json:"url"`
	Published    string                 `json:"published"`
	Basis        string                 `json:"basis"` // seen: we read it, at least in part; recall
	Grade        string                 `json:"grade"` // as B2, see evidence.ParseGrade
	TLP          evidence.TLP           `json:"tlp"`
	Consent      []evidence.Use         `json:"consent"`
	Origins      []string               `json:"origins"`
	Supplier     record.Subject         `json:"supplier"`
	Text         string                 `json:"text"` // the content
	Observations []evidence.Observation `json:"observations"`
}

// A Contradiction takes the weight of one observation away.
type Contradiction struct {
	Exhibit     string `json:"exhibit"` // name
	Observation string `json:"observation"`
	By          string `json:"by"` // name of the exhibit that shows it
	Reason      string `json:"reason"`
}

// Excluded lists what tells of this incident itself and so may not speak for
// anybody.
type Excluded struct {
	Sources  []string `json:"sources"`  // ids in the knowledge, sorted as text
	Software []string `json:"software"` // known from the incident alone
	Reason   string   `json:"reason"`
}

// A Dissent is the vote of one seat against the analysis, with its opinion.
type Dissent struct {
	Seat    int    `json:"seat"` // index in the sorted panel
	Reason  string `json:"reason"`
	Opinion string `json:"opinion"`
}

// An Abstention is the vote of a seat that takes no side.
type Abstention struct {
	Seat   int    `json:"seat"`
	Reason string `json:"reason"`
}

// A Clause is to be assessed towards one accused state.
type Clause struct {
	Clause   string            `json:"clause"`
	State    string            `json:"state"`
	Elements []finding.Element `json:"elements"`
}

// note stands in every manifest, so that nobody takes a summary for its source.
const note = "Our own summary of a public source, written for the demonstration. It is not the source."

// Opening returns the text of the case's title: one line, then what happened.
func (c Case) Opening() string { return c.Title + "\n\n" + c.Summary }

// Accused returns the states that claims name, sorted, each once.
func (c Case) Accused() []string { return attribution.Accused(c.Claims) }

// Assessed returns the assessments of one round, counted from 1.
func (c Case) Assessed(round int) []finding.Assessed {
	var list []finding.Assessed
	for _, k := range c.Rounds[round-1].Clauses {
		list = append(list, finding.Assessed{Round: round, Clause: k.Clause, State: k.State, Date: c.Date, Elements: slices.Clone(k.Elements)})
	}
	return list
}

// Content returns the bytes of the exhibit.
func (x Exhibit) Content() []byte { return []byte(x.Text + "\n") }

// Manifest says what the exhibit is.
func (x Exhibit) Manifest() evidence.Manifest {
	b := x.Content()
	return evidence.Manifest{
		Name: x.Name, MediaType: "text/plain; charset=utf-8", Size: int64(len(b)), SHA256: record.Sum(b),
		Title: x.Title, Source: x.Publisher, URL: x.URL, Published: x.Published, Basis: x.Basis, Note: note,
	}
}
