package portal

import (
	"context"
	"errors"
	"net/http"
)

var (
	// errNotFound means that there is no such thing, or that it is not public:
	// nobody is told which.
	errNotFound = errors.New("no such page")
	// errNotAllowed means that the visitor wants to do more than read.
	errNotAllowed = errors.New("the portal is read only")
	// errBadPage means that the place in a list is not one.
	errBadPage = errors.New("no such place in the list")
	// errDamaged means that what is published does not hold together: rows,
	// files and checkpoint say different things.
	errDamaged = errors.New("the public archive is damaged")
)

// A problem tells a visitor why there is no page. As JSON it is one of RFC
// 9457, without a type, because status and title say all.
type problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
}

// problems maps what a handler may return to what visitors are told.
var problems = []struct {
	err error
	problem
}{
	{errNotFound, problem{"Not here", http.StatusNotFound,
		"There is no such page, or what it would show is not public. An address that was once published is never taken away: check it for a typing error."}},
	{errNotAllowed, problem{"Read only", http.StatusMethodNotAllowed,
		"These pages can be read (GET, HEAD) and nothing else."}},
	{errBadPage, problem{"No such place in the list", http.StatusBadRequest,
		"Lists are read from a whole number on. Begin again at the start of the list."}},
	{errDamaged, problem{"The archive is damaged", http.StatusInternalServerError,
		"What is published does not hold together, so this page is not shown. The institution was told. A mirror may have a whole copy, and a bundle that you have still verifies."}},
}

var unknownProblem = problem{"Something broke", http.StatusInternalServerError,
	"The page could not be made. The institution was told."}

func problemOf(err error) problem {
	for _, p := range problems {
		if errors.Is(err, p.err) {
			return p.problem
		}
	}
	return unknownProblem
}

// nothing reads the page that is at no address.
func nothing(*http.Request, tip) (any, error) { return nil, errNotFound }

// refuse answers with the problem, and tells the log if it is ours.
func (s *site) refuse(w http.ResponseWriter, r *http.Request, err error) {
	p := problemOf(err)
	if p.Status >= http.StatusInternalServerError && !errors.Is(err, context.Canceled) {
		s.Log.ErrorContext(r.Context(), "page not made", "path", r.URL.Path, "err", err)
	}
	at, _ := s.public.tip() // a problem is told even where there is no checkpoint
	body, kind, err := s.render(r, "problem", at, p)
	if err != nil {
		http.Error(w, p.Title+". "+p.Detail, p.Status)
		return
	}
	if wantsJSON(r) {
		kind = "application/problem+json"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	w.Write(body)
}
