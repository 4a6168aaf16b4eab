package evidence

import (
	"fmt"
	"slices"
	"strings"
)

// A Grade is an Admiralty grade: how reliable the source is, A to F, and apart
// from it how credible the information is, 1 to 6. F and 6 mean "cannot be
// judged": no information, not one half.
type Grade struct {
	Source string `json:"source"` // A … F
	Info   string `json:"info"`   // 1 … 6
}

// A TLP is a mark of the Traffic Light Protocol 2.0 of FIRST, in lower case.
type TLP string

// The marks, from open to closed.
const (
	Clear       TLP = "clear"
	Green       TLP = "green"
	Amber       TLP = "amber"
	AmberStrict TLP = "amber+strict"
	Red         TLP = "red"
)

// A Use is something that the provider of an exhibit allows.
type Use string

// The uses that consent can name.
const (
	ForAnalysis    Use = "analysis"
	ForPublication Use = "publication"
	ForReview      Use = "review"
)

var (
	sourceWords = map[string]string{
		"A": "completely reliable", "B": "usually reliable", "C": "fairly reliable",
		"D": "not usually reliable", "E": "unreliable", "F": "cannot be judged",
	}
	infoWords = map[string]string{
		"1": "confirmed by other independent sources", "2": "probably true", "3": "possibly true",
		"4": "doubtful", "5": "improbable", "6": "cannot be judged",
	}
	marks = []TLP{Clear, Green, Amber, AmberStrict, Red}
)

// ParseGrade reads the short form "B2".
func ParseGrade(s string) (Grade, error) {
	if len(s) != 2 {
		return Grade{}, fmt.Errorf("grade %q: want a letter A to F and a digit 1 to 6, as B2", s)
	}
	g := Grade{Source: strings.ToUpper(s[:1]), Info: s[1:]}
	return g, g.Validate()
}

// Validate reports whether both parts are on their scales.
func (g Grade) Validate() error {
	if sourceWords[g.Source] == "" || infoWords[g.Info] == "" {
		return fmt.Errorf("grade %q: want a letter A to F and a digit 1 to 6, as B2", g.Source+g.Info)
	}
	return nil
}

// String returns the short form, as "B2".
func (g Grade) String() string { return g.Source + g.Info }

// Words spells the grade out for readers.
func (g Grade) Words() string {
	return fmt.Sprintf("source %s, information %s", sourceWords[g.Source], infoWords[g.Info])
}

// Validate reports whether t is one of the five marks.
func (t TLP) Validate() error {
	if !slices.Contains(marks, t) {
		return fmt.Errorf("TLP %q: want clear, green, amber, amber+strict or red", string(t))
	}
	return nil
}

// Within reports whether t is as open as limit, or more so.
func (t TLP) Within(limit TLP) bool {
	return slices.Index(marks, t) <= slices.Index(marks, limit)
}

// Validate reports whether u is a known use.
func (u Use) Validate() error {
	switch u {
	case ForAnalysis, ForPublication, ForReview:
		return nil
	}
	return fmt.Errorf("use %q: want analysis, publication or review", string(u))
}
