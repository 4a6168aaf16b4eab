package finding

import (
	"fmt"
	"regexp"
	"strings"
)

// Percent writes a probability for people: whole percent, never 0 or 100.
func Percent(p float64) string {
	switch {
	case p < 0.01:
		return "under 1 %"
	case p > 0.99:
		return "over 99 %"
	}
	return fmt.Sprintf("%.0f %%", p*100)
}

// Likelihood writes number, interval and word of h: "88 % (15 to 93 %), very
// likely".
func (h Hypothesis) Likelihood() string { return h.Range() + ", " + h.Word }

// Range writes number and interval of h: "88 % (15 to 93 %)".
func (h Hypothesis) Range() string {
	return fmt.Sprintf("%s (%s to %s)", Percent(h.P), strings.TrimSuffix(Percent(h.Low), " %"), Percent(h.High))
}

var confidenceWord = regexp.MustCompile(`(?i)\bconfidence\b`)

var likelihoodWord = regexp.MustCompile(`(?i)\b(almost no chance|remote|(very |un|highly )?likely|(highly )?improbable|` +
	`roughly even|(highly )?probable|almost certain|nearly certain)\b|\d ?%`)

// Lint returns the sentences of text that speak of likelihood and of
// confidence at once. ICD 203 (2015), section D.6.e.(2)(b), forbids to mix
// them, since readers take one for the other.
func Lint(text string) []string {
	var mixed []string
	for _, s := range strings.FieldsFunc(text, func(r rune) bool { return r == '.' || r == '\n' || r == ';' }) {
		if confidenceWord.MatchString(s) && likelihoodWord.MatchString(s) {
			mixed = append(mixed, strings.TrimSpace(s))
		}
	}
	return mixed
}

// Text writes the finding for a terminal or a printed page.
func (d Document) Text() string {
	w := &page{}
	d.head(w)
	d.who(w)
	d.doubts(w)
	d.evidence(w)
	d.review(w)
	d.law(w)
	d.foot(w)
	return w.String()
}

// A page collects lines.
type page struct{ strings.Builder }

func (w *page) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

func (w *page) section(title string) {
	w.line("\n%s\n%s", title, strings.Repeat("-", len([]rune(title))))
}

func (d Document) head(w *page) {
	if d.Notice != "" {
		w.line("*** %s ***", d.Notice)
	}
	w.line("%s, finding on %s, version %d", d.Institution, d.Case, d.Version)
	w.line("%s", d.Title)
	if d.Change != "" {
		w.line("Changed since version %d: %s", d.Version-1, d.Change)
	}
	w.section("What happened")
	w.line("%s. %s", d.Incident.Date, d.Incident.Summary)
	w.line("States whose people were hit: %s", strings.Join(d.Incident.Victims, ", "))
	w.section("Limits")
	for _, l := range d.Limits {
		w.line("- %s", l)
	}
}

func (d Document) who(w *page) {
	w.section("Who")
	w.line("Outcome: %s", d.Outcome)
	w.line("%s", d.Sentences.Who)
	w.line("%s", d.Sentences.Confidence)
	w.line("%s", d.Sentences.State)
	for _, r := range d.Refusals {
		w.line("- not named: %s", r)
	}
	w.line("")
	for _, h := range d.Hypotheses {
		w.line("  %-28s %s", h.Label(), h.Likelihood())
	}
	w.section("Why the confidence is what it is")
	for _, s := range d.Confidence.Drivers {
		w.line("- %s", s)
	}
}

// Label names the hypothesis for readers.
func (h Hypothesis) Label() string {
	if h.Actor == "" {
		return h.Name
	}
	return h.Name + " (" + h.Actor + ")"
}

func (d Document) doubts(w *page) {
	w.section("Doubts")
	if d.FramingCost == 0 {
		w.line("Framing cost: none, for nobody is named.")
	} else {
		w.line("Framing cost: %d. Whoever planted this much would have made the answer: %s", d.FramingCost, strings.Join(d.Framing, ", "))
	}
	d.leaveOneOut(w)
	w.line("What would change this:")
	for _, c := range d.WouldChange {
		w.line("- %s", c)
	}
	w.line("%s", d.Record)
}

