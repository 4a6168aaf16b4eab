package portal

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"solferino/finding"
	"solferino/record"
)

// A damaged archive is not shown as if it were whole, and the institution is
// told, not the visitor.
func TestDamageIsNotPapered(t *testing.T) {
	for name, damage := range map[string]struct {
		path string
		do   func(w *world)
	}{
		"document is missing": {"/finding/2026-001/2", func(w *world) {
			check(w.t, os.Remove(filepath.Join(w.dir, attachmentPath(w.documentOf(6)))))
		}},
		"document is that of another finding": {"/finding/2026-001/2", func(w *world) {
			other, err := refused("case/2026-002").Encode()
			check(w.t, err)
			w.write(attachmentPath(w.documentOf(6)), string(other))
		}},
		"document is no document": {"/findings", func(w *world) { w.write(attachmentPath(w.documentOf(6)), "{}") }},
		"opening is missing":      {"/log/0", func(w *world) { check(w.t, os.Remove(filepath.Join(w.dir, openingPath(0)))) }},
		"opening does not open the leaf": {"/log/0", func(w *world) {
			b, err := os.ReadFile(filepath.Join(w.dir, openingPath(0)))
			check(w.t, err)
			w.write(openingPath(0), strings.Replace(string(b), "endorse", "ratify", 1))
		}},
		"entries are cut short": {"/log", func(w *world) { w.write("tile/entries/000.p/14", "short") }},
		"checkpoint of another log": {"/", func(w *world) {
			other := emptyWorld(w.t)
			other.checkpoint()
			b, err := os.ReadFile(filepath.Join(other.dir, "checkpoint"))
			check(w.t, err)
			w.write("checkpoint", string(b))
		}},
		"checkpoint that no witness has seen": {"/method", func(w *world) {
			b, err := os.ReadFile(filepath.Join(w.dir, "checkpoint"))
			check(w.t, err)
			lines := strings.SplitAfter(string(b), "\n")
			w.write("checkpoint", strings.Join(lines[:len(lines)-2], ""))
		}},
	} {
		w := newWorld(t)
		var told bytes.Buffer
		root, err := os.OpenRoot(w.dir)
		check(t, err)
		t.Cleanup(func() { root.Close() })
		h := New(Config{DB: w.db, Public: root, Policy: w.policy, Institution: "x", Log: slog.New(slog.NewTextHandler(&told, nil))})
		damage.do(w)
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, httptest.NewRequest("GET", damage.path, nil))
		if answer.Code != http.StatusInternalServerError || !strings.Contains(answer.Body.String(), "The archive is damaged") {
			t.Errorf("%s: GET %s = %d", name, damage.path, answer.Code)
		}
		if strings.Contains(answer.Body.String(), w.dir) || !strings.Contains(told.String(), damage.path) {
			t.Errorf("%s: told the institution %q", name, told.String())
		}
	}
}

// Paged lists show every published finding once, the newest first.
func TestListOfFindingsPageByPage(t *testing.T) {
	w := emptyWorld(t)
	var want []string
	for i := range 67 {
		d := refused(record.Subject(fmt.Sprintf("case/2026-%03d", i)))
		n := w.issue(d)
		if i%7 == 3 {
			continue // not published
		}
		w.publish(d.Case, 1, n)
		want = append(want, version{Case: d.Case, Number: 1}.Path())
	}
	w.checkpoint()
	slices.Reverse(want)
	var got []string
	next := regexp.MustCompile(`href="(/findings\?before=[0-9]+)" rel="next"`)
	path := "/findings"
	for range 10 {
		body := w.page(path)
		for _, m := range regexp.MustCompile(`<h3><a href="([^"]+)">`).FindAllStringSubmatch(body, -1) {
			got = append(got, m[1])
		}
		m := next.FindStringSubmatch(body)
		if m == nil {
			break
		}
		path = m[1]
	}
	if !slices.Equal(got, want) {
		t.Errorf("the pages list %d findings, want %d: %v", len(got), len(want), got)
	}
}

