package portal

import (
	"net/http"

	"solferino/convention"
)

// An instrumentView is one instrument with its clauses.
type instrumentView struct {
	convention.Instrument
	Mark string `json:"mark"` // of its status and note
}

// instrumentShow shows one instrument.
func (s *site) instrumentShow(r *http.Request, _ tip) (any, error) {
	i, ok := convention.BuiltIn().Instrument(convention.ID(r.PathValue("instrument")))
	if !ok {
		return nil, errNotFound
	}
	return instrumentView{i, i.Mark()}, nil
}
