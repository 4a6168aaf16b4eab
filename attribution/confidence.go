package attribution

import "fmt"

// The levels of confidence: how much the evidence bears, whatever P says.
const (
	ConfidenceLow      = "low"
	ConfidenceModerate = "moderate"
	ConfidenceHigh     = "high"
)

// Confidence is a level and the sentences that say what holds it there. It
// is about the evidence, and is given when the name is refused as well.
type Confidence struct {
	Level   string   `json:"level"`
	Drivers []string `json:"drivers"`
}

// Bounds of confidence. The framing costs and the family's share are from the
// docs/method.md; the quality is a reviewable judgement, met
// by evidence graded C3 or better throughout.
const (
	framingHigh     = 4  // removals from which confidence may be high
	framingModerate = 2  // removals from which it may be moderate
	familyShareMost = .7 // of the support
	qualityModerate = .8 // mean ρ/ρmax below which it is at most moderate
	qualityLow      = .5 // and below which it is low
	forgeableMost   = .7 // of the support, above which it is at most moderate
)

// Reference is what happened when the engine met cases like this one before.
type Reference struct {
	Class     string  `json:"class"`
	Reports   int     `json:"reports"`
	FirstName float64 `json:"first_name"` // share in which the first name was right
	Low       float64 `json:"low"`        // 95 % interval
	High      float64 `json:"high"`
	Line      string  `json:"line"`
	Source    string  `json:"source"`
}

// forwardInTime is the honest headline: knowledge of v12, reports new in v18.
var forwardInTime = Reference{
	Class: "new reports on listed actors, knowledge older than the report", Reports: 58,
	FirstName: .31, Low: .20, High: .49,
	Line:   "In 58 earlier new reports like this, the first name agreed with public reporting in 31 % (95 % interval 20 to 49 %).",
	Source: "docs/method.md, forward in time",
}

// judge opens or closes the gates and grades the evidence.
func (a *analysis) judge() {
	a.r.Refusals = a.refusals()
	if len(a.r.Refusals) == 0 {
		a.r.Named = a.r.Leader
	}
	a.r.FamilyShares, a.r.ForgeableShare = a.shares()
	a.r.EvidenceQuality = a.quality()
	a.r.Confidence = a.confidence()
}

// refusals gives a sentence for each gate that stays shut.
func (a *analysis) refusals() []string {
	var list []string
	r := &a.r
	if r.IndependentItems < gateItems {
		list = append(list, fmt.Sprintf("The evidence holds %s; a name takes %d.", count(r.IndependentItems, "independent item"), gateItems))
	}
	if r.IndependentSources < gateSources {
		list = append(list, fmt.Sprintf("The evidence comes from %s; a name takes %d.", count(r.IndependentSources, "independent source"), gateSources))
	}
	leader := a.p.actors[a.leader]
	p := probability(a.out.p[a.leader])
	switch {
	case a.first < 0:
		list = append(list, fmt.Sprintf("That none of the listed actors did it is likelier (P %.4f) than the likeliest of them, %s (P %.4f).",
			probability(a.out.none), leader.Name, p))
	case p < gateP:
		list = append(list, fmt.Sprintf("The likeliest actor, %s, has P %.4f; a name takes %.1f.", leader.Name, p, gateP))
	}
	return list
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// quality is the mean of ρ/ρmax over what weighs, 0 when nothing does.
func (a *analysis) quality() float64 {
	counted := a.counted()
	if len(counted) == 0 {
		return 0
	}
	sum := 0.0
	for _, i := range counted {
		sum += a.d.rel[a.d.weighed[i].item].quality
	}
	return round(sum / float64(len(counted)))
}

// confidence begins high and is capped by each weakness of the evidence. P
// itself caps nothing: where no name was within reach, the framing cost, 0,
// says nothing either.
func (a *analysis) confidence() Confidence {
	c := Confidence{Level: ConfidenceHigh}
	r := &a.r
	a.capFraming(&c)
	for _, f := range r.FamilyShares {
		if f.Share > familyShareMost {
			c.cap(ConfidenceLow, fmt.Sprintf("One family, %s, brings %.0f %% of the support.", f.Family, f.Share*100))
		}
	}
	if len(r.FamilyShares) == 0 {
		c.cap(ConfidenceLow, "Nothing in the evidence supports the leader.")
	}
	if r.IndependentItems < gateItems {
		c.cap(ConfidenceLow, fmt.Sprintf("There are fewer than %d independent items.", gateItems))
	}
	if r.IndependentSources < gateSources {
		c.cap(ConfidenceLow, fmt.Sprintf("There are fewer than %d independent sources.", gateSources))
	}
	switch {
	case r.EvidenceQuality < qualityLow:
		c.cap(ConfidenceLow, fmt.Sprintf("The grades leave %.0f %% of the evidence's weight.", r.EvidenceQuality*100))
	case r.EvidenceQuality < qualityModerate:
		c.cap(ConfidenceModerate, fmt.Sprintf("The grades leave %.0f %% of the evidence's weight.", r.EvidenceQuality*100))
	}
	if r.ForgeableShare > forgeableMost {
		c.cap(ConfidenceModerate, fmt.Sprintf("Items that are readily forged bring %.0f %% of the support.", r.ForgeableShare*100))
	}
	return c
}

func (a *analysis) capFraming(c *Confidence) {
	switch cost := a.r.Framing.Cost; {
	case cost == 0:
		c.cap(ConfidenceModerate, "No name was within reach, so nothing shows how little it would take to make one.")
	case cost < framingModerate:
		c.cap(ConfidenceLow, fmt.Sprintf("The name rests on a single observation: without %s it falls.", a.r.Framing.Removed[0].Value))
	case cost < framingHigh:
		c.cap(ConfidenceModerate, fmt.Sprintf("The name falls without %d of the observations.", cost))
	default:
		c.Drivers = append(c.Drivers, fmt.Sprintf("It takes the loss of %d observations, each the weightiest left, for the name to fall.", cost))
	}
}

// cap lowers the level to most, if it stands above, and says why.
func (c *Confidence) cap(most, why string) {
	if most == ConfidenceLow || c.Level == ConfidenceHigh {
		c.Level = most
	}
	c.Drivers = append(c.Drivers, why)
}
