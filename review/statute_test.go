package review_test

import (
	"errors"
	"strings"
	"testing"

	"solferino/party"
	"solferino/record"
	"solferino/review"
)

// seven seats of five regions, as the founding texts would have it.
func statute() review.Statute {
	return review.Statute{Name: "public-private", Version: 1, Seats: 7, MinRegions: 5, MaxPerRegion: 2, MaxPerState: 1, MinPerSector: 1,
		MinRoster: 5, Quorum: 6, Majority: 5, NoticeHours: 72}
}

func TestAStatuteMustBePossible(t *testing.T) {
	tests := map[string]struct {
		change func(s *review.Statute)
		says   string
	}{
		"as the founding texts would have it": {func(*review.Statute) {}, ""},
		"no notice at all":                    {func(s *review.Statute) { s.NoticeHours = 0 }, ""},
		"no rule on sectors":                  {func(s *review.Statute) { s.MinPerSector = 0 }, ""},
		"everybody must agree":                {func(s *review.Statute) { s.Quorum, s.Majority = 7, 7 }, ""},
		"no name":                             {func(s *review.Statute) { s.Name = "" }, "a name and a version"},
		"version nought":                      {func(s *review.Statute) { s.Version = 0 }, "a name and a version"},
		"two seats":                           {func(s *review.Statute) { s.Seats = 2 }, "2 seats"},
		"a hundred seats":                     {func(s *review.Statute) { s.Seats = 100 }, "100 seats"},
		"no region":                           {func(s *review.Statute) { s.MinRegions = 0 }, "0 regions on 7 seats"},
		"more regions than seats":             {func(s *review.Statute) { s.MinRegions = 8 }, "8 regions on 7 seats"},
		"no seat for a region":                {func(s *review.Statute) { s.MaxPerRegion = 0 }, "one seat at least"},
		"no seat for a state":                 {func(s *review.Statute) { s.MaxPerState = 0 }, "one seat at least"},
		"less than none of a sector":          {func(s *review.Statute) { s.MinPerSector = -1 }, "-1 of each"},
		"more of the sectors than seats":      {func(s *review.Statute) { s.MinPerSector = 3 }, "3 of each of three sectors on 7 seats"},
		"no quorum":                           {func(s *review.Statute) { s.Quorum = 0 }, "quorum of 0"},
		"a quorum above the seats":            {func(s *review.Statute) { s.Quorum = 8 }, "quorum of 8"},
		"a majority of less than half":        {func(s *review.Statute) { s.Majority = 3 }, "majority of 3"},
		"a majority of just half":             {func(s *review.Statute) { s.Seats, s.Quorum, s.Majority = 8, 8, 4 }, "majority of 4"},
		"a majority above the quorum":         {func(s *review.Statute) { s.Majority = 7 }, "majority of 7"},
		"notice of less than nothing":         {func(s *review.Statute) { s.NoticeHours = -1 }, "less than nothing"},
	}
	for name, tt := range tests {
		s := statute()
		tt.change(&s)
		err := review.Adopted{Statute: s}.Validate()
		if tt.says == "" && err != nil {
			t.Errorf("%s: Validate() = %v", name, err)
		}
		if tt.says != "" && (err == nil || !strings.Contains(err.Error(), tt.says)) {
			t.Errorf("%s: Validate() = %v, want words %q", name, err, tt.says)
		}
	}
}

func TestVersionsOfAStatuteFollowEachOther(t *testing.T) {
	var b review.Book
	if _, ok := b.Current(); ok {
		t.Errorf("a statute is in force before any was adopted")
	}
	version := func(n int) record.Record {
		s := statute()
		s.Version = n
		return record.Record{Act: review.Adopted{Statute: s}}
	}
	for _, step := range []struct {
		name    string
		r       record.Record
		wraps   error
		current int
	}{
		{"the second comes first", version(2), review.ErrOutOfStep, 0},
		{"the first", version(1), nil, 1},
		{"the first again", version(1), review.ErrOutOfStep, 1},
		{"the third comes second", version(3), review.ErrOutOfStep, 1},
		{"the second", version(2), nil, 2},
	} {
		if err := b.Apply(step.r); !errors.Is(err, step.wraps) {
			t.Errorf("%s: Apply() = %v, want %v", step.name, err, step.wraps)
		}
		if s, _ := b.Current(); s.Version != step.current {
			t.Errorf("%s: version %d is in force, want %d", step.name, s.Version, step.current)
		}
	}
	if err := b.Apply(record.Record{Act: party.KeyAdded{}}); err == nil || errors.Is(err, review.ErrOutOfStep) {
		t.Errorf("a statute is given a key: %v", err)
	}
}
