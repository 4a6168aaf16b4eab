// Package stix reads threat intelligence in STIX 2.0 and 2.1, as bundles of
// JSON objects, and tells apart in it what was observed from what is claimed.
//
// Attack patterns, malware, tools, vulnerabilities, simple patterns of
// indicators and observables become observations. Threat actors, intrusion
// sets, campaigns and whatever something is attributed to are claims.
package stix

import (
	"cmp"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"solferino/evidence"
	"solferino/internal/format"
)

// Decode reads one bundle, or one object that stands alone. Objects that are
// revoked, or of which the bundle has a newer version, are skipped. The error
// wraps [format.ErrUnreadable].
func Decode(r io.Reader) (format.Reading, error) {
	file, err := format.OpenJSON("stix", r)
	if err != nil {
		return format.Reading{}, err
	}
	d := decoder{file: file, newest: map[string]time.Time{}, actors: map[string]string{}, recipients: map[string]bool{}}
	objects, err := d.objects()
	if err != nil {
		return format.Reading{}, err
	}
	for _, step := range []func(object) error{d.survey, d.take} {
		for _, o := range objects {
			if err := step(o); err != nil {
				return format.Reading{}, err
			}
		}
	}
	reading, ok := d.draft.Reading()
	if !ok {
		return format.Reading{}, file.Fault(0, fmt.Sprintf("expected at most %d observations", evidence.MaxObservations), "split the file")
	}
	return reading, nil
}

type decoder struct {
	file  format.File
	draft format.Draft

	// What the survey finds out, because objects may refer to later ones.
	newest     map[string]time.Time // by id: when the newest version was made
	actors     map[string]string    // by id: names of those who can be claimed to be behind something
	recipients map[string]bool      // ids of addresses that mail was sent to
}

// objects returns the objects of the bundle in their order.
func (d *decoder) objects() ([]object, error) {
	var b bundle
	if err := d.file.Unmarshal(0, d.file.Bytes, &b); err != nil {
		return nil, err
	}
	if b.Type != "bundle" && b.Type != "" && strings.HasPrefix(b.ID, b.Type+"--") {
		b.Objects = format.List{{Value: d.file.Bytes}}
	} else if b.Type != "bundle" {
		return nil, d.file.Fault(0, fmt.Sprintf("expected an object of type bundle, found type %.60q", b.Type), "is it a file of another format?")
	}
	list := make([]object, 0, len(b.Objects))
	for _, part := range b.Objects {
		o := object{at: part.At, body: part.Value}
		if err := d.file.Unmarshal(o.at, o.body, &o.head); err != nil {
			return nil, err
		}
		o.made, _ = time.Parse(time.RFC3339Nano, o.Modified)
		list = append(list, o)
	}
	return list, nil
}

// survey notes what must be known before the objects are taken.
func (d *decoder) survey(o object) error {
	if o.ID != "" && o.made.After(d.newest[o.ID]) {
		d.newest[o.ID] = o.made
	}
	switch o.Type {
	case "threat-actor", "intrusion-set", "campaign", "identity":
		var a actor
		err := d.file.Unmarshal(o.at, o.body, &a)
		d.actors[o.ID] = a.Name
		return err
	case "email-message":
		return d.addressees(o, d.recipients)
	}
	return nil
}

// take carries one object over.
func (d *decoder) take(o object) error {
	switch {
	case o.Revoked:
		d.draft.Skip("revoked object")
		return nil
	case o.made.Before(d.newest[o.ID]):
		d.draft.Skip("older version of an object")
		return nil
	}
	switch o.Type {
	case "attack-pattern", "malware", "tool", "vulnerability":
		return d.domain(o)
	case "indicator":
		return d.indicator(o)
	case "observed-data":
		return d.observedData(o)
	case "threat-actor", "intrusion-set", "campaign":
		return d.claim(o)
	case "relationship":
		return d.relationship(o)
	case "report":
		return d.report(o)
	}
	if slices.Contains(observables, o.Type) {
		return d.observable(o, o.ID, d.recipients[o.ID])
	}
	d.draft.Skip(fmt.Sprintf("object of type %.60s", cmp.Or(o.Type, "(none)")))
	return nil
}

// The shapes of identifiers that the engine knows, or that all readers know.
var (
	techniqueForm = regexp.MustCompile(`^T\d{4}(\.\d{3})?$`)
	softwareForm  = regexp.MustCompile(`^S\d{4}$`)
	cveForm       = regexp.MustCompile(`^CVE-\d{4}-\d{4,19}$`)
)