func TestLogPageByPage(t *testing.T) {
	w := emptyWorld(t)
	for i := range 300 {
		n := w.adhere("UA", "gge-2015", "2015-12-23", 2)
		if i%50 == 0 {
			w.publish("case/2026-001", 1, n)
		}
	}
	w.checkpoint()
	size := len(w.entries)
	var got []string
	path := "/log"
	for range 20 {
		body := w.page(path)
		for _, m := range regexp.MustCompile(`<a href="/log/([0-9]+)">`).FindAllStringSubmatch(body, -1) {
			got = append(got, m[1])
		}
		m := regexp.MustCompile(`href="(/log\?before=[0-9]+)#entries" rel="next"`).FindStringSubmatch(body)
		if m == nil {
			break
		}
		path = m[1]
	}
	if len(got) != size || got[0] != fmt.Sprint(size-1) || got[size-1] != "0" {
		t.Errorf("the pages list %d entries, want %d", len(got), size)
	}
	if body := w.page("/log/255"); !strings.Contains(body, string(w.entries[255].Leaf)) {
		t.Error("entry 255 has not its own commitment")
	}
	if body := w.page("/log/256"); !strings.Contains(body, string(w.entries[256].Leaf)) {
		t.Error("entry 256 has not its own commitment")
	}
}

func TestPublishedEntriesOfACase(t *testing.T) {
	w := emptyWorld(t)
	d := named1()
	var basis []int64
	for range 70 {
		basis = append(basis, w.adhere("UA", "gge-2015", "2015-12-23", 2))
	}
	basis = append(basis, w.issue(d))
	w.publish(d.Case, 1, basis...)
	w.checkpoint()
	first := w.page("/case/2026-001")
	if !strings.Contains(first, "rests on 71 entries") || !strings.Contains(first, `href="/case/2026-001?from=50"`) {
		t.Errorf("%s", excerpt(first))
	}
	if last := w.page("/case/2026-001?from=50"); !strings.Contains(last, `href="/log/70"`) || strings.Contains(last, "Further entries") {
		t.Errorf("%s", excerpt(last))
	}
}

func TestPlacesInListsAreNumbers(t *testing.T) {
	w := newWorld(t)
	for path, want := range map[string]int{
		"/findings?before=0":                      http.StatusOK,
		"/findings?before=7":                      http.StatusOK,
		"/findings?before=9223372036854775807":    http.StatusOK,
		"/findings?before=99999999999999999999":   http.StatusBadRequest,
		"/findings?before=":                       http.StatusBadRequest,
		"/findings?before=-1":                     http.StatusBadRequest,
		"/findings?before=1e3":                    http.StatusBadRequest,
		"/log?before=0":                           http.StatusOK,
		"/log?before=9223372036854775807":         http.StatusOK,
		"/log?before=%00":                         http.StatusBadRequest,
		"/case/2026-001?from=9223372036854775807": http.StatusOK,
		"/case/2026-001?from=x":                   http.StatusBadRequest,
	} {
		if got := w.get(path).Code; got != want {
			t.Errorf("GET %s = %d, want %d", path, got, want)
		}
	}
}

func TestBundlePath(t *testing.T) {
	for want, at := range map[string][2]int64{
		"tile/entries/000":           {0, 256},
		"tile/entries/000.p/5":       {0, 5},
		"tile/entries/x001/234":      {1234, 256},
		"tile/entries/x001/x234/067": {1234067, 256},
	} {
		if got := bundlePath(at[0], at[1]); got != want || !tileForm.MatchString(strings.TrimPrefix(got, "tile/")) {
			t.Errorf("bundlePath(%d, %d) = %s, want %s", at[0], at[1], got, want)
		}
	}
}

func TestJudged(t *testing.T) {
	for _, c := range []struct {
		verdict     finding.Verdict
		force, want string
	}{
		{finding.Met, "political", "broken: all elements are met"},
		{finding.Met, "proposal", "all elements are met, but it did not bind"},
		{finding.Met, "none", "all elements are met, but it did not bind"},
		{finding.Met, "nonsense", "all elements are met, but it did not bind"},
		{finding.NotMet, "legal", "not broken: an element is not met"},
		{finding.Undetermined, "legal", "undetermined"},
	} {
		if got := judged(finding.Clause{Verdict: c.verdict, Force: c.force}); got != c.want {
			t.Errorf("judged(%s at %s) = %q, want %q", c.verdict, c.force, got, c.want)
		}
	}
}

func BenchmarkFindingShow(b *testing.B) { benchmark(b, "/finding/2026-001/2") }
func BenchmarkHome(b *testing.B)        { benchmark(b, "/") }
func BenchmarkLog(b *testing.B)         { benchmark(b, "/log") }

func benchmark(b *testing.B, path string) {
	w := newWorld(b)
	for b.Loop() {
		w.page(path)
	}
}
