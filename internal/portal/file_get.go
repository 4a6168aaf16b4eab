package portal

import (
	"bytes"
	"errors"
	"io/fs"
	"net/http"
	"regexp"
	"strings"
	"time"

	"solferino/record"
)

// A delivery says how a file of the public directory is handed out.
type delivery struct {
	kind  string // media type
	cache string
	save  bool // to be saved and not shown: it may be anything
}

var (
	fresh    = delivery{kind: "text/plain; charset=utf-8", cache: "public, max-age=5"}
	tile     = delivery{kind: "application/octet-stream", cache: "public, max-age=31536000, immutable"}
	opening  = delivery{kind: "application/json", cache: "public, max-age=3600"}
	download = delivery{kind: "application/octet-stream", cache: "public, max-age=3600", save: true}
)

// A naming finds the file that a visitor asks for; the error says why there is
// none. Whatever comes from the address was checked when it returns.
type naming func(r *http.Request) (string, error)

// file answers with a file of the public directory as it is.
func (s *site) file(name naming, d delivery) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		path, err := name(r)
		if err == nil {
			err = s.deliver(w, r, path, d)
		}
		if err != nil {
			s.refuse(w, r, err)
		}
	}
}

// deliver sends a file, or sends nothing and says why.
func (s *site) deliver(w http.ResponseWriter, r *http.Request, path string, d delivery) error {
	f, err := s.public.root.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return errNotFound
	}
	w.Header().Set("Content-Type", d.kind)
	w.Header().Set("Cache-Control", d.cache)
	if d.save {
		w.Header().Set("Content-Disposition", "attachment")
	}
	http.ServeContent(w, r, "", info.ModTime(), f)
	return nil
}

func always(name string) naming {
	return func(*http.Request) (string, error) { return name, nil }
}

var tileForm = regexp.MustCompile(`^(?:[0-9]|[1-5][0-9]|6[0-3]|entries)(?:/x[0-9]{3}){0,6}/[0-9]{3}(?:\.p/[1-9][0-9]{0,2})?$`)

func tileName(r *http.Request) (string, error) {
	path := r.PathValue("path")
	if !tileForm.MatchString(path) {
		return "", errNotFound
	}
	return "tile/" + path, nil
}

func attachmentName(r *http.Request) (string, error) {
	commit := record.Digest(r.PathValue("commit"))
	if commit.Validate() != nil {
		return "", errNotFound
	}
	return attachmentPath(commit), nil
}

// openingName lets through the openings of entries that are published.
func (s *site) openingName(r *http.Request) (string, error) {
	number, ok := strings.CutSuffix(r.PathValue("name"), jsonSuffix)
	index, whole := wholeNumber(number)
	if !ok || !whole {
		return "", errNotFound
	}
	at, err := s.public.tip()
	if err != nil {
		return "", err
	}
	public, err := s.shown(r.Context(), index, at.Size)
	if err == nil && !public {
		err = errNotFound
	}
	return openingPath(index), err
}

var bundleForm = regexp.MustCompile(`^(.+)\.([1-9][0-9]{0,8})\.finding$`)

// bundleName lets through the bundles of versions that are published.
func (s *site) bundleName(r *http.Request) (string, error) {
	part := bundleForm.FindStringSubmatch(r.PathValue("name"))
	if part == nil {
		return "", errNotFound
	}
	at, err := s.public.tip()
	if err != nil {
		return "", err
	}
	all, i, err := s.named(r.Context(), part[1], part[2], at.Size)
	if err != nil {
		return "", err
	}
	return "bundle/" + all[i].Bundle(), nil
}

// asset answers with a file that is built in.
func (s *site) asset(name, kind string) http.HandlerFunc {
	body, err := uiFiles.ReadFile(name)
	if err != nil {
		panic("portal: " + err.Error())
	}
	tag := `"` + record.Sum(body).Short() + `"`
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "public, max-age=300")
		w.Header().Set("ETag", tag)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	}
}
