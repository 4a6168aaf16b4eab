package portal

import (
	"context"
	"fmt"
	"sync"
	"time"

	"solferino/finding"
	"solferino/internal/store"
	"solferino/proof"
	"solferino/record"
)

// shown reports whether the opening of an entry is public as of a checkpoint of
// this size.
func (s *site) shown(ctx context.Context, index, size int64) (bool, error) {
	_, ok, err := s.publication(ctx, index, size)
	return ok, err
}

// publication returns the entry that made another public, if one did.
func (s *site) publication(ctx context.Context, index, size int64) (by int64, ok bool, err error) {
	if index < 0 || index >= size {
		return 0, false, nil
	}
	rows, err := s.DB.Published(ctx, index, 1)
	if err != nil || len(rows) == 0 || rows[0].Index != index || rows[0].By >= size {
		return 0, false, err
	}
	return rows[0].By, true, nil
}

// A version is one published version of a finding.
type version struct {
	Case    record.Subject  `json:"case"`
	Number  int             `json:"version"`
	State   proof.State     `json:"state"`
	Outcome finding.Outcome `json:"outcome"`
	Issued  time.Time       `json:"issued"`
	Entry   int64           `json:"entry"`
	commit  record.Digest   // of the document
}

// Path returns where the version is shown.
func (v version) Path() string { return fmt.Sprintf("/finding/%s/%d", v.Case.Name(), v.Number) }

// Bundle returns the name of the file that proves the version.
func (v version) Bundle() string { return fmt.Sprintf("%s.%d.finding", v.Case.Name(), v.Number) }

// versions returns the published versions of the finding of a case, the first
// first. What became of a version follows from the others that are published,
// so that no trace of the rest is seen.
func (s *site) versions(ctx context.Context, id record.Subject, size int64) ([]version, error) {
	rows, err := s.DB.FindingsOf(ctx, id)
	if err != nil {
		return nil, err
	}
	var list []version
	for _, r := range rows {
		ok, err := s.shown(ctx, r.Index, size)
		if err != nil {
			return nil, err
		}
		if ok {
			list = append(list, newVersion(r))
		}
	}
	for i := range list {
		if i < len(list)-1 && list[i].State != proof.Withdrawn {
			list[i].State = proof.Superseded
		}
	}
	return list, nil
}

func newVersion(r store.FindingRow) version {
	v := version{Case: r.Case, Number: r.Version, State: proof.Issued, Outcome: finding.Outcome(r.Outcome),
		Issued: r.Issued, Entry: r.Index, commit: r.Document.Commit}
	if r.State == string(proof.Withdrawn) {
		v.State = proof.Withdrawn
	}
	return v
}

// A summary is what a list says of a finding.
type summary struct {
	Title      string `json:"title"`
	Date       string `json:"date"`
	Who        string `json:"who"`
	Confidence string `json:"confidence"`
}

// A line is a version in a list.
type line struct {
	version
	summary
}

// scanned is how many rows of findings are read for one page at most, in steps.
const (
	scanned  = 200
	scanStep = 25
)

// findings returns up to n published versions whose entries stand before an
// index, the newest first, and where the next page begins, or 0.
//
// BUG: where more than [scanned] findings in a row wait for publication, the
// page is short and the address of the next one gives the index of one of them
// away. The store could join what is published, and does not.
func (s *site) findings(ctx context.Context, size, before int64, n int) (list []line, next int64, err error) {
	before = min(before, size)
	for range scanned / scanStep {
		if before <= 0 {
			return list, 0, nil
		}
		rows, err := s.DB.Findings(ctx, store.FindingKey{Index: before}, scanStep)
		if err != nil {
			return nil, 0, err
		}
		for _, r := range rows {
			if len(list) == n {
				return list, before, nil
			}
			before = r.Index
			if list, err = s.appendShown(ctx, list, r, size); err != nil {
				return nil, 0, err
			}
		}
		if len(rows) < scanStep {
			return list, 0, nil
		}
	}
	return list, before, nil
}

func (s *site) appendShown(ctx context.Context, list []line, r store.FindingRow, size int64) ([]line, error) {
	if ok, err := s.shown(ctx, r.Index, size); err != nil || !ok {
		return list, err
	}
	all, err := s.versions(ctx, r.Case, size)
	if err != nil {
		return list, err
	}
	for _, v := range all {
		if v.Number != r.Version {
			continue
		}
		about, err := s.summary(v)
		if err != nil {
			return list, err
		}
		list = append(list, line{v, about})
	}
	return list, nil
}

// summaries remembers what documents say in short. Documents never change, so
// neither does what is remembered.
type summaries struct {
	mu    sync.Mutex
	known map[string]summary // by commitment and path; mu
}

// maxSummaries bounds what is remembered.
const maxSummaries = 4096

// summary returns what a list says of a version.
func (s *site) summary(v version) (summary, error) {
	key := string(v.commit) + v.Path()
	s.summaries.mu.Lock()
	about, ok := s.summaries.known[key]
	s.summaries.mu.Unlock()
	if ok {
		return about, nil
	}
	d, err := s.document(v)
	if err != nil {
		return summary{}, err
	}
	about = summary{d.Title, d.Incident.Date, d.Sentences.Who, d.Sentences.Confidence}
	s.summaries.keep(key, about)
	return about, nil
}

func (m *summaries) keep(key string, about summary) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.known) >= maxSummaries {
		clear(m.known)
	}
	m.known[key] = about
}

// document reads the document of a version, which must say that it is this one.
func (s *site) document(v version) (finding.Document, error) {
	d, err := s.public.document(v.commit)
	if err != nil {
		return finding.Document{}, err
	}
	if d.Case != v.Case || d.Version != v.Number {
		return finding.Document{}, fmt.Errorf("%w: the document of %s version %d is that of %s version %d",
			errDamaged, v.Case, v.Number, d.Case, d.Version)
	}
	return d, nil
}
