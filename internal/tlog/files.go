package tlog

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"regexp"
	"strings"
)

// A served file is one that a mirror hands out.
type served struct {
	form  *regexp.Regexp // of its path
	kind  string         // media type
	cache string
	save  bool // to be saved and not shown: it may be anything
}

// servedFiles is everything that a mirror hands out. See
// https://c2sp.org/tlog-tiles for the first two; the others are the institution's.
var servedFiles = []served{
	{form: regexp.MustCompile(`^(?:checkpoint|status)$`), kind: "text/plain; charset=utf-8", cache: "public, max-age=5"},
	{form: regexp.MustCompile(`^tile/(?:[0-9]|[1-5][0-9]|6[0-3]|entries)(?:/x[0-9]{3}){0,6}/[0-9]{3}(?:\.p/[1-9][0-9]{0,2})?$`),
		kind: "application/octet-stream", cache: "public, max-age=31536000, immutable"},
	{form: regexp.MustCompile(`^opening/(?:0|[1-9][0-9]{0,18})\.json$`), kind: "application/json", cache: "public, max-age=3600"},
	{form: regexp.MustCompile(`^attachment/[0-9a-f]{64}$`), kind: "application/octet-stream", cache: "public, max-age=3600", save: true},
	{form: regexp.MustCompile(`^bundle/[A-Za-z0-9][A-Za-z0-9._-]{0,199}\.finding$`), kind: "application/octet-stream", cache: "public, max-age=3600", save: true},
}

// NewFileServer answers GET and HEAD with the public files of a log in a
// directory, and with nothing else of it.
func NewFileServer(dir *os.Root) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "a mirror is only read", http.StatusMethodNotAllowed)
			return
		}
		for _, s := range servedFiles {
			if name := strings.TrimPrefix(r.URL.Path, "/"); s.form.MatchString(name) {
				s.deliver(w, r, dir, name)
				return
			}
		}
		http.NotFound(w, r)
	})
}

func (s served) deliver(w http.ResponseWriter, r *http.Request, dir *os.Root, name string) {
	f, err := dir.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		http.NotFound(w, r)
		return
	}
	var info fs.FileInfo
	if err == nil {
		defer f.Close()
		info, err = f.Stat()
	}
	if err != nil || !info.Mode().IsRegular() { // a file that is sick is not one that is sealed
		http.Error(w, "the mirror is not well", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", s.kind)
	h.Set("Cache-Control", s.cache)
	h.Set("X-Content-Type-Options", "nosniff")
	if s.save {
		h.Set("Content-Disposition", "attachment")
	}
	http.ServeContent(w, r, "", info.ModTime(), f)
}
