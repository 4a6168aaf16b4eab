package attribution

import "fmt"

// The families of observations. The first two have a likelihood that is
// learned from the knowledge; the others weigh only by an analyst's Judgement.
const (
	FamilyTechnique      = "technique"
	FamilySoftware       = "software"
	FamilyArtefact       = "artefact"
	FamilyInfrastructure = "infrastructure"
	FamilyPersona        = "persona"
	FamilyTiming         = "timing"
	FamilyLanguage       = "language"

	// FamilyJudgement is the one family that all judged items count as.
	FamilyJudgement = "judgement"
)

// Item is one observation of the incident as the engine sees it.
//
// How far it is relied on is ρ = ρmax · r(source) · r(info) · f · q, with
// ρmax .7 for a technique, .95 for software and 1 for a judgement, whose ratio
// already holds its author's doubts; r from the table of grades, where A, B, 1
// and 2 are whole; f = (1−φ)/(1−φ₀), at most 1, where φ is the forgeability
// and φ₀ the family's own; q the extraction. So grades and forgeability only
// lower ρ. An item that keeps less than 1/20000 of ρmax is no observation: it
// is listed and nothing else.
type Item struct {
	ID     string `json:"id"`
	Family string `json:"family"`
	Value  string `json:"value"` // T1018, S0089 or free text

	// Origins are the independent places it comes from: a host, a sample, a
	// vendor's telemetry. Two exhibits of one origin are one source.
	Origins []string `json:"origins"`

	SourceGrade string `json:"source_grade"` // Admiralty, A to F
	InfoGrade   string `json:"info_grade"`   // Admiralty, 1 to 6

	// Forgeability is how readily an adversary could plant the observation,
	// up to 1. Nothing is unforgeable: 0 stands for the family's own value.
	Forgeability float64 `json:"forgeability"`

	// Extraction is the confidence, 0 to 1, that the observation was read
	// rightly from its exhibit. 0 leaves it without weight.
	Extraction float64 `json:"extraction"`

	// Judgement is what an analyst thinks the item says; nil for none.
	Judgement *Judgement `json:"judgement,omitzero"`

	// Contradicted is the id of a contradiction that takes the item's weight
	// away; empty when nothing contradicts it.
	Contradicted string `json:"contradicted,omitzero"`
}

// Judgement is an analyst's likelihood ratio for an item without a learned
// one: how many times likelier the item is if Actor did it than if an average
// actor did, from 1/20 to 20.
type Judgement struct {
	Actor  string  `json:"actor"`
	Ratio  float64 `json:"ratio"`
	Author string  `json:"author"`
	Reason string  `json:"reason"`
}

// maxRatio bounds a judgement. A reviewable choice: ln 20 is 3 nats, so that
// one analyst's word never outweighs a malware that is learned (5 nats).
const maxRatio = 20

// sourceReliance and infoReliance say what remains of ρ at each grade. The
// grades are the Admiralty code's; the numbers are a reviewable judgement:
// what is usually or probably true counts whole, what cannot be judged not.
var (
	sourceReliance = map[string]float64{"A": 1, "B": 1, "C": .8, "D": .5, "E": .2, "F": 0}
	infoReliance   = map[string]float64{"1": 1, "2": 1, "3": .8, "4": .5, "5": .2, "6": 0}
)

// forgeability says how readily each family can be planted, 0 to 1. A
// reviewable judgement from docs/method.md: software is
// private malware there; an artefact is taken to be as easily set as a time
// of compilation.
var forgeability = map[string]float64{
	FamilyTechnique:      .5,
	FamilySoftware:       .3,
	FamilyArtefact:       .7,
	FamilyInfrastructure: .2,
	FamilyPersona:        .8,
	FamilyTiming:         .7,
	FamilyLanguage:       .8,
}

// toolForgeability is that of software which anybody can get, same source.
const toolForgeability = .7

// DefaultForgeability gives the forgeability that an item of the family has
// unless it states its own, 0 for a family that does not exist. Software of
// type Tool, which anybody can get, has .7 instead.
func DefaultForgeability(family string) float64 { return forgeability[family] }

func (it Item) check() error {
	if checkText(it.ID) != nil || checkText(it.Value) != nil {
		return fmt.Errorf("needs an id and a value, each one line of text")
	}
	if _, known := forgeability[it.Family]; !known {
		return fmt.Errorf("family %q is not known", it.Family)
	}
	if len(it.Origins) == 0 || checkText(it.Origins...) != nil {
		return fmt.Errorf("needs an origin, and each origin a label")
	}
	if _, known := sourceReliance[it.SourceGrade]; !known {
		return fmt.Errorf("source grade %q is not A to F", it.SourceGrade)
	}
	if _, known := infoReliance[it.InfoGrade]; !known {
		return fmt.Errorf("information grade %q is not 1 to 6", it.InfoGrade)
	}
	if !within(it.Forgeability, 0, 1) || !within(it.Extraction, 0, 1) {
		return fmt.Errorf("forgeability %v and extraction %v must lie between 0 and 1", it.Forgeability, it.Extraction)
	}
	return it.checkJudgement()
}

func (it Item) checkJudgement() error {
	j := it.Judgement
	if j == nil {
		return nil
	}
	if it.learned() {
		return fmt.Errorf("a %s has a learned likelihood and takes no judgement", it.Family)
	}
	if !within(j.Ratio, 1./maxRatio, maxRatio) {
		return fmt.Errorf("judged ratio %v must lie between 1/%d and %d", j.Ratio, maxRatio, maxRatio)
	}
	if checkText(j.Actor, j.Author, j.Reason) != nil {
		return fmt.Errorf("a judgement needs its actor, author and reason")
	}
	return nil
}

func (it Item) learned() bool {
	return it.Family == FamilyTechnique || it.Family == FamilySoftware
}

// family gives the family that the item counts as.
func (it Item) family() string {
	if it.Judgement != nil {
		return FamilyJudgement
	}
	return it.Family
}

// within is false for NaN.
func within(x, least, most float64) bool { return x >= least && x <= most }

// reliance is what stands behind one item's weight.
type reliance struct {
	phi     float64 // forgeability in force
	quality float64 // ρ/ρmax: what grades, forgeability and extraction leave
	rho     float64
}

// rely works out ρ. Usual is the forgeability of an item that states none.
func (it Item) rely(usual, rhoMax float64) reliance {
	phi, kept := it.Forgeability, 1.0
	if phi == 0 {
		phi = usual
	}
	if phi > usual {
		kept = (1 - phi) / (1 - usual)
	}
	quality := float64(sourceReliance[it.SourceGrade] * infoReliance[it.InfoGrade])
	quality = float64(float64(quality*kept) * it.Extraction)
	return reliance{phi: phi, quality: quality, rho: float64(rhoMax * quality)}
}
