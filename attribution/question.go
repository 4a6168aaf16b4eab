package attribution

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrQuestion is wrapped by every error about a question that cannot be
// answered as it stands.
var ErrQuestion = errors.New("question refused")

// Question is what Rank is asked about one incident.
type Question struct {
	Items []Item `json:"items"`

	// ExcludedSources are the ids of all sources that tell of this incident.
	// They are taken out of every profile, or the answer would be copied.
	ExcludedSources []string `json:"excluded_sources"`

	// Circular are the ids of software known from this incident alone. It
	// identifies nobody and is left out.
	Circular []string `json:"circular"`

	Seed      [32]byte `json:"seed"`      // decides which reports each resample draws
	Resamples int      `json:"resamples"` // 0 for 200, at most 10000
}

const (
	defaultResamples = 200
	maxResamples     = 10_000
)

// prepare gives a checked copy of q whose lists are sorted, so that the order
// in which a question is written down means nothing.
func (q Question) prepare() (Question, error) {
	if q.Resamples == 0 {
		q.Resamples = defaultResamples
	}
	if q.Resamples < 0 || q.Resamples > maxResamples {
		return q, fmt.Errorf("%d resamples, want 1 to %d: %w", q.Resamples, maxResamples, ErrQuestion)
	}
	q.ExcludedSources, q.Circular = sorted(q.ExcludedSources), sorted(q.Circular)
	q.Items = slices.Clone(q.Items)
	slices.SortFunc(q.Items, func(x, y Item) int { return strings.Compare(x.ID, y.ID) })
	for i := range q.Items {
		it := &q.Items[i]
		if i > 0 && it.ID == q.Items[i-1].ID {
			return q, fmt.Errorf("item %q occurs twice: %w", it.ID, ErrQuestion)
		}
		if err := it.check(); err != nil {
			return q, fmt.Errorf("item %q: %w: %w", it.ID, err, ErrQuestion)
		}
		it.Origins = sorted(it.Origins)
	}
	return q, nil
}
