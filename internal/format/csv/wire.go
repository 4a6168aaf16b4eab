package csv

import "solferino/evidence"

// The columns of the table. It is a format of our own for what people type up
// by hand, in the syntax of RFC 4180: the first row names the columns, in any
// order, each at most once.
const (
	colFamily       = "family"       // one of the families below
	colValue        = "value"        // one line: T1018, S0089, a domain, a hash, words
	colNote         = "note"         // one line, or empty
	colForgeability = "forgeability" // from 0 to 1, or empty for the usual one of the family
	colExtraction   = "extraction"   // above 0, to 1, or empty for certain
)

var (
	columns  = []string{colFamily, colValue, colNote, colForgeability, colExtraction}
	required = columns[:2]
)

// families lists what may stand in the first column.
var families = []string{
	evidence.Technique, evidence.Software, evidence.Infrastructure, evidence.File, evidence.Artefact,
	evidence.Language, evidence.Timing, evidence.Persona, evidence.Vulnerability,
}
