package portal

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"solferino/finding"
	"solferino/record"
)

func TestEveryAnswerIsSafe(t *testing.T) {
	w := newWorld(t)
	want := map[string]string{
		"Content-Security-Policy":      "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
		"X-Content-Type-Options":       "nosniff",
		"Referrer-Policy":              "no-referrer",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Set-Cookie":                   "",
	}
	for _, path := range []string{"/", "/finding/2026-001/2", "/nowhere", "/log.json", "/checkpoint", "/style.css", "/bundle/2026-001.1.finding", "/tile/x"} {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
			h := w.ask(method, path, nil).Header()
			for name, value := range want {
				if got := h.Get(name); got != value {
					t.Errorf("%s %s: %s: %q, want %q", method, path, name, got, value)
				}
			}
		}
	}
}

func TestOnlyReading(t *testing.T) {
	w := newWorld(t)
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "BREW"} {
		answer := w.ask(method, "/findings", nil)
		if answer.Code != http.StatusMethodNotAllowed || answer.Header().Get("Allow") != "GET, HEAD" || !strings.Contains(answer.Body.String(), "Read only") {
			t.Errorf("%s = %d, Allow %q", method, answer.Code, answer.Header().Get("Allow"))
		}
	}
}

func TestHeadHasTheHeadersOfGet(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/", "/finding/2026-001/2", "/checkpoint", "/attachment/" + string(w.documentOf(2))} {
		get, head := w.get(path), w.ask(http.MethodHead, path, nil)
		if head.Code != get.Code || headers(head.Header()) != headers(get.Header()) {
			t.Errorf("HEAD %s = %d %v, GET = %d %v", path, head.Code, head.Header(), get.Code, get.Header())
		}
		if head.Body.Len() != 0 {
			t.Errorf("HEAD %s has a body", path)
		}
	}
}

// documentOf returns the commitment of the document that an entry issued.
func (w *world) documentOf(index int) record.Digest {
	w.t.Helper()
	match := regexp.MustCompile(`"commit":"([0-9a-f]{64})"`).FindSubmatch(w.entries[index].Record)
	return record.Digest(match[1])
}

func TestPageIsNotSentAgainUnlessItChanged(t *testing.T) {
	w := newWorld(t)
	tag := w.get("/findings").Header().Get("ETag")
	if !strings.HasPrefix(tag, `"14-`) {
		t.Errorf("ETag %s does not name the checkpoint", tag)
	}
	if got := w.ask("GET", "/findings", http.Header{"If-None-Match": {tag}}).Code; got != http.StatusNotModified {
		t.Errorf("the same page = %d, want 304", got)
	}
	w.checkpoint()
	if got := w.ask("GET", "/findings", http.Header{"If-None-Match": {tag}}).Code; got != http.StatusOK {
		t.Errorf("after a further checkpoint = %d, want 200", got)
	}
}

func TestPathsLeadNowhereElse(t *testing.T) {
	w := newWorld(t)
	secret := filepath.Join(filepath.Dir(w.dir), "secret")
	check(t, os.WriteFile(secret, []byte("SECRET"), 0o644))
	check(t, os.Symlink(secret, filepath.Join(w.dir, "attachment", strings.Repeat("a", 64))))
	check(t, os.MkdirAll(filepath.Join(w.dir, "tile", "0", "001"), 0o755))
	for _, path := range []string{
		"/tile/../../secret", "/tile/..%2f..%2fsecret", "/tile/%2e%2e/%2e%2e/secret", "/tile/0/../../../secret", "/tile/entries/..%5c..%5csecret",
		"/opening/..%2f..%2fsecret", "/opening/%2e%2e%2fsecret.json", "/attachment/..%2f..%2fsecret", "/attachment/" + strings.Repeat("a", 64),
		"/attachment/" + strings.Repeat("A", 64), "/bundle/..%2f..%2fsecret", "/bundle/..%2fsecret.1.finding", "/finding/..%2f..%2fsecret/1",
		"/case/..%2f..", "/case/%00", "/state/..", "/tile/0/000%00", "/tile/0/001", "/tile/", "/tile/0/", "/tile/99/000", "/clause/..%2f../1",
		"/attachment/", "/opening/", "/bundle/", "//secret", "/./secret", "/style.css/..%2fsecret", "/checkpoint/..%2f..%2fsecret", "/tile/0/000.p/0",
	} {
		answer := w.get(path)
		if strings.Contains(answer.Body.String(), "SECRET") || answer.Code == http.StatusOK {
			t.Errorf("GET %s = %d", path, answer.Code)
		}
	}
}

