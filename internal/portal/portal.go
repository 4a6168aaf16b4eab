package portal

import (
	"html/template"
	"log/slog"
	"net/http"
	"os"

	"solferino/casebook"
	"solferino/internal/store"
	"solferino/proof"
	"solferino/record"
)

// Config is what the portal shows, and by whose word. All but Notice and Log
// must be set.
type Config struct {
	DB *store.DB
	// Public holds what anyone may have: "checkpoint", "status",
	// "tile/…", "opening/<index>.json", "attachment/<commit>" and
	// "bundle/<case>.<version>.finding".
	Public      *os.Root
	Policy      *proof.Policy // by which a checkpoint counts
	Institution string
	Notice      string       // shown on every page, as "DEMONSTRATION"; or ""
	Log         *slog.Logger // told what no visitor can mend; nil tells nobody
}

// A site serves the pages. It may be used by many goroutines.
type site struct {
	Config
	public    *public
	summaries *summaries
	pages     map[string]*template.Template
	kinds     record.Table // of acts that are understood
}

// New returns the public pages. It answers GET and HEAD and nothing else.
func New(c Config) http.Handler {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s := &site{
		Config:    c,
		public:    &public{root: c.Public, policy: c.Policy},
		summaries: &summaries{known: map[string]summary{}},
		pages:     parsePages(),
		kinds:     casebook.Kinds(),
	}
	mux := http.NewServeMux()
	s.routePages(mux)
	s.routeFiles(mux)
	return s.guard(mux)
}

func (s *site) routePages(mux *http.ServeMux) {
	for _, p := range []struct {
		pattern, name string
		read          reader
	}{
		{"/{$}", "home", s.homeShow},
		{"/findings", "findings", s.findingList},
		{"/finding/{case}/{version}", "finding", s.findingShow},
		{"/case/{case}", "case", s.caseShow},
		{"/convention", "convention", s.conventionList},
		{"/convention/{instrument}", "instrument", s.instrumentShow},
		{"/clause/{instrument}/{label}", "clause", s.clauseShow},
		{"/state/{state}", "state", s.stateShow},
		{"/log", "log", s.logList},
		{"/log/{index}", "entry", s.entryShow},
		{"/method", "method", s.methodShow},
	} {
		mux.Handle(p.pattern, s.page(p.name, p.read))
		if alias, ok := jsonAlias(p.pattern); ok {
			mux.Handle(alias, s.page(p.name, p.read))
		}
	}
	mux.Handle("/", s.page("problem", nothing))
}

func (s *site) routeFiles(mux *http.ServeMux) {
	mux.HandleFunc("/style.css", s.asset("ui/style.css", "text/css; charset=utf-8"))
	mux.HandleFunc("/icon.svg", s.asset("ui/icon.svg", "image/svg+xml"))
	mux.HandleFunc("/checkpoint", s.file(always("checkpoint"), fresh))
	mux.HandleFunc("/status", s.file(always("status"), fresh))
	mux.HandleFunc("/tile/{path...}", s.file(tileName, tile))
	mux.HandleFunc("/opening/{name}", s.file(s.openingName, opening))
	mux.HandleFunc("/attachment/{commit}", s.file(attachmentName, download))
	mux.HandleFunc("/bundle/{name}", s.file(s.bundleName, download))
}
