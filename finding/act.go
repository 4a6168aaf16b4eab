package finding

import (
	"errors"
	"fmt"

	"solferino/record"
)

// Assessed says how the conduct in a case stands towards one clause, element
// by element. Nothing is inferred from one clause for another.
type Assessed struct {
	Round    int       `json:"round"`  // of review that it belongs to
	Clause   string    `json:"clause"` // as "gge-2015#13f"
	State    string    `json:"state"`  // whose obligations are asked about
	Date     string    `json:"date"`   // of the incident; decides which force bound
	Elements []Element `json:"elements"`
}

// An Element is one testable part of a clause.
type Element struct {
	Name    string  `json:"name"` // as "acts for a state"
	Verdict Verdict `json:"verdict"`
	Because string  `json:"because"` // the fact, or the fact that is missing
}

// A Verdict has three values: what is not known is never taken for "no".
type Verdict string

// The verdicts.
const (
	Met          Verdict = "met"
	NotMet       Verdict = "not met"
	Undetermined Verdict = "undetermined"
)

// Issued makes a version of the finding of a case public. Its document is what
// the records of the case give; see [Document].
type Issued struct {
	Version  int               `json:"version"` // from 1; also the round of review it rests on
	Outcome  Outcome           `json:"outcome"`
	Analysis record.ID         `json:"analysis"`
	Document record.Attachment `json:"document"` // JSON of a Document
	Change   string            `json:"change"`   // why it differs from the version before, or ""
}

// Withdrawn takes a version back. Its address stays and says so.
type Withdrawn struct {
	Version int    `json:"version"`
	Reason  string `json:"reason"`
}

// An Outcome is what a finding comes to.
type Outcome string

// The outcomes.
const (
	Attributed   Outcome = "attributed"   // an actor is named
	Insufficient Outcome = "insufficient" // nobody is named, for the reasons given
)

// Kinds lists the acts of this package.
var Kinds = record.Table{
	Assessed{}.Kind():  record.Of[Assessed](),
	Issued{}.Kind():    record.Of[Issued](),
	Withdrawn{}.Kind(): record.Of[Withdrawn](),
}

func (Assessed) Kind() string  { return "finding.assessed/1" }
func (Issued) Kind() string    { return "finding.issued/1" }
func (Withdrawn) Kind() string { return "finding.withdrawn/1" }

// Conclude joins the elements into the verdict on the clause: broken only if
// all are met; not broken if one is not met; else undetermined.
func Conclude(elements []Element) Verdict {
	verdict := Met
	for _, e := range elements {
		switch e.Verdict {
		case NotMet:
			return NotMet
		case Undetermined:
			verdict = Undetermined
		}
	}
	return verdict
}

func (a Assessed) Validate() error {
	if a.Round < 1 || a.Clause == "" || a.State == "" || a.Date == "" {
		return errors.New("an assessment names its round, clause, state and date")
	}
	if len(a.Elements) == 0 {
		return errors.New("an assessment has elements; a clause is no check box")
	}
	for _, e := range a.Elements {
		if err := e.validate(); err != nil {
			return err
		}
	}
	return nil
}

func (e Element) validate() error {
	if e.Name == "" || e.Because == "" {
		return errors.New("an element has a name and a reason")
	}
	switch e.Verdict {
	case Met, NotMet, Undetermined:
		return nil
	}
	return fmt.Errorf("verdict %q: want met, not met or undetermined", string(e.Verdict))
}

func (a Issued) Validate() error {
	switch a.Outcome {
	case Attributed, Insufficient:
	default:
		return fmt.Errorf("outcome %q: want attributed or insufficient", string(a.Outcome))
	}
	if a.Version < 1 || a.Analysis == "" {
		return errors.New("a finding names its version and its analysis")
	}
	if (a.Version > 1) != (a.Change != "") {
		return errors.New("a later version, and only a later one, says what changed")
	}
	return a.Document.Validate()
}

func (a Withdrawn) Validate() error {
	if a.Version < 1 || a.Reason == "" {
		return errors.New("a withdrawal names the version and the reason")
	}
	return nil
}
