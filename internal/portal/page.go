package portal

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/http"
	"path"
	"strings"
	"time"

	"solferino/record"
)

// A reader reads what is published up to the tip and folds it into a view.
type reader func(r *http.Request, at tip) (view any, err error)

// A page is what a template and a JSON document are made of: the view, and
// what stands around it everywhere.
type page struct {
	Institution string `json:"institution"`
	Notice      string `json:"notice"`
	Tip         tip    `json:"checkpoint"`
	Name        string `json:"page"`
	View        any    `json:"view"`
	JSON        string `json:"-"` // address of the page as JSON, or ""
}

// page answers with what read gives: read, fold, render.
func (s *site) page(name string, read reader) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		trimJSON(r)
		at, err := s.public.tip()
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		view, err := read(r, at)
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		body, kind, err := s.render(r, name, at, view)
		if err != nil {
			s.refuse(w, r, fmt.Errorf("render %s: %w", name, err))
			return
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("ETag", entityTag(at, body))
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	})
}

// render writes the view as HTML or JSON, and says which.
func (s *site) render(r *http.Request, name string, at tip, view any) (body []byte, kind string, err error) {
	p := page{Institution: s.Institution, Notice: s.Notice, Tip: at, Name: name, View: view}
	if wantsJSON(r) {
		if about, ok := view.(problem); ok {
			body, err = record.Marshal(about)
			return body, "application/json", err
		}
		body, err = record.Marshal(p)
		return body, "application/json", err
	}
	if name != "problem" {
		p.JSON = jsonAddress(r)
	}
	var b bytes.Buffer
	err = s.pages[name].ExecuteTemplate(&b, "base", p)
	return b.Bytes(), "text/html; charset=utf-8", err
}

// entityTag names the checkpoint that a page was built from, and its bytes.
func entityTag(at tip, body []byte) string {
	sum := sha256.Sum256(body)
	return fmt.Sprintf(`"%d-%x-%x"`, at.Size, at.root[:4], sum[:8])
}

const jsonSuffix = ".json"

func wantsJSON(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, jsonSuffix) }

// jsonAlias returns the pattern of a page as JSON, where its own pattern does
// not cover that.
func jsonAlias(pattern string) (string, bool) {
	if pattern == "/{$}" {
		return "/index.json", true
	}
	return pattern + jsonSuffix, !strings.HasSuffix(pattern, "}")
}

// jsonAddress returns where the page that was asked for is to be had as JSON.
func jsonAddress(r *http.Request) string {
	u := *r.URL
	u.Path, u.RawPath = strings.TrimSuffix(u.Path, "/")+jsonSuffix, ""
	if u.Path == jsonSuffix {
		u.Path = "/index.json"
	}
	return u.RequestURI()
}

// trimJSON takes ".json" off the value at the end of the address, if it is
// there, so that readers need not know of it.
//
// BUG: a subject whose name ends in ".json" has no page of its own.
func trimJSON(r *http.Request) {
	_, wildcard := path.Split(r.Pattern)
	name := strings.Trim(wildcard, "{}")
	if value, ok := strings.CutSuffix(r.PathValue(name), jsonSuffix); ok && name != wildcard {
		r.SetPathValue(name, value)
	}
}
