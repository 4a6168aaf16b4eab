package attack

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"solferino/attribution"
	"solferino/internal/format"
)

// ErrBundle is wrapped by every error about bytes that are no ATT&CK bundle.
var ErrBundle = errors.New("not an ATT&CK bundle")

// notice is what ATT&CK's terms of use ask of every copy, word for word.
const notice = "© 2025 The MITRE Corporation. This work is reproduced and distributed with the permission of The MITRE Corporation."

// Omission counts what a bundle holds and the knowledge has no room for.
type Omission struct {
	What  string // a STIX type, or what a relationship says
	Why   string
	Count int
}

// The reasons for which something is not carried.
const (
	whyRevoked    = "revoked"
	whyDeprecated = "deprecated"
	whyNoPlace    = "the knowledge has no place for it"
	whyCampaign   = "campaigns make no profile of an actor"
	whyEnd        = "one end is revoked, deprecated or not carried"
	whyOutside    = "one end is outside the bundle"
)

// Decode reads a bundle: groups become actors, malware and tools software,
// attack patterns techniques, and every use that a group is reported to make
// becomes part of a report by the sources that the relationship cites.
//
// What is revoked or deprecated, and what the knowledge has no place for, is
// left out and counted, by kind and reason in sorted order. An error wraps
// ErrBundle and gives line and byte; duplicate members are errors.
func Decode(text []byte) (*attribution.Knowledge, []Omission, error) {
	var b bundle
	if err := json.Unmarshal(text, &b); err != nil {
		return nil, nil, format.Place{Text: text, Is: ErrBundle}.AtJSON(err)
	}
	if b.Type != "bundle" {
		return nil, nil, format.Place{Text: text, Is: ErrBundle}.At(0, fmt.Errorf("type %q, want bundle", b.Type))
	}
	r := newReader()
	for _, take := range []func(located) error{r.index, r.object, r.relationship} {
		for _, o := range b.Objects {
			if err := take(o); err != nil {
				return nil, nil, format.Place{Text: text, Is: ErrBundle}.AtValue(o.offset, err)
			}
		}
	}
	k, err := r.knowledge()
	if err != nil {
		return nil, nil, format.Place{Text: text, Is: ErrBundle}.At(0, err)
	}
	return k, r.omissions(), nil
}

// reader builds the knowledge in three passes: every id, then every object
// that is no relationship, then the relationships.
type reader struct {
	objects map[string]located // by STIX id
	attack  map[string]string  // STIX id of what is carried → ATT&CK id
	taken   map[string]bool    // ATT&CK ids

	k        attribution.Knowledge
	software map[string]int // ATT&CK id → position in k.Software

	reports map[[2]string][]string        // ATT&CK id of group, name of source → objects
	sources map[string]attribution.Source // by name, ids to come

	omitted map[Omission]int // Count 0
}

