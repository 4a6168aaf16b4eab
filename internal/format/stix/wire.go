package stix

// Section numbers are those of STIX 2.1, OASIS Standard, 10 June 2021,
// https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html. Where STIX
// 2.0 differs, its parts are named: part 2 has the objects, part 3 the
// container of observables, part 5 the patterns.

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"solferino/internal/format"
)

// bundle is the outer object (section 8). A lone object has its own type and
// id there.
type bundle struct {
	Type    string      `json:"type"`
	ID      string      `json:"id"`
	Objects format.List `json:"objects"`
}

// head holds the common properties that decide what becomes of an object
// (section 3.2). Observables have neither modified nor revoked.
type head struct {
	Type     string `json:"type"`
	ID       string `json:"id"`
	Modified string `json:"modified"`
	Revoked  bool   `json:"revoked"`
}

// object is one object of a bundle: its head, and its body to be read as the
// type asks for, which begins at byte at of the file.
type object struct {
	head
	at   int64
	body jsontext.Value
	made time.Time // modified, or zero
}

// domain is what is read of an attack-pattern (4.1), malware (4.11), tool
// (4.18) and vulnerability (4.19).
type domain struct {
	Name       string      `json:"name"`
	References []reference `json:"external_references"`
}

// reference is an external reference (section 2.5).
type reference struct {
	Source string `json:"source_name"`
	ID     string `json:"external_id"`
}

// actor is what is read of a campaign (4.2), identity (4.5), intrusion-set
// (4.9) and threat-actor (4.17). An identity has no aliases.
type actor struct {
	Name    string   `json:"name"`
	Aliases []string `json:"aliases"`
}

// indicator is section 4.7. In STIX 2.0 (part 2) the pattern is
// always a STIX pattern and the types stand in labels.
type indicator struct {
	Pattern     string   `json:"pattern"`
	PatternType string   `json:"pattern_type"`
	Types       []string `json:"indicator_types"`
	Labels      []string `json:"labels"`
}

// observedData is section 4.14 in its form of STIX 2.0 (part 2):
// observables by local keys. In 2.1 they are objects of the bundle.
type observedData struct {
	Objects format.Members `json:"objects"`
}

// report is section 4.16.
type report struct {
	Name      string `json:"name"`
	Published string `json:"published"`
}

// relationship is section 5.1.
type relationship struct {
	Type   string `json:"relationship_type"`
	Source string `json:"source_ref"`
	Target string `json:"target_ref"`
}

// message is what tells the recipients of an e-mail message (section 6.6).
type message struct {
	To  []string `json:"to_refs"`
	CC  []string `json:"cc_refs"`
	BCC []string `json:"bcc_refs"`
}

// observable holds the properties of all observables (section 6) that can be
// carried. Where two types share a name, it has the same type in both.
type observable struct {
	Value      string         `json:"value"`         // 6.4, 6.5, 6.8, 6.9, 6.15: the address or name itself
	Name       string         `json:"name"`          // 6.2 autonomous system, 6.7 file, 6.11 mutex; process in 2.0, part 4
	Path       string         `json:"path"`          // 6.3 directory
	Hashes     format.Members `json:"hashes"`        // 6.1 artifact, 6.7 file, 6.18 certificate (section 2.7)
	Subject    string         `json:"subject"`       // 6.6 message, 6.18 certificate
	Issuer     string         `json:"issuer"`        // 6.18
	Serial     string         `json:"serial_number"` // 6.18
	Command    string         `json:"command_line"`  // 6.13 process
	Key        string         `json:"key"`           // 6.17 registry key
	UserID     string         `json:"user_id"`       // 6.16 user account
	Login      string         `json:"account_login"` // 6.16
	Display    string         `json:"display_name"`  // 6.16
	Extensions struct {
		PE struct {
			Imphash string `json:"imphash"` // 6.7.4
		} `json:"windows-pebinary-ext"`
	} `json:"extensions"`
}
