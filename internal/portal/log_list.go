package portal

import (
	"context"
	"net/http"

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
	v.Entries, err = s.logPage(r.Context(), v.Next, before, at.Size)
	return v, err
}

// logPage returns the entries from index from up to before, the last first.
func (s *site) logPage(ctx context.Context, from, before, size int64) ([]logLine, error) {
	rows, err := s.DB.Published(ctx, from, perLog)
	if err != nil {
		return nil, err
	}
	public := map[int64]bool{}
	for _, row := range rows {
		public[row.Index] = row.By < size
	}
	var indexes []int64
	for index := before - 1; index >= from; index-- {
		indexes = append(indexes, index)
	}
	return s.logLines(indexes, size, func(index int64) bool { return public[index] })
}

// logLines returns entries of the log, and what they are where they are public.
func (s *site) logLines(indexes []int64, size int64, public func(int64) bool) ([]logLine, error) {
	leaves, err := s.public.leaves(size, indexes...)
	if err != nil {
		return nil, err
	}
	list := make([]logLine, len(leaves))
	for i, leaf := range leaves {
		list[i] = logLine{Index: indexes[i], Leaf: leaf}
		if !public(indexes[i]) {
			continue
		}
		if err := s.open(&list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// open fills in what a published entry is.
func (s *site) open(l *logLine) error {
	o, err := s.public.opening(l.Index, l.Leaf)
	if err != nil {
		return err
	}
	env, what, err := unfold(o)
	if err != nil {
		return err
	}
	l.Public, l.Kind, l.Subject = true, what.Kind, env.Subject
	return nil
}
