package attribution

import (
	"fmt"
	"reflect"
	"slices"
)

// Merge gives the union of a and b, which it leaves as they are. What has one
// id in both must be told alike in both; anything else is refused rather than
// settled here. Two actors are never joined because their names agree: an
// import stays a knowledge, and its actors stay actors, of their own.
func Merge(a, b *Knowledge) (*Knowledge, error) {
	u := Knowledge{Version: a.Version}
	if b.Version != a.Version {
		u.Version += "; " + b.Version
	}
	u.Notices = slices.Clone(a.Notices)
	for _, n := range b.Notices {
		if !slices.Contains(u.Notices, n) {
			u.Notices = append(u.Notices, n)
		}
	}
	var err error
	if u.Sources, err = union(a.Sources, b.Sources, func(s Source) string { return "source " + s.ID }); err != nil {
		return nil, err
	}
	if u.Techniques, err = union(a.Techniques, b.Techniques, func(t Technique) string { return "technique " + t.ID }); err != nil {
		return nil, err
	}
	if u.Software, err = union(a.Software, b.Software, func(s Software) string { return "software " + s.ID }); err != nil {
		return nil, err
	}
	if u.Actors, err = union(a.Actors, b.Actors, func(x Actor) string { return "actor " + x.ID }); err != nil {
		return nil, err
	}
	if u.Reports, err = union(a.Reports, b.Reports, func(r Report) string { return "report of " + r.Source + " about " + r.Actor }); err != nil {
		return nil, err
	}
	return New(u)
}

// union lists what is in a or in b, once.
func union[T any](a, b []T, name func(T) string) ([]T, error) {
	told := make(map[string]T, len(a))
	for _, x := range a {
		told[name(x)] = x
	}
	all := slices.Clone(a)
	for _, x := range b {
		before, both := told[name(x)]
		if !both {
			all = append(all, x)
			continue
		}
		if !reflect.DeepEqual(before, x) {
			return nil, fmt.Errorf("the two tell different things as %s: %w", name(x), ErrKnowledge)
		}
	}
	return all, nil
}