func TestFilesAreServedAsTheyAre(t *testing.T) {
	w := newWorld(t)
	w.write("tile/0/x001/234", "a tile")
	for _, f := range []struct{ path, kind, cache string }{
		{"checkpoint", "text/plain; charset=utf-8", "public, max-age=5"},
		{"status", "text/plain; charset=utf-8", "public, max-age=5"},
		{"tile/entries/000.p/14", "application/octet-stream", "public, max-age=31536000, immutable"},
		{"tile/0/x001/234", "application/octet-stream", "public, max-age=31536000, immutable"},
		{"opening/2.json", "application/json", "public, max-age=3600"},
		{attachmentPath(w.documentOf(2)), "application/octet-stream", "public, max-age=3600"},
		{"bundle/2026-001.2.finding", "application/octet-stream", "public, max-age=3600"},
	} {
		want, err := os.ReadFile(filepath.Join(w.dir, f.path))
		check(t, err)
		answer := w.get("/" + f.path)
		if answer.Code != http.StatusOK || answer.Body.String() != string(want) {
			t.Errorf("GET /%s = %d, %d bytes, want %d", f.path, answer.Code, answer.Body.Len(), len(want))
		}
		if h := answer.Header(); h.Get("Content-Type") != f.kind || h.Get("Cache-Control") != f.cache {
			t.Errorf("GET /%s: %v", f.path, h)
		}
	}
}

func TestEveryLinkResolves(t *testing.T) {
	w := newWorld(t)
	seen := map[string]bool{"/": true}
	for queue := []string{"/"}; len(queue) > 0; queue = queue[1:] {
		path := queue[0]
		answer := w.get(path)
		if answer.Code != http.StatusOK {
			t.Errorf("GET %s = %d", path, answer.Code)
		}
		if !strings.HasPrefix(answer.Header().Get("Content-Type"), "text/html") {
			continue
		}
		for _, link := range links(answer.Body.String()) {
			checkFragment(t, w, path, link)
			target, _, _ := strings.Cut(link, "#")
			if strings.HasPrefix(target, "/") && !seen[target] {
				seen[target] = true
				queue = append(queue, target)
			}
		}
	}
	for _, p := range pages {
		if !seen[p.path] && p.path != "/state/XB" { // of which nothing is public
			t.Errorf("no page links to %s", p.path)
		}
	}
	t.Logf("%d addresses", len(seen))
}

var (
	linkForm = regexp.MustCompile(`(?:href|src)="([^"]*)"`)
	idForm   = regexp.MustCompile(`\sid="([^"]*)"`)
)

func links(body string) []string {
	var list []string
	for _, m := range linkForm.FindAllStringSubmatch(body, -1) {
		list = append(list, strings.ReplaceAll(m[1], "&amp;", "&"))
	}
	return list
}

// checkFragment reports links into pages that lead to no place in them, and
// links that leave the site without saying so.
func checkFragment(t *testing.T, w *world, from, link string) {
	t.Helper()
	target, fragment, _ := strings.Cut(link, "#")
	if !strings.HasPrefix(link, "/") && !strings.HasPrefix(link, "#") && !strings.HasPrefix(link, "https://example.org/") {
		t.Errorf("%s links to %q", from, link)
	}
	if fragment == "" {
		return
	}
	if target == "" {
		target = from
	}
	if !strings.Contains(w.page(target), fmt.Sprintf(` id="%s"`, fragment)) {
		t.Errorf("%s links to %s, where there is no such place", from, link)
	}
}

