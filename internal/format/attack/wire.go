// Package attack reads MITRE ATT&CK bundles into attribution.Knowledge.
//
// Their form is STIX 2.1 (OASIS, docs.oasis-open.org/cti/stix/v2.1) with the
// extensions that MITRE describes at github.com/mitre/cti, USAGE.md, "The
// ATT&CK data model". Only what the knowledge has room for is read; Decode
// counts the rest.
package attack

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// bundle is STIX 2.1, section 8, "STIX Bundle Object".
type bundle struct {
	Type    string    `json:"type"`
	Objects []located `json:"objects"`
}

// object is the union of the objects that are read. The common properties are
// STIX 2.1, section 3.2.
type object struct {
	Type    string `json:"type"`
	ID      string `json:"id"`
	Name    string `json:"name"`
	Revoked bool   `json:"revoked"`

	// USAGE.md, "Working with deprecated and revoked objects".
	Deprecated bool `json:"x_mitre_deprecated"`

	Aliases      []string `json:"aliases"`         // intrusion-set, STIX 2.1, section 4.8
	MitreAliases []string `json:"x_mitre_aliases"` // malware, tool: USAGE.md, "Software"

	KillChain  []phase     `json:"kill_chain_phases"`   // attack-pattern, STIX 2.1, section 4.1
	References []reference `json:"external_references"` // STIX 2.1, section 2.5

	// relationship, STIX 2.1, section 5.1.
	Relation string `json:"relationship_type"`
	Source   string `json:"source_ref"`
	Target   string `json:"target_ref"`

	Version    string     `json:"x_mitre_version"` // x-mitre-collection: of the release
	Definition definition `json:"definition"`      // marking-definition, STIX 2.1, section 7.2.1
}

// phase is STIX 2.1, section 2.11; ATT&CK calls it a tactic.
type phase struct {
	Name string `json:"phase_name"`
}

// reference is STIX 2.1, section 2.5. ATT&CK cites by SourceName; in the one
// reference whose SourceName is its own, ExternalID is the ATT&CK id.
type reference struct {
	SourceName  string `json:"source_name"`
	Description string `json:"description"`
	URL         string `json:"url"`
	ExternalID  string `json:"external_id"`
}

// definition is the statement marking, STIX 2.1, section 7.2.1.3.
type definition struct {
	Statement string `json:"statement"`
}

// located is an object with the place where it stands.
type located struct {
	object
	offset int64 // of the byte before the object, or before what leads to it
}

// UnmarshalJSONFrom notes the place and reads the object.
func (l *located) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	l.offset = d.InputOffset()
	return json.UnmarshalDecode(d, &l.object)
}
