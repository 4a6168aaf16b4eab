package stix

import (
	"strings"

	"solferino/evidence"
)

// families says which family a property belongs to, by its object path
// (STIX 2.1, section 9). Indicators and observables share it, so that one fact
// is read alike in both. An algorithm of a hash is written as "*", an index of
// a list as "[*]".
//
// A path that is not here is not carried: sizes, times and ports alone point
// to nobody, and to_refs are the addresses of those who were attacked.
var families = map[string]string{
	"autonomous-system:name":           evidence.Infrastructure,
	"domain-name:value":                evidence.Infrastructure,
	"ipv4-addr:value":                  evidence.Infrastructure,
	"ipv6-addr:value":                  evidence.Infrastructure,
	"network-traffic:dst_ref.value":    evidence.Infrastructure,
	"network-traffic:src_ref.value":    evidence.Infrastructure,
	"url:value":                        evidence.Infrastructure,
	"x509-certificate:hashes.*":        evidence.Infrastructure,
	"x509-certificate:issuer":          evidence.Infrastructure,
	"x509-certificate:serial_number":   evidence.Infrastructure,
	"x509-certificate:subject":         evidence.Infrastructure,
	"artifact:hashes.*":                evidence.File,
	"directory:path":                   evidence.File,
	"file:hashes.*":                    evidence.File,
	"file:name":                        evidence.File,
	"file:parent_directory_ref.path":   evidence.File,
	"email-message:subject":            evidence.Artefact,
	"mutex:name":                       evidence.Artefact,
	"process:command_line":             evidence.Artefact,
	"process:name":                     evidence.Artefact, // STIX 2.0
	"windows-registry-key:key":         evidence.Artefact,
	"windows-registry-key:values.name": evidence.Artefact,
	"email-addr:value":                 evidence.Persona,
	"email-message:from_ref.value":     evidence.Persona,
	"email-message:sender_ref.value":   evidence.Persona,
	"user-account:account_login":       evidence.Persona,
	"user-account:display_name":        evidence.Persona,
	"user-account:user_id":             evidence.Persona,

	"file:extensions.windows-pebinary-ext.imphash": evidence.File,
	"process:binary_ref.name":                      evidence.File, // STIX 2.0
	"process:image_ref.name":                       evidence.File,

	"network-traffic:extensions.http-request-ext.request_header.User-Agent": evidence.Artefact,

	// Not of STIX: what the Mobile Verification Toolkit of Amnesty
	// International reads and Amnesty publishes (mvt/common/indicators.py).
	"app:cert.*":               evidence.Infrastructure,
	"app:id":                   evidence.File,
	"configuration-profile:id": evidence.Artefact,
	"file:path":                evidence.File,
}

// family finds the family of a path, or "". Indexes of lists are passed over.
func family(path string) string {
	path = strings.ReplaceAll(path, "[*]", "")
	if f := families[path]; f != "" {
		return f
	}
	if i := strings.LastIndexByte(path, '.'); i > 0 {
		return families[path[:i]+".*"]
	}
	return ""
}
