package portal

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"solferino/casebook"
	"solferino/record"
)

// A caseView is what is public of a case.
type caseView struct {
	Case     record.Subject `json:"case"`
	Title    string         `json:"title"`
	Date     string         `json:"date"`
	Victims  []string       `json:"victims"`
	Versions []version      `json:"versions"`
	Rests    int            `json:"rests"` // on how many published entries the newest version rests
	Entries  []logLine      `json:"entries"`
	Next     int64          `json:"next"` // where the next page of entries begins, as ?from=; 0 on the last
}

// caseShow shows the versions of the finding of a case and the entries of the
// log that were published for it.
func (s *site) caseShow(r *http.Request, at tip) (any, error) {
	id := record.Subject("case/" + r.PathValue("case"))
	from, err := place(r.URL.Query(), "from", 0)
	if err != nil {
		return nil, err
	}
	if id.Validate() != nil {
		return nil, errNotFound
	}
	all, err := s.versions(r.Context(), id, at.Size)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, errNotFound
	}
	return s.foldCase(r.Context(), all, from, at)
}

func (s *site) foldCase(ctx context.Context, all []version, from int64, at tip) (any, error) {
	newest := all[len(all)-1]
	d, err := s.document(newest)
	if err != nil {
		return nil, err
	}
	entries, err := s.basis(ctx, newest, at)
	if err != nil {
		return nil, err
	}
	v := caseView{Case: newest.Case, Title: d.Title, Date: d.Incident.Date, Victims: d.Incident.Victims,
		Versions: all, Rests: len(entries)}
	first, _ := slices.BinarySearch(entries, from)
	entries = entries[first:]
	if len(entries) > perLog {
		v.Next, entries = entries[perLog], entries[:perLog]
	}
	v.Entries, err = s.logLines(entries, at.Size, func(int64) bool { return true })
	return v, err
}

// basis returns the entries that were published with a version, as far as the
// checkpoint reaches.
func (s *site) basis(ctx context.Context, v version, at tip) ([]int64, error) {
	by, ok, err := s.publication(ctx, v.Entry, at.Size)
	if err != nil || !ok {
		return nil, err
	}
	leaf, err := s.public.leaf(by, at.Size)
	if err != nil {
		return nil, err
	}
	o, err := s.public.opening(by, leaf)
	if err != nil {
		return nil, err
	}
	r, err := s.kinds.Decode(o.Record)
	if err != nil {
		return nil, fmt.Errorf("%w: entry %d: %w", errDamaged, by, err)
	}
	act, ok := r.Act.(casebook.Published)
	if !ok {
		return nil, fmt.Errorf("%w: entry %d publishes, but is %s", errDamaged, by, r.Act.Kind())
	}
	end, _ := slices.BinarySearch(act.Entries, at.Size)
	return act.Entries[:end], nil
}
