package evidence

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"solferino/record"
)

// Received puts an exhibit into a case; the actor becomes its holder.
type Received struct {
	Exhibit  string            `json:"exhibit"` // opaque, unique in the case: "x-" and 16 hexadecimal digits
	Content  record.Attachment `json:"content"`
	Manifest record.Attachment `json:"manifest"` // JSON of a Manifest
	Grade    Grade             `json:"grade"`
	TLP      TLP               `json:"tlp"`
	Consent  []Use             `json:"consent"`  // what the provider allows, sorted; empty: custody only
	Origins  []string          `json:"origins"`  // labels of the independent originals it tells, sorted
	Supplier record.Subject    `json:"supplier"` // "org/…", "person/…" or "public/…": who handed it in
}

// Offered says that the holder hands an exhibit to another person. Until that
// person accepts, the exhibit is in transit and the holder answers for it; a
// further offer replaces the one before.
type Offered struct {
	Exhibit string         `json:"exhibit"`
	To      record.Subject `json:"to"`
}

// Accepted says that the actor has taken over an exhibit that was offered.
type Accepted struct {
	Exhibit string `json:"exhibit"`
}

// Derived says what a tool or a reader drew out of an exhibit. The output is
// the JSON of a list of [Observation]s.
type Derived struct {
	Exhibit    string            `json:"exhibit"`
	Tool       string            `json:"tool"`
	Version    string            `json:"version"`
	Parameters string            `json:"parameters"`
	Output     record.Attachment `json:"output"`
	Count      int               `json:"count"` // observations in the output
}

// Contradicted says that one observation does not fit the other evidence, and
// so carries no weight from here on. It stays visible with the reason.
type Contradicted struct {
	Exhibit     string            `json:"exhibit"`
	Observation string            `json:"observation"` // "o3", or "2/o3" in the second derivation
	By          string            `json:"by"`          // the exhibit that shows it
	Reason      record.Attachment `json:"reason"`
}

// Kinds lists the acts of this package.
var Kinds = record.Table{
	Received{}.Kind():     record.Of[Received](),
	Offered{}.Kind():      record.Of[Offered](),
	Accepted{}.Kind():     record.Of[Accepted](),
	Derived{}.Kind():      record.Of[Derived](),
	Contradicted{}.Kind(): record.Of[Contradicted](),
}

func (Received) Kind() string     { return "evidence.received/1" }
func (Offered) Kind() string      { return "evidence.offered/1" }
func (Accepted) Kind() string     { return "evidence.accepted/1" }
func (Derived) Kind() string      { return "evidence.derived/1" }
func (Contradicted) Kind() string { return "evidence.contradicted/1" }

var (
	exhibitForm = regexp.MustCompile(`^x-[0-9a-f]{16}$`)
	originForm  = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{0,63}$`)
)

func validExhibit(id string) error {
	if !exhibitForm.MatchString(id) {
		return fmt.Errorf("exhibit %q is not \"x-\" and 16 hexadecimal digits", id)
	}
	return nil
}

func (a Received) Validate() error {
	err := errors.Join(validExhibit(a.Exhibit), a.Content.Validate(), a.Manifest.Validate(),
		a.Grade.Validate(), a.TLP.Validate(), a.Supplier.Validate(), ValidOrigins(a.Origins))
	if err != nil {
		return err
	}
	if !slices.IsSorted(a.Consent) || len(slices.Compact(slices.Clone(a.Consent))) != len(a.Consent) {
		return errors.New("consent is not sorted or names a use twice")
	}
	for _, use := range a.Consent {
		if err := use.Validate(); err != nil {
			return err
		}
	}
	return nil
}

// ValidOrigins reports whether labels of origins are well formed, sorted and
// named once each. There must be one at least.
func ValidOrigins(origins []string) error {
	if len(origins) == 0 {
		return errors.New("no origin: name who first told it")
	}
	for i, o := range origins {
		if !originForm.MatchString(o) {
			return fmt.Errorf("origin %q is not lower-case letters, digits, dots and hyphens", o)
		}
		if i > 0 && origins[i-1] >= o {
			return fmt.Errorf("origin %q is out of order or named twice", o)
		}
	}
	return nil
}

func (a Offered) Validate() error {
	return errors.Join(validExhibit(a.Exhibit), a.To.Validate())
}

func (a Accepted) Validate() error { return validExhibit(a.Exhibit) }

func (a Derived) Validate() error {
	if a.Tool == "" || a.Version == "" {
		return errors.New("tool or version is missing")
	}
	if a.Count < 0 || a.Count > MaxObservations {
		return fmt.Errorf("%d observations, at most %d", a.Count, MaxObservations)
	}
	return errors.Join(validExhibit(a.Exhibit), a.Output.Validate())
}

func (a Contradicted) Validate() error {
	if a.Observation == "" {
		return errors.New("no observation is named")
	}
	return errors.Join(validExhibit(a.Exhibit), validExhibit(a.By), a.Reason.Validate())
}
