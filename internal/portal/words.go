package portal

import "solferino/convention"

// named returns the words for an id, or the id.
func named(table map[string]string, id string) string {
	if name, ok := table[id]; ok {
		return name
	}
	return id
}

var regionNames = map[string]string{
	"africa":                  "Africa",
	"asia-pacific":            "Asia-Pacific",
	"eastern-europe":          "Eastern Europe",
	"latin-america-caribbean": "Latin America and the Caribbean",
	"western-europe-others":   "Western Europe and others",
}

var voteNames = map[string]string{
	"":        "no ballot opened",
	"concur":  "concurs",
	"dissent": "dissents",
	"abstain": "abstains",
}

var basisNames = map[string]string{
	"seen":   "compared with its source",
	"recall": "from memory, unconfirmed",
}

var addresseeNames = map[string]string{
	string(convention.States):           "states",
	string(convention.Companies):        "companies",
	string(convention.CivilSociety):     "civil society",
	string(convention.LocalAuthorities): "local authorities",
	string(convention.NonState):         "others than states",
	string(convention.Organisations):    "organisations",
}

var stepNames = map[string]string{
	string(convention.Endorse):        "endorsed",
	string(convention.Pledge):         "pledged",
	string(convention.Sign):           "signed",
	string(convention.Ratify):         "ratified",
	string(convention.Accede):         "acceded",
	string(convention.EnterIntoForce): "entered into force",
	string(convention.Withdraw):       "withdrew",
}

var dutyNames = map[string]string{
	string(convention.Prohibition):    "prohibition: do not",
	string(convention.Requirement):    "requirement: do",
	string(convention.Restraint):      "restraint: do less, or only so",
	string(convention.Cooperation):    "cooperation: do it together",
	string(convention.Interpretation): "interpretation: how other rules are to be read",
	string(convention.Procedure):      "procedure: how something is to be found or decided",
}

// relationNames read from left to right, as crosswalks do.
var relationNames = map[convention.Relation]string{
	convention.Equal:    "is substantially the same duty as",
	convention.Part:     "covers part of",
	convention.Supports: "supports",
	convention.Broader:  "goes beyond",
}

var pillarNames = map[convention.ClauseID]string{
	convention.PillarAccord:      "the pillar of companies: 100 % defence, 0 % offence",
	convention.PillarAttribution: "the pillar of independent attribution",
}

// deeds says what kinds of acts are, for people.
var deeds = map[string]string{
	"attribution.claimed/1":   "Somebody outside claims who did it",
	"attribution.computed/1":  "An analysis was computed",
	"attribution.excluded/1":  "Sources were excluded from the profiles",
	"attribution.imported/1":  "Public knowledge was imported",
	"casebook.notified/1":     "A state was asked for its view",
	"casebook.opened/1":       "A case was opened",
	"casebook.replied/1":      "A state replied",
	"convention.adhered/1":    "A state took a step about an instrument",
	"convention.reserved/1":   "A state reserved, objected to or interpreted a clause",
	"evidence.accepted/1":     "An exhibit was taken over",
	"evidence.contradicted/1": "An observation was contradicted",
	"evidence.derived/1":      "Observations were drawn from an exhibit",
	"evidence.offered/1":      "An exhibit was offered for hand-over",
	"evidence.received/1":     "An exhibit was received",
	"finding.assessed/1":      "A clause was assessed",
	"finding.issued/1":        "A finding was issued",
	"finding.withdrawn/1":     "A finding was withdrawn",
	"party.founded/1":         "The institution was founded",
	"party.key-added/1":       "A person got a further key",
	"party.key-revoked/1":     "A key was revoked",
	"party.registered/1":      "A person was registered",
	"record.published/1":      "Entries were published",
	"review.adopted/1":        "A statute was adopted",
	"review.called/1":         "A panel was called",
	"review.closed/1":         "The sealing of ballots was closed",
	"review.dissented/1":      "A member dissented",
	"review.opened/1":         "A ballot was opened",
	"review.recused/1":        "A person recused themselves",
	"review.sealed/1":         "A ballot was sealed",
	"review.seated/1":         "A panel was seated by lot",
}
