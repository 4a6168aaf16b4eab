package attribution

import (
	"fmt"
	"math"

	"github.com/go-json-experiment/json"
)

// EngineVersion names the method and its constants. It rises when equal
// questions would be answered with other bytes.
const EngineVersion = "1"

// None is the id of the hypothesis that none of the listed actors did it.
const None = "none"

// Result is what Rank says. Every number is rounded to four decimals, and
// every probability, its interval included, is kept between .0001 and .9999:
// nothing is certain here and nothing impossible. What decides (gates, words)
// is decided by the rounded numbers, so that a reader sees why.
type Result struct {
	Engine    string       `json:"engine"`
	Knowledge KnowledgeRef `json:"knowledge"`
	Seed      string       `json:"seed"` // hexadecimal
	Resamples int          `json:"resamples"`

	// Named is the actor that the evidence names; empty when the name is
	// refused, and Refusals then says why, one sentence for each gate.
	Named    string   `json:"named"`
	Refusals []string `json:"refusals"`

	// Hypotheses are the ten likeliest actors and none of the listed.
	Hypotheses []Hypothesis `json:"hypotheses"`
	Leader     string       `json:"leader"`    // the likeliest listed actor
	RunnerUp   string       `json:"runner_up"` // the second; empty when only one is listed

	IndependentItems   int `json:"independent_items"`   // observations that weigh
	IndependentSources int `json:"independent_sources"` // their different origins

	// Items and Judgements are what weighs, for and against the leader.
	Items         []Contribution `json:"items"`
	Judgements    []Contribution `json:"judgements"`
	Documentation Documentation  `json:"documentation"`

	WithoutItem   []Without `json:"without_item"`
	WithoutOrigin []Without `json:"without_origin"`
	WithoutFamily []Without `json:"without_family"`
	Framing       Framing   `json:"framing"`

	ExcludedSources  []ExcludedSource   `json:"excluded_sources"`
	CircularSoftware []CircularSoftware `json:"circular_software"`
	LeftOut          []LeftOut          `json:"left_out"`

	// Shares are of the support: what speaks for the leader more than for an
	// average actor.
	FamilyShares    []FamilyShare `json:"family_shares"`
	ForgeableShare  float64       `json:"forgeable_share"` // by items of forgeability .5 and more
	Confidence      Confidence    `json:"confidence"`
	ReferenceClass  Reference     `json:"reference_class"`
	EvidenceQuality float64       `json:"evidence_quality"` // mean of ρ/ρmax over what weighs
}

// KnowledgeRef names the knowledge that a result rests on.
type KnowledgeRef struct {
	Version string   `json:"version"`
	Digest  string   `json:"digest"`
	Notices []string `json:"notices"`
}

// Hypothesis is one answer to the question who did it.
type Hypothesis struct {
	ID      string  `json:"id"` // of the actor, or None
	Name    string  `json:"name"`
	P       float64 `json:"p"`
	Low     float64 `json:"low"`  // 5 % of the resamples lie below
	High    float64 `json:"high"` // 5 % of the resamples lie above
	Word    string  `json:"word"`
	Percent string  `json:"percent"`
}

// Contribution is what one item adds to the leader's score, in nats.
type Contribution struct {
	Item         string     `json:"item"`
	Family       string     `json:"family"`
	Value        string     `json:"value"`
	Name         string     `json:"name"` // of the technique or software
	Origins      []string   `json:"origins"`
	Rho          float64    `json:"rho"`
	Forgeability float64    `json:"forgeability"`
	VsAverage    float64    `json:"vs_average"`   // against the mean over all listed actors
	VsRunnerUp   float64    `json:"vs_runner_up"` // against the second listed actor
	Judgement    *Judgement `json:"judgement,omitzero"`
}

// Documentation is what the leader gains by being well documented: such
// actors are likelier to be the ones that reports are about.
type Documentation struct {
	VsAverage  float64 `json:"vs_average"`
	VsRunnerUp float64 `json:"vs_runner_up"`
}

// Without says what remains of the leader when something had not been there.
type Without struct {
	Removed string  `json:"removed"`
	P       float64 `json:"p"`     // of the leader
	First   string  `json:"first"` // the hypothesis that comes first then
	Changed bool    `json:"changed"`
}

// Framing counts how few observations an adversary would have had to plant to
// produce the name. The count is greedy: an upper bound that anyone can check.
type Framing struct {
	// Cost is the number of removals after which the leader is no longer
	// first, or below the bound for naming. 0: there was nothing to bring down.
	Cost    int       `json:"cost"`
	Removed []Removal `json:"removed"`
}

// Removal is one observation taken away, by all items that make it.
type Removal struct {
	Items  []string `json:"items"`
	Family string   `json:"family"`
	Value  string   `json:"value"`
	P      float64  `json:"p"` // of the leader afterwards
	First  string   `json:"first"`
}

// ExcludedSource is a source that tells of the incident itself.
type ExcludedSource struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Reports int    `json:"reports"` // taken out of profiles, one for each actor it is about
	Edges   int    `json:"edges"`   // techniques and software that they mention
}

// CircularSoftware identifies nobody, because it is known from the incident.
type CircularSoftware struct {
	ID      string `json:"id"`
	Name    string `json:"name"` // empty when the knowledge does not have it
	Because string `json:"because"`
}

// LeftOut is an item that weighs nothing.
type LeftOut struct {
	Item     string `json:"item"`
	Family   string `json:"family"`
	Value    string `json:"value"`
	Standing string `json:"standing"`
	Because  string `json:"because"`
}

// FamilyShare is how much of the support one family brings, 0 to 1.
type FamilyShare struct {
	Family string  `json:"family"`
	Share  float64 `json:"share"`
}

// Encode gives r as canonical JSON, byte for byte the same on every machine.
func (r Result) Encode() ([]byte, error) {
	b, err := json.Marshal(r, json.Deterministic(true))
	if err != nil {
		return nil, fmt.Errorf("encode result: %w", err)
	}
	return append(b, '\n'), nil
}

// round gives x to four decimals, halves away from zero, and never −0.
func round(x float64) float64 {
	r := math.Round(x*10_000) / 10_000
	if r == 0 {
		return 0
	}
	return r
}

// probability rounds p, and keeps it from saying never or always.
func probability(p float64) float64 { return max(.0001, min(.9999, round(p))) }