// leaveOneOut says how far the leader falls and rises when one thing is taken
// away, and lists only what changes who comes first.
func (d Document) leaveOneOut(w *page) {
	if len(d.Without) == 0 {
		return
	}
	least, most := d.Without[0], d.Without[0]
	for _, x := range d.Without {
		if x.P < least.P {
			least = x
		}
		if x.P > most.P {
			most = x
		}
	}
	w.line("With one thing taken away the leader has from %s (without %s) to %s (without %s).",
		Percent(least.P), least.What, Percent(most.P), most.What)
	for _, x := range d.Without {
		if x.Changed {
			w.line("- without %s another comes first: %s; the leader has %s", x.What, x.First, Percent(x.P))
		}
	}
}

func (d Document) evidence(w *page) {
	w.section("Evidence")
	for _, x := range d.Exhibits {
		w.line("- %s  %s (%s, %s%s) grade %s, TLP %s, origins %s; held by %s%s", x.ID, x.Title, x.Source, orNone(x.Published),
			Unconfirmed(x.Basis), x.Grade, x.TLP, strings.Join(x.Origins, ", "), strings.Join(x.Hands, " then "), transit(x.InTransit))
	}
	w.section("Items, with their support for the leading hypothesis in nats")
	for _, i := range d.Items {
		w.line("- %+.2f  %s %s %s  [%s] weight %.2f%s", i.Support, i.Family, i.Value, i.Name, i.ID, i.Weight, judged(i.Judgement))
	}
	for _, l := range d.LeftOut {
		w.line("- left out: %s [%s]: %s", l.Value, l.ID, l.Reason)
	}
	w.section("Sources excluded from all profiles, because they tell of this incident")
	for _, s := range d.Excluded {
		w.line("- %s %s", s.ID, s.Name)
	}
	w.line("%s", d.Effect)
	w.section("What others say (claims, not evidence here)")
	for _, c := range d.Claims {
		w.line("- %s, %s: %s (%s%s)", c.Date, c.By, c.Says, c.Source, Unconfirmed(c.Basis))
	}
}

func (d Document) review(w *page) {
	w.section("Notice to the accused")
	for _, n := range d.Notices {
		w.line("- %s was asked on %s; reply: %s", n.State, n.Sent, orNone(n.Reply))
	}
	w.section("Review")
	w.line("Round %d under statute %s: %d concur, %d dissent, %d abstain", d.Panel.Round, d.Panel.Statute,
		d.Panel.Concur, d.Panel.Dissent, d.Panel.Abstain)
	for _, s := range d.Panel.Seats {
		w.line("- %s (%s, %s, %s): %s. %s", s.Person, s.State, s.Region, s.Sector, orNone(s.Vote), s.Reason)
	}
	for _, r := range d.Panel.Recused {
		w.line("- recused: %s, %s", r.Person, r.Reason)
	}
	for _, o := range d.Panel.Dissents {
		w.line("Dissent of %s:\n%s", o.Person, o.Text)
	}
}

func (d Document) law(w *page) {
	w.section("Clauses")
	for _, c := range d.Clauses {
		w.line("%s (%s), %s on %s: force %s; %s", c.Clause, c.Instrument, c.State, c.Date, c.Force, c.Verdict)
		w.line("  %s [%s]", c.Text, c.Mark)
		for _, e := range c.Elements {
			w.line("  - %s: %s. %s", e.Name, e.Verdict, e.Because)
		}
		if c.By != "" {
			w.line("  since %s by %s", c.Since, c.By)
		}
	}
}

func (d Document) foot(w *page) {
	w.section("Computed from")
	w.line("knowledge %s, SHA-256 %s", d.Knowledge.Version, d.Knowledge.Digest)
	w.line("engine %s, result SHA-256 %s", d.Knowledge.Engine, d.Knowledge.Result)
	if d.Notice != "" {
		w.line("\n*** %s ***", d.Notice)
	}
}

// Unconfirmed returns the mark of what is on record from memory, to stand
// behind its source.
func Unconfirmed(basis string) string {
	if basis == "recall" {
		return "; from memory, unconfirmed"
	}
	return ""
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func transit(to string) string {
	if to == "" {
		return ""
	}
	return ", in transit to " + to
}

func judged(by string) string {
	if by == "" {
		return ""
	}
	return "; judgement: " + by
}
