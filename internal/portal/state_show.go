package portal

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"solferino/convention"
	"solferino/internal/store"
	"solferino/party"
	"solferino/record"
)

// A stateView is what a state committed itself to, and never what it is accused
// of.
type stateView struct {
	State       string       `json:"state"`
	Instruments []commitment `json:"instruments"`
}

// A commitment is what a state did about one instrument.
type commitment struct {
	Instrument string `json:"instrument"`
	Short      string `json:"short"`
	Force      string `json:"force"` // of the text itself
	Steps      []step `json:"steps"`
}

// A step is one act of adherence.
type step struct {
	Act   string `json:"act"`
	Date  string `json:"date"`
	Force string `json:"force"`
	Entry int64  `json:"entry"`
}

// stateShow shows the published acts of adherence of a state. A state of which
// nothing is published has a page that says so, whether or not there is
// anything to publish.
func (s *site) stateShow(r *http.Request, at tip) (any, error) {
	code := r.PathValue("state")
	if party.ValidState(code) != nil {
		return nil, errNotFound
	}
	rows, err := s.adherences(r.Context(), record.Subject("state/"+code), at.Size)
	if err != nil {
		return nil, err
	}
	return foldState(code, rows), nil
}

func (s *site) adherences(ctx context.Context, id record.Subject, size int64) ([]store.AdherenceRow, error) {
	rows, err := s.DB.Adherences(ctx, id)
	if err != nil {
		return nil, err
	}
	var list []store.AdherenceRow
	for _, row := range rows {
		ok, err := s.shown(ctx, row.Index, size)
		if err != nil {
			return nil, err
		}
		if ok {
			list = append(list, row)
		}
	}
	return list, nil
}

// foldState lists every instrument that speaks to states, with what this one
// did about it, by date.
func foldState(code string, rows []store.AdherenceRow) stateView {
	v := stateView{State: code}
	slices.SortStableFunc(rows, func(a, b store.AdherenceRow) int { return cmp.Compare(a.Date, b.Date) })
	for _, i := range convention.BuiltIn().Instruments() {
		if !i.Addresses(convention.States) {
			continue
		}
		c := commitment{Instrument: string(i.ID), Short: i.Short, Force: i.Force.String()}
		for _, row := range rows {
			if row.Instrument == c.Instrument {
				c.Steps = append(c.Steps, step{row.Act, row.Date, row.Force, row.Index})
			}
		}
		v.Instruments = append(v.Instruments, c)
	}
	return v
}
