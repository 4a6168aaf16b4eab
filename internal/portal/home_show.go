package portal

import (
	"net/http"
	"slices"

	"solferino/proof"
)

// A homeView greets: what was found last, of what stands.
type homeView struct {
	Latest []line `json:"latest"`
}

// onHome is how many findings the home page shows.
const onHome = 6

// homeShow shows the latest findings as sentences.
func (s *site) homeShow(r *http.Request, at tip) (any, error) {
	list, _, err := s.findings(r.Context(), at.Size, at.Size, perPage)
	if err != nil {
		return nil, err
	}
	stand := slices.DeleteFunc(list, func(l line) bool { return l.State != proof.Issued })
	return homeView{Latest: stand[:min(len(stand), onHome)]}, nil
}
