package misp

import (
	"fmt"
	"regexp"
	"strings"

	"solferino/evidence"
	"solferino/internal/format"
)

// A sense is what the clusters of a galaxy mean to us.
type sense int

const (
	nothing   sense = iota
	technique       // an ATT&CK technique
	software        // a program, by its ATT&CK id or its name
	culprit         // who did it: a claim
)

// galaxies lists the galaxies that are read, by type. Those of courses of
// action carry the ids of techniques too, but mean their opposite; countries
// and sectors do not say whether they attacked or were attacked.
// Source: https://github.com/MISP/misp-galaxy, folder galaxies.
var galaxies = map[string]sense{
	"mitre-attack-pattern":                   technique,
	"mitre-enterprise-attack-attack-pattern": technique,
	"mitre-ics-techniques":                   technique,
	"mitre-mobile-attack-attack-pattern":     technique,
	"mitre-pre-attack-attack-pattern":        technique,
	"android":                                software,
	"backdoor":                               software,
	"banker":                                 software,
	"botnet":                                 software,
	"exploit-kit":                            software,
	"malpedia":                               software,
	"mitre-enterprise-attack-malware":        software,
	"mitre-enterprise-attack-tool":           software,
	"mitre-ics-software":                     software,
	"mitre-malware":                          software,
	"mitre-mobile-attack-malware":            software,
	"mitre-mobile-attack-tool":               software,
	"mitre-software":                         software,
	"mitre-tool":                             software,
	"ransomware":                             software,
	"rat":                                    software,
	"stealer":                                software,
	"tool":                                   software,
	"360net":                                 culprit,
	"360net-threat-actor":                    culprit,
	"intelligence-agency":                    culprit,
	"microsoft-activity-group":               culprit,
	"mitre-campaign":                         culprit,
	"mitre-enterprise-attack-intrusion-set":  culprit,
	"mitre-ics-groups":                       culprit,
	"mitre-intrusion-set":                    culprit,
	"mitre-mobile-attack-intrusion-set":      culprit,
	"mitre-pre-attack-intrusion-set":         culprit,
	"threat-actor":                           culprit,
}

var (
	techniqueForm = regexp.MustCompile(`^(?:.* - )?(T\d{4}(?:\.\d{3})?)$`)
	softwareForm  = regexp.MustCompile(`^(?:.* - )?(S\d{4})$`)
	galaxyTag     = regexp.MustCompile(`^misp-galaxy:([a-z0-9-]+)="(.*)"$`)
)

// galaxies takes the clusters and the tags of an event or an attribute. MISP
// writes a cluster in both places; it is taken once.
func (d *decoder) galaxies(list []galaxy, tags []tag, where string) {
	for _, g := range list {
		for _, c := range g.Clusters {
			kind := c.Type
			if kind == "" {
				kind = g.Type
			}
			d.cluster(string(kind), string(c.Value), where, c.Meta)
		}
	}
	for _, t := range tags {
		m := galaxyTag.FindStringSubmatch(string(t.Name))
		if m == nil {
			d.draft.Skip("tag of no galaxy")
			continue
		}
		d.cluster(m[1], m[2], where, nil)
	}
}

// cluster takes one cluster, unless the file has said the same before.
func (d *decoder) cluster(kind, value, where string, synonyms meta) {
	key := [2]string{kind, value}
	if d.named[key] {
		return
	}
	d.named[key] = true
	note := format.OneLine(fmt.Sprintf("%q of the galaxy %s on %s", value, kind, where))
	switch galaxies[kind] {
	case technique:
		m := techniqueForm.FindStringSubmatch(value)
		if m == nil {
			d.draft.Skip("galaxy " + kind + " without an ATT&CK id")
			return
		}
		d.draft.Observe(evidence.Observation{Family: evidence.Technique, Value: m[1], Note: note})
	case software:
		if m := softwareForm.FindStringSubmatch(value); m != nil {
			value = m[1]
		}
		d.draft.Observe(evidence.Observation{Family: evidence.Software, Value: value, Note: note})
	case culprit:
		names := make([]string, len(synonyms))
		for i, s := range synonyms {
			names[i] = string(s)
		}
		d.draft.Claim("galaxy "+kind+" on "+where, value, names...)
	default:
		d.draft.Skip(fmt.Sprintf("galaxy %.60s", kind))
	}
}

// split cuts a value into its parts, of which there are one or two.
func split(value string, parts int) []string {
	i := strings.LastIndexByte(value, '|')
	if parts == 1 || i < 0 {
		return []string{value}
	}
	return []string{value[:i], value[i+1:]}
}
