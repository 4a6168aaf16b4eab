package convention

import "slices"

// An ID names an instrument for ever, as "name-year": "dgc-2017".
type ID string

// An Addressee is a sort of party to which an instrument speaks.
type Addressee string

// The addressees.
const (
	States           Addressee = "state"
	Companies        Addressee = "company"
	CivilSociety     Addressee = "civil-society"
	LocalAuthorities Addressee = "local-authority"
	NonState         Addressee = "non-state"
	Organisations    Addressee = "organisation"
)

var addressees = []Addressee{States, Companies, CivilSociety, LocalAuthorities, NonState, Organisations}

// An Instrument is a text that states, companies or others made or proposed,
// with all its clauses that matter here.
type Instrument struct {
	ID         ID          `json:"id"`
	Title      string      `json:"title"` // with the document symbol, where there is one
	Short      string      `json:"short"` // title for tables and running text
	Date       string      `json:"date"`  // of adoption or publication, YYYY-MM-DD
	Force      Force       `json:"force"` // of the text itself, never None
	Addressees []Addressee `json:"addressees"`
	Status     string      `json:"status"`
	Basis      Basis       `json:"basis"`
	Note       string      `json:"note"` // what a reader must know of the text's reliability, or ""
	Clauses    []Clause    `json:"clauses"`
}

// Addresses reports whether the instrument speaks to parties of this sort.
func (i Instrument) Addresses(a Addressee) bool { return slices.Contains(i.Addressees, a) }

// Mark returns the words that must stand wherever status or note are shown.
func (i Instrument) Mark() string { return i.Basis.Mark() }
