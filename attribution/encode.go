package attribution

import (
	"bytes"
	"strconv"
)

// Encode gives the canonical text form, described at [ParseKnowledge]. Equal
// knowledge has equal bytes, and reading them gives k back.
func (k *Knowledge) Encode() []byte {
	var w lines
	w.WriteString(header + "\n")
	w.line("version", k.Version)
	for _, n := range k.Notices {
		w.line("notice", n)
	}
	for _, s := range k.Sources {
		w.source(s)
	}
	for _, t := range k.Techniques {
		w.line("technique", t.ID, t.Name)
		w.more(t.Tactics)
	}
	for _, s := range k.Software {
		w.line("software", s.ID, s.Type, s.Name)
		w.more(s.Aliases)
		if len(s.Techniques) > 0 {
			w.line("does", s.ID)
			w.more(s.Techniques)
		}
	}
	for _, a := range k.Actors {
		w.actor(a)
	}
	for _, r := range k.Reports {
		w.report(r)
	}
	return w.Bytes()
}

// lines writes facts, one a line.
type lines struct{ bytes.Buffer }

func (w *lines) line(fields ...string) {
	for i, f := range fields {
		if i > 0 {
			w.WriteByte('\t')
		}
		w.WriteString(f)
	}
	w.WriteByte('\n')
}

// more lengthens the line that was just written.
func (w *lines) more(fields []string) {
	if len(fields) == 0 {
		return
	}
	w.Truncate(w.Len() - 1)
	for _, f := range fields {
		w.WriteByte('\t')
		w.WriteString(f)
	}
	w.WriteByte('\n')
}

func (w *lines) source(s Source) {
	w.line("source", s.ID, strconv.Itoa(s.Year), s.Name)
	if s.URL != "" {
		w.more([]string{s.URL})
	}
}

func (w *lines) actor(a Actor) {
	w.line("actor", a.ID, a.Name)
	w.more(a.Aliases)
	for _, c := range a.Claims {
		w.line("claim", a.ID, c.Kind, c.Value, c.Source, c.Confidence)
	}
}

func (w *lines) report(r Report) {
	source := r.Source
	if source == "" {
		source = uncited
	}
	w.line("report", r.Actor, source)
	w.more(r.Objects)
}
