package portal

import "net/http"

// A findingsView is one page of the list of findings, the newest first.
type findingsView struct {
	Findings []line `json:"findings"`
	First    bool   `json:"-"`
	Next     int64  `json:"next"` // where the next page begins, as ?before=; 0 on the last
}

// perPage is how many findings a page of the list shows.
const perPage = 20

// findingList shows the findings, page by page.
func (s *site) findingList(r *http.Request, at tip) (any, error) {
	before, err := place(r.URL.Query(), "before", at.Size)
	if err != nil {
		return nil, err
	}
	list, next, err := s.findings(r.Context(), at.Size, before, perPage)
	if err != nil {
		return nil, err
	}
	return findingsView{Findings: list, First: before == at.Size, Next: next}, nil
}
