package galaxy

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"solferino/attribution"
	"solferino/internal/format"
)

// ErrCluster is wrapped by every error about bytes that are no such cluster.
var ErrCluster = errors.New("not a MISP galaxy cluster of threat actors")

// Omission counts what a cluster says and the knowledge has no room for.
type Omission struct {
	What  string // the member, as the cluster names it
	Why   string
	Count int // of entries that have it
}

const (
	whyNoPlace   = "the knowledge has no place for it"
	whyNothing   = "it says that nothing is known"
	whyNoAliases = "it is the actor's own name"
)

// The sources that claims are from.
const (
	cfr       = "cfr:cyber-operations-tracker"
	galaxyURL = "https://github.com/MISP/misp-galaxy"
	cfrURL    = "https://www.cfr.org/interactive/cyber-operations"
	notice    = "MISP galaxy (github.com/MISP/misp-galaxy): CC0-1.0 or BSD-2-Clause. Its countries and sponsors are claims of its sources, not findings."
)

// defaultConfidence is what an entry shows when nobody graded it.
const defaultConfidence = "50"

// Decode reads a cluster of type threat-actor. Each entry becomes one actor,
// known by its uuid; what the cluster says about its country or sponsor
// becomes a claim with its source, whose confidence is Ungraded when it is
// the default "50"; a relation to another entry becomes a claim of that
// relation. Two actors are never joined, whatever the cluster calls them.
//
// There are no reports in it, so that no actor of it is a candidate. What is
// left out is counted, by member and reason in sorted order. An error wraps
// ErrCluster and gives line and byte; duplicate members are errors.
func Decode(text []byte) (*attribution.Knowledge, []Omission, error) {
	var c cluster
	if err := json.Unmarshal(text, &c); err != nil {
		return nil, nil, format.Place{Text: text, Is: ErrCluster}.AtJSON(err)
	}
	if c.Type != "threat-actor" || format.Clean(c.Name) == "" {
		return nil, nil, format.Place{Text: text, Is: ErrCluster}.At(0, fmt.Errorf("cluster %q of type %q, want a name and threat-actor", c.Name, c.Type))
	}
	r := newReader(c)
	for _, v := range c.Values {
		if err := r.actor(v.value); err != nil {
			return nil, nil, format.Place{Text: text, Is: ErrCluster}.AtValue(v.offset, err)
		}
	}
	k, err := attribution.New(r.k)
	if err != nil {
		return nil, nil, format.Place{Text: text, Is: ErrCluster}.At(0, err)
	}
	return k, r.omissions(), nil
}

// reader turns entries into actors.
type reader struct {
	source  string // id of the cluster as a source
	k       attribution.Knowledge
	taken   map[string]bool  // uuids
	omitted map[Omission]int // Count 0
}

func newReader(c cluster) *reader {
	name := fmt.Sprintf("MISP galaxy: %s, version %d", format.Clean(c.Name), c.Version)
	r := &reader{source: fmt.Sprintf("misp:threat-actor/%d", c.Version), taken: map[string]bool{}, omitted: map[Omission]int{}}
	r.k = attribution.Knowledge{Version: name, Notices: []string{notice}, Sources: []attribution.Source{
		{ID: r.source, Name: name, URL: galaxyURL},
		{ID: cfr, Name: "Council on Foreign Relations, Cyber Operations Tracker, as quoted by " + name, URL: cfrURL},
	}}
	return r
}

func (r *reader) omit(what, why string) { r.omitted[Omission{What: what, Why: why}]++ }

func (r *reader) omissions() []Omission {
	var list []Omission
	for o, n := range r.omitted {
		o.Count = n
		list = append(list, o)
	}
	slices.SortFunc(list, func(x, y Omission) int {
		return slices.Compare([]string{x.What, x.Why}, []string{y.What, y.Why})
	})
	return list
}

func (r *reader) actor(v value) error {
	a := attribution.Actor{ID: v.UUID, Name: format.Clean(v.Value)}
	switch {
	case !isUUID(v.UUID):
		return fmt.Errorf("uuid %q of %q is none", v.UUID, v.Value)
	case r.taken[v.UUID]:
		return fmt.Errorf("uuid %s occurs twice", v.UUID)
	case a.Name == "":
		return fmt.Errorf("entry %s has no value", v.UUID)
	}
	r.taken[v.UUID] = true
	for _, s := range v.Meta.Synonyms {
		if s = format.Clean(s); s == "" || s == a.Name {
			r.omit("synonym", whyNoAliases)
		} else {
			a.Aliases = append(a.Aliases, s)
		}
	}
	a.Claims = append(r.states(v.Meta), r.relations(v.Related)...)
	for key := range v.Meta.Rest {
		r.omit(member(key), whyNoPlace)
	}
	r.k.Actors = append(r.k.Actors, a)
	return nil
}

// states gives what is claimed about the state behind an actor.
func (r *reader) states(m meta) []attribution.Claim {
	var list []attribution.Claim
	confidence := format.Clean(m.Confidence)
	switch confidence {
	case "":
		confidence = attribution.Unstated
	case defaultConfidence:
		confidence = attribution.Ungraded
	}
	claim := func(kind, source, member string, values []string) {
		for _, v := range values {
			if v = format.Clean(v); v == "" || strings.EqualFold(v, "unknown") {
				r.omit(member, whyNothing)
				continue
			}
			list = append(list, attribution.Claim{Kind: kind, Value: v, Source: source, Confidence: confidence})
		}
	}
	claim(attribution.ClaimCountry, r.source, "country", m.Country)
	claim(attribution.ClaimSponsor, cfr, "cfr-suspected-state-sponsor", m.Sponsor)
	return list
}

// relations gives what is claimed about an actor and others. A relation
// without a type or an end says nothing.
func (r *reader) relations(all []related) []attribution.Claim {
	var list []attribution.Claim
	for _, x := range all {
		kind := format.Clean(x.Type)
		if kind == "" || !isUUID(x.Target) {
			r.omit("related", whyNothing)
			continue
		}
		list = append(list, attribution.Claim{Kind: attribution.ClaimRelation + kind, Value: x.Target,
			Source: r.source, Confidence: likelihood(x.Tags)})
	}
	return list
}

// likelihood reads the machine tag by which a relation says how likely it is,
// from MISP's taxonomy estimative-language.
func likelihood(tags []string) string {
	for _, t := range tags {
		if word, ok := strings.CutPrefix(t, `estimative-language:likelihood-probability="`); ok {
			if word = format.Clean(strings.TrimSuffix(word, `"`)); word != "" {
				return word
			}
		}
	}
	return attribution.Unstated
}

// member gives the name under which a member of meta is counted. Those that
// name the origin of one synonym are counted as one.
func member(key string) string {
	if strings.HasPrefix(key, "origin:") {
		return "origin:…"
	}
	return format.Clean(key)
}

// isUUID reports whether s has the form of RFC 9562, section 4.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, c := range []byte(s) {
		hyphen := i == 8 || i == 13 || i == 18 || i == 23
		digit := c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
		if hyphen != (c == '-') || !hyphen && !digit {
			return false
		}
	}
	return true
}