func TestEveryPageIsBuiltForReaders(t *testing.T) {
	w := newWorld(t)
	for _, p := range pages {
		body := w.page(p.path)
		if n := strings.Count(body, "<h1"); n != 1 {
			t.Errorf("%s has %d h1", p.path, n)
		}
		for _, banned := range []string{"<script", " style=", "<style", " onclick", "http-equiv"} {
			if strings.Contains(body, banned) {
				t.Errorf("%s has %q", p.path, banned)
			}
		}
		for _, want := range []string{`<main id="main"`, `<nav aria-label="Main">`, `class="skip" href="#main"`, "<title>", "<header", "<footer"} {
			if !strings.Contains(body, want) {
				t.Errorf("%s has no %q", p.path, want)
			}
		}
		if strings.Count(body, "<table") != strings.Count(body, "<caption") {
			t.Errorf("%s has a table without a caption", p.path)
		}
		headingsInOrder(t, p.path, body)
		idsOnce(t, p.path, body)
	}
}

func headingsInOrder(t *testing.T, path, body string) {
	t.Helper()
	last := 0
	for _, m := range regexp.MustCompile(`<h([1-6])`).FindAllStringSubmatch(body, -1) {
		level := int(m[1][0] - '0')
		if level > last+1 {
			t.Errorf("%s: h%d follows h%d", path, level, last)
		}
		last = level
	}
}

func idsOnce(t *testing.T, path, body string) {
	t.Helper()
	var ids []string
	for _, m := range idForm.FindAllStringSubmatch(body, -1) {
		if slices.Contains(ids, m[1]) {
			t.Errorf("%s: id %q stands twice", path, m[1])
		}
		ids = append(ids, m[1])
	}
}

const budget = 60_000 // bytes of HTML and CSS

func TestPagesAreSmall(t *testing.T) {
	w := newWorld(t)
	css := len(w.page("/style.css"))
	for _, p := range pages {
		if n := len(w.page(p.path)) + css; n > budget {
			t.Errorf("%s has %d bytes with its style, at most %d", p.path, n, budget)
		}
	}
	body := w.one(vast())
	if n := len(body) + css; n > budget {
		t.Errorf("a vast finding has %d bytes with its style, at most %d", n, budget)
	}
	if !strings.Contains(body, "more are in the page as JSON") {
		t.Error("a vast finding does not say that it is cut")
	}
}

// one shows a finding in a world of its own.
func (w *world) one(d finding.Document) string {
	w.t.Helper()
	own := emptyWorld(w.t)
	own.publish(d.Case, d.Version, own.issue(d))
	own.checkpoint()
	return own.page(version{Case: d.Case, Number: d.Version}.Path())
}

// vast is a finding with more of everything than a page shows.
func vast() finding.Document {
	d := attributed()
	d.Items = items(400)
	for len(d.Without) < 500 {
		d.Without = append(d.Without, d.Without...)
		d.LeftOut = append(d.LeftOut, d.LeftOut...)
		d.Excluded = append(d.Excluded, d.Excluded...)
		d.Exhibits = append(d.Exhibits, d.Exhibits...)
	}
	return d
}

func TestMarkupInADocumentIsInert(t *testing.T) {
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(2)>'&{{.}}` + "\u202e"
	d := attributed()
	fill(reflect.ValueOf(&d).Elem(), evil)
	d.Format, d.Case, d.Version, d.Outcome = finding.Format, "case/2026-666", 1, finding.Attributed
	for i := range d.Exhibits {
		d.Exhibits[i].URL = []string{"javascript:alert(1)", `https://example.org/"onmouseover="alert(1)`}[i]
	}
	d.Claims[0].Source = "data:text/html,<script>alert(1)</script>"
	body := newWorld(t).one(d)
	for _, bad := range []string{"<script", "<img src=x", `href="javascript:`, `href="data:`, `"onmouseover=`, "'onmouseover="} {
		if strings.Contains(body, bad) {
			i := strings.Index(body, bad)
			t.Errorf("%q is live: …%s…", bad, body[max(0, i-80):min(len(body), i+80)])
		}
	}
	if !strings.Contains(body, "&lt;script&gt;") {
		t.Error("the words are not shown at all")
	}
}

// fill puts a text into every string of v.
func fill(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), text)
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), text)
		}
	}
}
