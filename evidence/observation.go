package evidence

import (
	"errors"
	"fmt"

	"solferino/record"
)

// MaxObservations bounds the list that one act of derivation gives.
const MaxObservations = 100_000

// A Manifest says what an exhibit is. It is an attachment: nothing of it stands
// in a record in clear.
type Manifest struct {
	Name      string        `json:"name"`       // file name as received
	MediaType string        `json:"media_type"` // as "application/json"
	Size      int64         `json:"size"`       // bytes
	SHA256    record.Digest `json:"sha256"`     // of the content
	Title     string        `json:"title"`      // in our words
	Source    string        `json:"source"`     // who published or handed it in
	URL       string        `json:"url"`        // where the public can find it, or ""
	Published string        `json:"published"`  // date YYYY, YYYY-MM or YYYY-MM-DD, or ""
	Basis     string        `json:"basis"`      // "seen" or "recall": whether we read it ourselves
	Note      string        `json:"note"`
}

// An Observation is one thing that an exhibit is said to show.
type Observation struct {
	ID     string `json:"id"`     // unique in its exhibit, as "o12"
	Family string `json:"family"` // one of the families below
	Value  string `json:"value"`  // a technique as T1018, software as S0089, a domain, a hash, words
	Note   string `json:"note"`

	// Forgeability, from 0 (cannot be planted) to 1, lowers the weight where it
	// is above the usual one of the family. 0: the usual one.
	Forgeability float64 `json:"forgeability,omitzero"`
	// Extraction, from 0 to 1, is how sure the reader is that the exhibit says
	// so. 0: certain, as 1.
	Extraction float64 `json:"extraction,omitzero"`
	// Judgement is an analyst's likelihood ratio, for families for which
	// nothing was learned.
	Judgement *Judgement `json:"judgement,omitzero"`
}

// A Judgement is an analyst's own estimate: how many times as likely the
// observation is if the actor did it than if another did.
type Judgement struct {
	Actor  string         `json:"actor"` // id in the knowledge, as G0032
	Ratio  float64        `json:"ratio"`
	Author record.Subject `json:"author"`
	Reason string         `json:"reason"`
}

// The families of observations. Statements of others about who did it are
// claims and never observations.
const (
	Technique      = "technique"
	Software       = "software"
	Infrastructure = "infrastructure" // domains, addresses, URLs, certificates
	File           = "file"           // hashes and names of files
	Artefact       = "artefact"       // traces in files: headers, paths, build marks
	Language       = "language"
	Timing         = "timing"
	Persona        = "persona" // accounts, mail addresses, operational errors
	Vulnerability  = "vulnerability"
)

var families = map[string]bool{
	Technique: true, Software: true, Infrastructure: true, File: true, Artefact: true,
	Language: true, Timing: true, Persona: true, Vulnerability: true,
}

// Validate reports whether the observation is complete and its numbers are in
// their ranges.
func (o Observation) Validate() error {
	if o.ID == "" || o.Value == "" {
		return errors.New("observation without id or value")
	}
	if !families[o.Family] {
		return fmt.Errorf("observation %s: unknown family %q", o.ID, o.Family)
	}
	if !(o.Forgeability >= 0 && o.Forgeability <= 1 && o.Extraction >= 0 && o.Extraction <= 1) { // false for NaN
		return fmt.Errorf("observation %s: forgeability %v or extraction %v is not within 0 and 1",
			o.ID, o.Forgeability, o.Extraction)
	}
	if j := o.Judgement; j != nil && (j.Actor == "" || j.Reason == "" || !(j.Ratio > 0)) {
		return fmt.Errorf("observation %s: judgement without actor, reason or positive ratio", o.ID)
	}
	return nil
}

// EncodeObservations writes the list as the output of a [Derived] act.
func EncodeObservations(list []Observation) ([]byte, error) {
	if err := validObservations(list); err != nil {
		return nil, err
	}
	return record.Marshal(list)
}

// DecodeObservations reads what EncodeObservations wrote, and nothing else.
func DecodeObservations(b []byte) ([]Observation, error) {
	var list []Observation
	if err := record.Unmarshal(b, &list); err != nil {
		return nil, fmt.Errorf("observations: %w", err)
	}
	return list, validObservations(list)
}

func validObservations(list []Observation) error {
	if len(list) > MaxObservations {
		return fmt.Errorf("%d observations, at most %d", len(list), MaxObservations)
	}
	seen := make(map[string]bool, len(list))
	for _, o := range list {
		if err := o.Validate(); err != nil {
			return err
		}
		if seen[o.ID] {
			return fmt.Errorf("observation %s stands twice", o.ID)
		}
		seen[o.ID] = true
	}
	return nil
}
