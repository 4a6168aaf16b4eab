package attribution

import (
	"crypto/sha256"
	_ "embed" // carries the published knowledge, as data
	"encoding/hex"
)

// Knowledge is what public sources have reported about actors: identifiers,
// names, and who reported what. It holds no finding of ours; what a source
// says about the state behind an actor stays a [Claim] with that source.
//
// A value comes from [New], [ParseKnowledge], [Embedded] or [Merge], which
// check it and put it in canonical order. It is not changed afterwards, so
// any number of goroutines may read it.
type Knowledge struct {
	Version    string   // which knowledge this is, in words
	Notices    []string // licence notices, verbatim, in the order they must be shown
	Sources    []Source
	Techniques []Technique
	Software   []Software
	Actors     []Actor
	Reports    []Report
}

// Source is a publication that says something about an actor.
type Source struct {
	ID   string
	Name string
	URL  string // empty when none is known
	Year int    // of publication; 0 when unknown
}

// Technique is one way of acting, as catalogued by MITRE ATT&CK.
type Technique struct {
	ID      string // T1018, T1561.001
	Name    string
	Tactics []string
}

// The two types of software that ATT&CK knows. Only malware implies what it
// does: a tool can be used for one of its many purposes.
const (
	Malware = "malware"
	Tool    = "tool"
)

// Software is malware or a tool.
type Software struct {
	ID         string // S0089
	Name       string
	Type       string // Malware or Tool
	Aliases    []string
	Techniques []string // ids of what it can do
}

// Actor is a cluster of activity that public sources track under one name.
type Actor struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Aliases []string `json:"aliases"`
	Claims  []Claim  `json:"claims"`
}

// The kinds of claims that sources make about an actor. A relation to another
// actor has the kind ClaimRelation followed by the word of its source, as in
// "relation/similar", and never joins the two.
const (
	ClaimCountry  = "country"
	ClaimSponsor  = "sponsor"
	ClaimRelation = "relation/"
)

// The confidences that a claim shows when its source states none that means
// anything. Ungraded is a number that the source gives by default.
const (
	Ungraded = "ungraded"
	Unstated = "unstated"
)

// Claim is what one source says about an actor. It is never a fact.
type Claim struct {
	Kind       string `json:"kind"`       // ClaimCountry, ClaimSponsor or ClaimRelation + type
	Value      string `json:"value"`      // as the source writes it: CN, Russian Federation, an id
	Source     string `json:"source"`     // id of the source
	Confidence string `json:"confidence"` // as the source writes it, Ungraded or Unstated
}

// Report is everything that one source says one actor did. A source counts
// once for an actor, however often it repeats itself.
type Report struct {
	Actor   string   // id
	Source  string   // id; empty when the catalogue cites none
	Objects []string // ids of techniques and software
}

//go:embed knowledge/attack-16.1.txt
var embedded []byte

// Embedded gives the knowledge that this release was measured with: MITRE
// ATT&CK Enterprise v16.1, with names as of v18.1 and country claims of
// others. Whoever shows it shows its notices.
func Embedded() (*Knowledge, error) { return ParseKnowledge(embedded) }

// Digest gives the lower-case hexadecimal SHA-256 of Encode, by which a
// result names the knowledge it rests on.
func (k *Knowledge) Digest() string {
	sum := sha256.Sum256(k.Encode())
	return hex.EncodeToString(sum[:])
}
