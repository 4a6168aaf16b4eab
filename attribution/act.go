package attribution

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"solferino/record"
)

// Imported enters a knowledge: what public sources report, in the form of
// [ParseKnowledge]. Its names and countries stay claims with their source.
type Imported struct {
	Version string            `json:"version"`
	Digest  record.Digest     `json:"digest"` // SHA-256 of the encoded knowledge
	Content record.Attachment `json:"content"`
	Source  string            `json:"source"` // which file or bundle it was made from
}

// Claimed registers what somebody outside says about who did it. A claim is
// shown beside the finding and is never evidence for it.
type Claimed struct {
	By      string `json:"by"`
	Date    string `json:"date"`    // YYYY-MM-DD
	Says    string `json:"says"`    // in our words
	Accused string `json:"accused"` // state code, or "" where no state is named
	Source  string `json:"source"`
	Basis   string `json:"basis"` // "seen" or "recall"
}

// Excluded lists the sources of the knowledge that tell of this very incident,
// and the software known from it alone. Neither may speak for anybody: that
// would be to cite the case as its own proof.
type Excluded struct {
	Sources  []string          `json:"sources"`  // ids in the knowledge, sorted
	Software []string          `json:"software"` // ids in the knowledge, sorted
	Reason   record.Attachment `json:"reason"`
}

// Computed states the result of one analysis with everything it was computed
// from, so that anyone computes it again, bit for bit.
type Computed struct {
	Knowledge record.Digest     `json:"knowledge"`
	Engine    string            `json:"engine"`
	Question  record.Attachment `json:"question"` // JSON of a Question
	Result    record.Attachment `json:"result"`   // JSON of a Result
	Named     string            `json:"named"`    // the actor that the result names, or ""
}

// Kinds lists the acts of this package.
var Kinds = record.Table{
	Imported{}.Kind(): record.Of[Imported](),
	Claimed{}.Kind():  record.Of[Claimed](),
	Excluded{}.Kind(): record.Of[Excluded](),
	Computed{}.Kind(): record.Of[Computed](),
}

func (Imported) Kind() string { return "attribution.imported/1" }
func (Claimed) Kind() string  { return "attribution.claimed/1" }
func (Excluded) Kind() string { return "attribution.excluded/1" }
func (Computed) Kind() string { return "attribution.computed/1" }

func (a Imported) Validate() error {
	if a.Version == "" || a.Source == "" {
		return errors.New("a knowledge has a version and a source")
	}
	return errors.Join(a.Digest.Validate(), a.Content.Validate())
}

func (a Claimed) Validate() error {
	if a.By == "" || a.Date == "" || a.Says == "" || a.Source == "" {
		return errors.New("a claim says who, when, what and where it stands")
	}
	if a.Basis != "seen" && a.Basis != "recall" {
		return fmt.Errorf("basis %q: want seen or recall", a.Basis)
	}
	return nil
}

func (a Excluded) Validate() error {
	for what, list := range map[string][]string{"sources": a.Sources, "software": a.Software} {
		if !slices.IsSorted(list) || len(slices.Compact(slices.Clone(list))) != len(list) {
			return fmt.Errorf("%s are not sorted or named twice", what)
		}
	}
	return a.Reason.Validate()
}

func (a Computed) Validate() error {
	if a.Engine == "" {
		return errors.New("an analysis names its engine")
	}
	return errors.Join(a.Knowledge.Validate(), a.Question.Validate(), a.Result.Validate())
}

// Accused returns the states that claims name, sorted, each once.
func Accused(claims []Claimed) []string {
	var list []string
	for _, c := range claims {
		if c.Accused != "" {
			list = append(list, c.Accused)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// DecodeResult reads what [Result.Encode] wrote, and nothing else.
func DecodeResult(b []byte) (Result, error) {
	var r Result
	body, ok := bytes.CutSuffix(b, []byte("\n"))
	if !ok {
		return r, fmt.Errorf("result: %w: no line end", record.ErrMalformed)
	}
	if err := record.Unmarshal(body, &r); err != nil {
		return r, fmt.Errorf("result: %w", err)
	}
	return r, nil
}
