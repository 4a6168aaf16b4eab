package portal

import (
	"context"
	"net/http"
	"slices"

	"solferino/record"
)

// A logView is one page of the log, the newest entry first.
type logView struct {
	Entries   []logLine `json:"entries"`
	Next      int64     `json:"next"` // where the next page begins, as ?before=; 0 on the last
	First     bool      `json:"-"`
	Log       keyView   `json:"log"`
	Witnesses []keyView `json:"witnesses"` // that the policy names
}

// A keyView is the key of the log or of a witness.
type keyView struct {
	Name        string `json:"name"`
	Key         string `json:"key"` // as C2SP writes it
	Fingerprint string `json:"fingerprint"`
}

// A logLine is one entry: its commitment, and what it is if it is public.
type logLine struct {
	Index   int64          `json:"index"`
	Leaf    record.Digest  `json:"leaf"`
	Public  bool           `json:"public"`
	Kind    string         `json:"kind"` // "" where it is sealed
	Subject record.Subject `json:"subject"`
}

// Says returns what the act is in words.
func (l logLine) Says() string { return named(deeds, l.Kind) }

// perLog is how many entries a page of the log shows.
const perLog = 50

// logList shows the log, page by page.
func (s *site) logList(r *http.Request, at tip) (any, error) {
	before, err := place(r.URL.Query(), "before", at.Size)
	if err != nil {
		return nil, err
	}
	before = min(before, at.Size)
	v := logView{First: before == at.Size, Next: max(0, before-perLog)}
	v.Log = keyView{s.Policy.Origin(), s.Policy.LogKey(), string(s.Policy.LogFingerprint())}
	for _, w := range s.Policy.Witnesses() {
		v.Witnesses = append(v.Witnesses, keyView{w.Name, w.Key(), string(w.Fingerprint())})
	}
	v.Entries, err = s.logLines(r.Context(), v.Next, before, at)
	return v, err
}

// logLines returns the entries from index from up to before, the last first.
func (s *site) logLines(ctx context.Context, from, before int64, at tip) ([]logLine, error) {
	leaves, err := s.public.leaves(from, before, at.Size)
	if err != nil {
		return nil, err
	}
	rows, err := s.DB.Published(ctx, from, perLog)
	if err != nil {
		return nil, err
	}
	list := make([]logLine, len(leaves))
	for i, leaf := range leaves {
		list[i] = logLine{Index: from + int64(i), Leaf: leaf}
	}
	for _, row := range rows {
		if row.Index >= before || row.By >= at.Size {
			continue
		}
		if err := s.open(&list[row.Index-from]); err != nil {
			return nil, err
		}
	}
	slices.Reverse(list)
	return list, nil
}

// logLine returns one entry.
func (s *site) logLine(ctx context.Context, index int64, at tip) (logLine, error) {
	leaf, err := s.public.leaf(index, at.Size)
	if err != nil {
		return logLine{}, err
	}
	l := logLine{Index: index, Leaf: leaf}
	public, err := s.shown(ctx, index, at.Size)
	if err != nil || !public {
		return l, err
	}
	return l, s.open(&l)
}

// open fills in what a published entry is.
func (s *site) open(l *logLine) error {
	o, err := s.public.opening(l.Index, l.Leaf)
	if err != nil {
		return err
	}
	c, err := newCard(o)
	if err != nil {
		return err
	}
	l.Public, l.Kind, l.Subject = true, c.Kind, c.Subject
	return nil
}

// deeds says what kinds of acts are, for people.
var deeds = map[string]string{
	"attribution.claimed/1":   "Somebody outside claims who did it",
	"attribution.computed/1":  "An analysis was computed",
	"attribution.excluded/1":  "Sources were excluded from the profiles",
	"attribution.imported/1":  "Public knowledge was imported",
	"casebook.notified/1":     "A state was asked for its view",
	"casebook.opened/1":       "A case was opened",
	"casebook.replied/1":      "A state replied",
	"convention.adhered/1":    "A state took a step about an instrument",
	"convention.reserved/1":   "A state reserved, objected to or interpreted a clause",
	"evidence.accepted/1":     "An exhibit was taken over",
	"evidence.contradicted/1": "An observation was contradicted",
	"evidence.derived/1":      "Observations were drawn from an exhibit",
	"evidence.offered/1":      "An exhibit was offered for hand-over",
	"evidence.received/1":     "An exhibit was received",
	"finding.assessed/1":      "A clause was assessed",
	"finding.issued/1":        "A finding was issued",
	"finding.withdrawn/1":     "A finding was withdrawn",
	"party.founded/1":         "The institution was founded",
	"party.key-added/1":       "A person got a further key",
	"party.key-revoked/1":     "A key was revoked",
	"party.registered/1":      "A person was registered",
	"record.published/1":      "Entries were published",
	"review.adopted/1":        "A statute was adopted",
	"review.called/1":         "A panel was called",
	"review.closed/1":         "The sealing of ballots was closed",
	"review.dissented/1":      "A member dissented",
	"review.opened/1":         "A ballot was opened",
	"review.recused/1":        "A person recused themselves",
	"review.sealed/1":         "A ballot was sealed",
	"review.seated/1":         "A panel was seated by lot",
}
