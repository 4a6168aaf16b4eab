// Package galaxy reads MISP galaxy clusters of threat actors into
// attribution.Knowledge: names and claims, nothing that weighs.
//
// Their form is described in the Internet-Draft
// draft-dulaunoy-misp-galaxy-format (github.com/MISP/misp-rfc), whose sections
// the comments name, and by schema_clusters.json in github.com/MISP/misp-galaxy.
package galaxy

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// cluster is the draft's "Cluster format".
type cluster struct {
	Name    string    `json:"name"`
	Type    string    `json:"type"`
	Version int       `json:"version"`
	Values  []located `json:"values"`
}

// value is one entry of "values": an actor, when the type is threat-actor.
type value struct {
	UUID    string    `json:"uuid"`
	Value   string    `json:"value"`
	Meta    meta      `json:"meta"`
	Related []related `json:"related"` // the draft's "related"
}

// meta is the draft's "meta"; its keys are the cluster's own.
type meta struct {
	Synonyms   []string                  `json:"synonyms"`
	Country    oneOrMore                 `json:"country"` // two letters of ISO 3166-1
	Confidence string                    `json:"attribution-confidence"`
	Sponsor    oneOrMore                 `json:"cfr-suspected-state-sponsor"` // a name, from the Council on Foreign Relations
	Rest       map[string]jsontext.Value `json:",embed"`
}

// related is a relation to another entry, of this or any cluster.
type related struct {
	Target string   `json:"dest-uuid"`
	Type   string   `json:"type"`
	Tags   []string `json:"tags"` // machine tags; see likelihood
}

// oneOrMore is a text or a list of texts: the schema wants the one, and
// clusters hold both.
type oneOrMore []string

// UnmarshalJSONFrom reads either.
func (o *oneOrMore) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	if d.PeekKind() == '[' {
		return json.UnmarshalDecode(d, (*[]string)(o))
	}
	var one string
	if err := json.UnmarshalDecode(d, &one); err != nil {
		return err
	}
	*o = oneOrMore{one}
	return nil
}

// located is an entry with the place where it stands.
type located struct {
	value
	offset int64 // of the byte before the entry, or before what leads to it
}

// UnmarshalJSONFrom notes the place and reads the entry.
func (l *located) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	l.offset = d.InputOffset()
	return json.UnmarshalDecode(d, &l.value)
}
