package portal

import (
	"net/http"

	"solferino/convention"
)

// A clauseView is one clause with what other instruments say about its duty.
type clauseView struct {
	convention.Clause
	Mark       string                `json:"mark"`
	Instrument convention.Instrument `json:"-"`
	Of         string                `json:"instrument"`
	Own        []linkView            `json:"relates_to"`
	Others     []linkView            `json:"related_from"`
}

// A linkView is a crosswalk seen from one of its ends.
type linkView struct {
	From     convention.ClauseID `json:"from"`
	Relation convention.Relation `json:"relation"`
	To       convention.ClauseID `json:"to"`
	Other    convention.ClauseID `json:"-"`    // the end that is looked at
	Text     string              `json:"text"` // of the other end
	Mark     string              `json:"mark"`
	Short    string              `json:"instrument"`
}

// clauseShow shows one clause and its crosswalk, both ways.
func (s *site) clauseShow(r *http.Request, _ tip) (any, error) {
	reg := convention.BuiltIn()
	c, ok := reg.Clause(convention.ClauseID(r.PathValue("instrument") + "#" + r.PathValue("label")))
	if !ok {
		return nil, errNotFound
	}
	i, _ := reg.Instrument(c.ID.Instrument())
	v := clauseView{Clause: c, Mark: c.Mark(), Instrument: i, Of: string(i.ID)}
	for _, l := range reg.Equivalents(c.ID) {
		if l.From == c.ID {
			v.Own = append(v.Own, newLink(reg, l, l.To))
			continue
		}
		v.Others = append(v.Others, newLink(reg, l, l.From))
	}
	return v, nil
}

// newLink looks up the other end of a crosswalk.
func newLink(reg *convention.Register, l convention.Link, other convention.ClauseID) linkView {
	v := linkView{From: l.From, Relation: l.Relation, To: l.To, Other: other, Text: pillarNames[other]}
	if c, ok := reg.Clause(other); ok {
		i, _ := reg.Instrument(other.Instrument())
		v.Text, v.Mark, v.Short = c.Text, c.Mark(), i.Short
	}
	return v
}