func newReader() *reader {
	return &reader{
		objects: map[string]located{}, attack: map[string]string{}, taken: map[string]bool{},
		software: map[string]int{}, reports: map[[2]string][]string{},
		sources: map[string]attribution.Source{}, omitted: map[Omission]int{},
	}
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

// index notes where each id stands, so that relationships may come first.
func (r *reader) index(o located) error {
	kind, name, _ := strings.Cut(o.ID, "--")
	if o.Type == "" || kind != o.Type || name == "" {
		return fmt.Errorf("id %q does not fit type %q", o.ID, o.Type)
	}
	if _, twice := r.objects[o.ID]; twice {
		return fmt.Errorf("%s occurs twice", o.ID)
	}
	r.objects[o.ID] = o
	return nil
}

// object carries o over, unless it is a relationship.
func (r *reader) object(o located) error {
	switch {
	case o.Type == "relationship":
		return nil
	case o.Type == "x-mitre-collection":
		r.k.Version = format.Clean(o.Name + " " + o.Version)
	case o.Type == "marking-definition" && o.Definition.Statement != "":
		r.k.Notices = append(r.k.Notices, format.Clean(o.Definition.Statement))
	case o.Revoked:
		r.omit(o.Type, whyRevoked)
	case o.Deprecated:
		r.omit(o.Type, whyDeprecated)
	default:
		return r.carry(o)
	}
	return nil
}

func (r *reader) carry(o located) error {
	switch o.Type {
	case "campaign":
		r.omit(o.Type, whyCampaign)
		return nil
	case "intrusion-set", "malware", "tool", "attack-pattern":
	default:
		r.omit(o.Type, whyNoPlace)
		return nil
	}
	id, err := r.define(o)
	if err != nil {
		return err
	}
	name := format.Clean(o.Name)
	switch o.Type {
	case "intrusion-set":
		r.k.Actors = append(r.k.Actors, attribution.Actor{ID: id, Name: name, Aliases: aliases(name, o.Aliases)})
	case "attack-pattern":
		t := attribution.Technique{ID: id, Name: name}
		for _, p := range o.KillChain {
			t.Tactics = append(t.Tactics, format.Clean(p.Name))
		}
		r.k.Techniques = append(r.k.Techniques, t)
	default: // STIX and the knowledge call malware and tools alike
		r.software[id] = len(r.k.Software)
		r.k.Software = append(r.k.Software, attribution.Software{ID: id, Name: name, Type: o.Type, Aliases: aliases(name, o.MitreAliases)})
	}
	return nil
}

// define gives o's ATT&CK id, which no other object that is carried may have.
func (r *reader) define(o located) (string, error) {
	var id string
	for _, ref := range o.References {
		if strings.HasPrefix(ref.SourceName, "mitre-") && ref.ExternalID != "" {
			id = ref.ExternalID
			break
		}
	}
	switch {
	case id == "" || strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.") != "":
		return "", fmt.Errorf("%s has no ATT&CK id, or an odd one: %q", o.ID, id)
	case r.taken[id]:
		return "", fmt.Errorf("%s: %s is the id of another object too", o.ID, id)
	case format.Clean(o.Name) == "":
		return "", fmt.Errorf("%s has no name", o.ID)
	}
	r.taken[id], r.attack[o.ID] = true, id
	return id, nil
}

// relationship carries o over when it says that a group uses something, or
// that software does.
func (r *reader) relationship(o located) error {
	if o.Type != "relationship" {
		return nil
	}
	source, okSource := r.objects[o.Source]
	target, okTarget := r.objects[o.Target]
	what := strings.TrimSpace(source.Type + " " + o.Relation + " " + target.Type)
	switch {
	case o.Relation == "" || o.Source == "" || o.Target == "":
		return errors.New("a relationship needs its type and both ends")
	case o.Revoked:
		r.omit(what, whyRevoked)
	case o.Deprecated:
		r.omit(what, whyDeprecated)
	case !okSource || !okTarget:
		r.omit(o.Relation, whyOutside)
	case o.Relation == "uses" && source.Type == "campaign":
		r.omit(what, whyCampaign)
	case o.Relation != "uses":
		r.omit(what, whyNoPlace)
	case r.attack[o.Source] == "" || r.attack[o.Target] == "":
		r.omit(what, whyEnd)
	case source.Type == "intrusion-set" && target.Type != "intrusion-set":
		r.report(r.attack[o.Source], r.attack[o.Target], o.References)
	case (source.Type == "malware" || source.Type == "tool") && target.Type == "attack-pattern":
		s := &r.k.Software[r.software[r.attack[o.Source]]]
		s.Techniques = append(s.Techniques, r.attack[o.Target])
	default:
		r.omit(what, whyNoPlace)
	}
	return nil
}

// report notes that each of the references says that the group uses it.
func (r *reader) report(group, object string, references []reference) {
	cited := false
	for _, ref := range references {
		name := format.Clean(ref.SourceName)
		if name == "" {
			continue
		}
		cited = true
		if _, known := r.sources[name]; !known {
			r.sources[name] = attribution.Source{Name: name, URL: format.Clean(ref.URL), Year: year(ref.Description)}
		}
		key := [2]string{group, name}
		r.reports[key] = append(r.reports[key], object)
	}
	if !cited {
		r.reports[[2]string{group, ""}] = append(r.reports[[2]string{group, ""}], object)
	}
}

// knowledge gives sources their ids and checks the whole.
func (r *reader) knowledge() (*attribution.Knowledge, error) {
	if r.k.Version == "" {
		r.k.Version = "ATT&CK bundle of unstated version"
	}
	slices.Sort(r.k.Notices)
	r.k.Notices = append([]string{notice}, slices.Compact(r.k.Notices)...)
	ids := r.nameSources()
	for key, objects := range r.reports { // New puts reports in order
		r.k.Reports = append(r.k.Reports, attribution.Report{Actor: key[0], Source: ids[key[1]], Objects: objects})
	}
	return attribution.New(r.k)
}

// nameSources gives each source an id made of its name, so that the same
// source has the same id in the next release. Names that differ in their
// punctuation only are told apart by a number, in the order of names.
func (r *reader) nameSources() map[string]string {
	var names []string
	for n := range r.sources {
		names = append(names, n)
	}
	slices.Sort(names)
	ids, taken := map[string]string{}, map[string]bool{}
	for _, n := range names {
		id := slug(n)
		for i := 2; taken[id]; i++ {
			id = fmt.Sprintf("%s-%d", slug(n), i)
		}
		taken[id], ids[n] = true, id
		s := r.sources[n]
		s.ID = id
		r.k.Sources = append(r.k.Sources, s)
	}
	return ids
}
