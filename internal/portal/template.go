package portal

import (
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
	"time"

	"solferino/convention"
	"solferino/finding"
	"solferino/party"
	"solferino/record"
)

//go:embed ui
var uiFiles embed.FS

// parsePages reads the templates: one for each folder of ui, by its name, each
// with what is in ui/layout. It panics where they do not parse, which the tests
// of this package rule out.
func parsePages() map[string]*template.Template {
	layout := template.Must(template.New("").Funcs(words).ParseFS(uiFiles, "ui/layout/*.html"))
	files, err := fs.Glob(uiFiles, "ui/*/page.html")
	if err != nil {
		panic("portal: " + err.Error())
	}
	pages := map[string]*template.Template{}
	for _, f := range files {
		own := template.Must(layout.Clone())
		pages[path.Base(path.Dir(f))] = template.Must(own.ParseFS(uiFiles, f))
	}
	return pages
}

// words are what templates can say about a value.
var words = template.FuncMap{
	"percent":    func(p float64) string { return spaced(finding.Percent(p)) },
	"spaced":     spaced,
	"date":       func(t time.Time) string { return t.UTC().Format("2 January 2006") },
	"signed":     signed,
	"fraction":   func(x float64) string { return fmt.Sprintf("%.2f", x) },
	"moment":     func(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04:05 UTC") },
	"stamp":      func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	"day":        day,
	"join":       func(list []string) string { return strings.Join(list, ", ") },
	"upper":      strings.ToUpper,
	"who":        func(person string) string { return record.Subject(person).Name() },
	"region":     func(id string) string { return named(regionNames, id) },
	"vote":       func(v string) string { return named(voteNames, v) },
	"relation":   func(r convention.Relation) string { return relationNames[r] },
	"duty":       func(k convention.ClauseKind) string { return named(dutyNames, string(k)) },
	"judged":     judged,
	"basis":      func(b string) string { return named(basisNames, b) },
	"addressee":  func(a convention.Addressee) string { return named(addresseeNames, string(a)) },
	"stepped":    func(step string) string { return named(stepNames, step) },
	"clausePath": clausePath,
	"pillar":     func(id convention.ClauseID) string { return pillarNames[id] },
	"statePath":  statePath,
	"web":        web,
}

func signed(x float64) string {
	if x < 0 {
		return fmt.Sprintf("−%.2f", -x)
	}
	return fmt.Sprintf("+%.2f", x)
}

// judged says what the verdict on its elements means for a clause. Where it did
// not bind it cannot have been broken.
func judged(c finding.Clause) string {
	force, err := convention.ParseForce(c.Force)
	bound := err == nil && convention.Binding{Force: force}.Bound()
	switch {
	case c.Verdict == finding.Met && bound:
		return "broken: all elements are met"
	case c.Verdict == finding.Met:
		return "all elements are met, but it did not bind"
	case c.Verdict == finding.NotMet:
		return "not broken: an element is not met"
	}
	return string(c.Verdict)
}

// spaced keeps a number and its per cent sign on one line.
func spaced(text string) string { return strings.ReplaceAll(text, " %", "\u00a0%") }

// day writes YYYY-MM-DD for people; what is no day stays as it is.
func day(iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return t.Format("2 January 2006")
}

// web returns the address if a browser may be sent there, else "".
func web(address string) string {
	if strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://") {
		return address
	}
	return ""
}

// clausePath returns where a clause or pillar is explained, or "" for what the
// register does not know.
func clausePath(id any) string {
	c := convention.ClauseID(fmt.Sprint(id)) // a string in a document, a ClauseID elsewhere
	if c.Pillar() {
		return "/convention#" + string(c)
	}
	known, ok := convention.BuiltIn().Clause(c)
	if !ok {
		return ""
	}
	return "/clause/" + string(c.Instrument()) + "/" + known.Label
}

// statePath returns the page of a state, or "" for what is no code of one.
func statePath(code string) string {
	if party.ValidState(code) != nil {
		return ""
	}
	return "/state/" + code
}
