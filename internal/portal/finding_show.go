package portal

import (
	"context"
	"net/http"
	"slices"

	"solferino/finding"
	"solferino/proof"
	"solferino/record"
)

// findingShow shows one version of a finding, whatever became of it.
func (s *site) findingShow(r *http.Request, at tip) (any, error) {
	all, i, err := s.named(r.Context(), r.PathValue("case"), r.PathValue("version"), at.Size)
	if err != nil {
		return nil, err
	}
	d, err := s.document(all[i])
	if err != nil {
		return nil, err
	}
	reason, err := s.withdrawal(r.Context(), all[i], at.Size)
	if err != nil {
		return nil, err
	}
	return foldFinding(all, i, d, reason), nil
}

// named returns the published versions of a case, and which of them is meant.
func (s *site) named(ctx context.Context, name, number string, size int64) ([]version, int, error) {
	id := record.Subject("case/" + name)
	n, ok := wholeNumber(number)
	if !ok || id.Validate() != nil {
		return nil, 0, errNotFound
	}
	all, err := s.versions(ctx, id, size)
	if err != nil {
		return nil, 0, err
	}
	i := slices.IndexFunc(all, func(v version) bool { return int64(v.Number) == n })
	if i < 0 {
		return nil, 0, errNotFound
	}
	return all, i, nil
}

// withdrawal returns why a version was withdrawn, where that is published.
func (s *site) withdrawal(ctx context.Context, v version, size int64) (string, error) {
	if v.State != proof.Withdrawn {
		return "", nil
	}
	chain, err := s.DB.Chain(ctx, v.Case)
	if err != nil {
		return "", err
	}
	for _, e := range chain {
		if e.Kind != (finding.Withdrawn{}).Kind() {
			continue
		}
		if ok, err := s.shown(ctx, e.Index, size); err != nil || !ok {
			return "", err
		}
		r, err := s.kinds.Decode(e.Record)
		if err != nil {
			return "", err
		}
		if act, ok := r.Act.(finding.Withdrawn); ok && act.Version == v.Number {
			return act.Reason, nil
		}
	}
	return "", nil
}
