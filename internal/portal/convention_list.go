package portal

import (
	"net/http"

	"solferino/convention"
)

// A conventionView lists the instruments, oldest first.
type conventionView struct {
	Instruments []convention.Instrument `json:"instruments"`
	Pillars     []pillarView            `json:"pillars"`
}

// A pillarView is one of the two pillars of the founding texts, which stand
// beside the clauses.
type pillarView struct {
	ID    convention.ClauseID `json:"id"`
	Text  string              `json:"text"`
	Links []linkView          `json:"crosswalk"`
}

// conventionList shows all instruments that the institution knows.
func (s *site) conventionList(*http.Request, tip) (any, error) {
	reg := convention.BuiltIn()
	v := conventionView{Instruments: reg.Instruments()}
	for _, id := range []convention.ClauseID{convention.PillarAccord, convention.PillarAttribution} {
		p := pillarView{ID: id, Text: pillarNames[id]}
		for _, l := range reg.Equivalents(id) {
			p.Links = append(p.Links, newLink(reg, l, l.From))
		}
		v.Pillars = append(v.Pillars, p)
	}
	return v, nil
}
