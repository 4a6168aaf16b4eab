package misp

import (
	"strings"

	"solferino/evidence"
)

// families says what the parts of a value belong to, by the type of its
// attribute (section 2.3.2.3). Two families mean a value of two parts, split
// at the last "|"; "" leaves a part out, as a port, which points to nobody.
// Types with a hash of a file are in hashes.
//
// What is not here is not carried: texts, rules and links, whom the attackers
// aimed at ("target-…"), and the personal details of people.
var families = map[string][]string{
	"AS":                          {evidence.Infrastructure},
	"dom-hash":                    {evidence.Infrastructure},
	"domain":                      {evidence.Infrastructure},
	"domain|ip":                   {evidence.Infrastructure, evidence.Infrastructure},
	"favicon-mmh3":                {evidence.Infrastructure},
	"hassh-md5":                   {evidence.Infrastructure},
	"hasshserver-md5":             {evidence.Infrastructure},
	"hostname":                    {evidence.Infrastructure},
	"hostname|port":               {evidence.Infrastructure, ""},
	"ip-dst":                      {evidence.Infrastructure},
	"ip-dst|port":                 {evidence.Infrastructure, ""},
	"ip-src":                      {evidence.Infrastructure},
	"ip-src|port":                 {evidence.Infrastructure, ""},
	"ja3-fingerprint-md5":         {evidence.Infrastructure},
	"jarm-fingerprint":            {evidence.Infrastructure},
	"onion-address":               {evidence.Infrastructure},
	"ssh-fingerprint":             {evidence.Infrastructure},
	"uri":                         {evidence.Infrastructure},
	"url":                         {evidence.Infrastructure},
	"x509-fingerprint-md5":        {evidence.Infrastructure},
	"x509-fingerprint-sha1":       {evidence.Infrastructure},
	"x509-fingerprint-sha256":     {evidence.Infrastructure},
	"attachment":                  {evidence.File}, // its name; the content is not read
	"email-attachment":            {evidence.File},
	"filename":                    {evidence.File},
	"malware-sample":              {evidence.File, evidence.File}, // name and MD5, likewise
	"mobile-application-id":       {evidence.File},
	"chrome-extension-id":         {evidence.Artefact},
	"email-message-id":            {evidence.Artefact},
	"email-mime-boundary":         {evidence.Artefact},
	"email-subject":               {evidence.Artefact},
	"email-thread-index":          {evidence.Artefact},
	"email-x-mailer":              {evidence.Artefact},
	"filename-pattern":            {evidence.Artefact},
	"mutex":                       {evidence.Artefact},
	"named pipe":                  {evidence.Artefact},
	"pattern-in-file":             {evidence.Artefact},
	"pattern-in-memory":           {evidence.Artefact},
	"pattern-in-traffic":          {evidence.Artefact},
	"pdb":                         {evidence.Artefact},
	"regkey":                      {evidence.Artefact},
	"regkey|value":                {evidence.Artefact}, // one trace: the value means nothing without the key
	"user-agent":                  {evidence.Artefact},
	"windows-scheduled-task":      {evidence.Artefact},
	"windows-service-name":        {evidence.Artefact},
	"btc":                         {evidence.Persona},
	"dash":                        {evidence.Persona},
	"xmr":                         {evidence.Persona},
	"dns-soa-email":               {evidence.Persona},
	"email":                       {evidence.Persona},
	"email-dst":                   {evidence.Persona}, // see victim
	"email-reply-to":              {evidence.Persona},
	"email-src":                   {evidence.Persona},
	"email-src-display-name":      {evidence.Persona},
	"github-organisation":         {evidence.Persona},
	"github-repository":           {evidence.Persona},
	"github-username":             {evidence.Persona},
	"jabber-id":                   {evidence.Persona},
	"twitter-id":                  {evidence.Persona},
	"whois-registrant-email":      {evidence.Persona},
	"whois-registrant-name":       {evidence.Persona},
	"whois-registrant-org":        {evidence.Persona},
	"whois-registrant-phone":      {evidence.Persona},
	"whois-creation-date":         {evidence.Timing},
	"vulnerability":               {evidence.Vulnerability},
	"windows-service-displayname": {evidence.Artefact},
}

// hashes lists the types that hold a hash of a file. Each may follow
// "filename|".
var hashes = map[string]bool{
	"authentihash": true, "cdhash": true, "imphash": true, "impfuzzy": true, "md5": true, "pehash": true, "sha1": true,
	"sha224": true, "sha256": true, "sha384": true, "sha512": true, "sha512/224": true, "sha512/256": true,
	"sha3-224": true, "sha3-256": true, "sha3-384": true, "sha3-512": true, "ssdeep": true, "telfhash": true,
	"tlsh": true, "vhash": true,
}

// relations says the same for attributes of objects whose type alone says
// nothing, by type and relation, as the templates of MISP objects name them.
var relations = map[[2]string][]string{
	{"datetime", "compilation-timestamp"}: {evidence.Timing},   // pe, elf, macho
	{"text", "lang-id"}:                   {evidence.Language}, // pe
}

// familiesOf returns the families of the parts of an attribute's value.
func familiesOf(a attribute) []string {
	name, named := strings.CutPrefix(string(a.Type), "filename|")
	switch {
	case hashes[name] && named:
		return []string{evidence.File, evidence.File}
	case hashes[name]:
		return []string{evidence.File}
	case families[string(a.Type)] != nil:
		return families[string(a.Type)]
	}
	return relations[[2]string{string(a.Type), string(a.Relation)}]
}

// reference reports whether the attribute tells where to read about the
// matter, and nothing about the matter: the address of a report, of a scan.
func reference(a attribute) bool {
	switch a.Category {
	case "External analysis", "Internal reference", "Support Tool":
		return a.Type == "url" || a.Type == "uri" || a.Type == "github-repository"
	}
	return false
}

// victim reports whether the attribute is the address of somebody who received
// an e-mail of the attackers. Under "Network activity" and "Social network" it
// is a mailbox of their own, to which their programs write.
func victim(a attribute) bool {
	return a.Type == "email-dst" && a.Category != "Network activity" && a.Category != "Social network"
}

// unset reports whether the attribute is the time of 0 seconds that a linker
// writes when it is told to write none.
func unset(a attribute) bool {
	return a.Type == "datetime" && strings.HasPrefix(string(a.Value), "1970-01-01T00:00:00")
}

// claims lists the types of attributes that say who did it (section 2.3.2.3,
// category Attribution).
var claims = map[string]bool{"campaign-id": true, "campaign-name": true, "threat-actor": true}