// attack lists the names that ATT&CK has gone by as a source of identifiers.
var attack = []string{"mitre-attack", "mitre-mobile-attack", "mitre-ics-attack", "mitre-pre-attack"}

func (d *decoder) domain(o object) error {
	var obj domain
	if err := d.file.Unmarshal(o.at, o.body, &obj); err != nil {
		return err
	}
	note := fmt.Sprintf("%s, named %q", o.ID, obj.Name)
	switch o.Type {
	case "attack-pattern":
		d.observe(evidence.Technique, find(obj.References, techniqueForm, attack...), note, "attack-pattern without an ATT&CK id")
	case "vulnerability":
		id := find(obj.References, cveForm, "cve")
		if id == "" && cveForm.MatchString(obj.Name) {
			id = obj.Name
		}
		d.observe(evidence.Vulnerability, id, note, "vulnerability without a CVE id")
	default:
		id := find(obj.References, softwareForm, attack...)
		if id == "" {
			id = obj.Name
		}
		d.observe(evidence.Software, id, note, o.Type+" without id and name")
	}
	return nil
}

// find returns the first identifier of the form from one of the sources.
func find(list []reference, form *regexp.Regexp, sources ...string) string {
	for _, r := range list {
		if slices.Contains(sources, r.Source) && form.MatchString(r.ID) {
			return r.ID
		}
	}
	return ""
}

// observe adds an observation, or counts what it lacks.
func (d *decoder) observe(family, value, note, lack string) {
	if value == "" {
		d.draft.Skip(lack)
		return
	}
	d.draft.Observe(evidence.Observation{Family: family, Value: value, Note: format.OneLine(note)})
}

func (d *decoder) indicator(o object) error {
	var ind indicator
	if err := d.file.Unmarshal(o.at, o.body, &ind); err != nil {
		return err
	}
	if slices.Contains(ind.Types, "benign") || slices.Contains(ind.Labels, "benign") {
		d.draft.Skip("indicator of something benign")
		return nil
	}
	if ind.PatternType != "" && ind.PatternType != "stix" {
		d.draft.Skip(fmt.Sprintf("pattern of type %.60s", ind.PatternType))
		return nil
	}
	terms, left, err := parsePattern(ind.Pattern)
	if err != nil {
		d.draft.Skip(err.Error())
		return nil
	}
	for _, why := range left {
		d.draft.Skip("pattern with " + why)
	}
	for _, t := range terms {
		d.path(t.path, t.value, "in the pattern of "+o.ID)
	}
	return nil
}

// path observes a value by its object path.
func (d *decoder) path(path, value, where string) {
	f := family(path)
	if f == "" {
		d.draft.Skip(fmt.Sprintf("path %.120s", path))
		return
	}
	d.draft.Observe(evidence.Observation{Family: f, Value: value, Note: format.OneLine(path + " " + where)})
}

// claim takes an object that says who did it.
func (d *decoder) claim(o object) error {
	var a actor
	if err := d.file.Unmarshal(o.at, o.body, &a); err != nil {
		return err
	}
	d.draft.Claim(o.ID, a.Name, a.Aliases...)
	return nil
}

// relationship takes the one kind of relationship that says who did it.
func (d *decoder) relationship(o object) error {
	var r relationship
	if err := d.file.Unmarshal(o.at, o.body, &r); err != nil {
		return err
	}
	if r.Type != "attributed-to" {
		d.draft.Skip("object of type relationship")
		return nil
	}
	d.draft.Claim(fmt.Sprintf("%s, which attributes %s", o.ID, d.name(r.Source)), d.name(r.Target))
	return nil
}

// name returns the name of an object, or its id.
func (d *decoder) name(id string) string {
	if n := d.actors[id]; n != "" {
		return n
	}
	return id
}

// report takes the first report's name and day as those of the reading.
func (d *decoder) report(o object) error {
	var r report
	if err := d.file.Unmarshal(o.at, o.body, &r); err != nil {
		return err
	}
	if d.draft.Title != "" {
		d.draft.Skip("further report")
		return nil
	}
	d.draft.Title = r.Name
	if t, err := time.Parse(time.RFC3339Nano, r.Published); err == nil {
		d.draft.Published = t.UTC().Format(time.DateOnly)
	}
	return nil
}
