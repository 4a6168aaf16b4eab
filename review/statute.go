package review

import (
	"errors"
	"fmt"

	"solferino/record"
)

// A Statute is the procedure as data: what varies between the public-private
// body of the founding text and other proposals is here and not in code.
type Statute struct {
	Name         string `json:"name"`
	Version      int    `json:"version"`
	Seats        int    `json:"seats"`          // members of a panel
	MinRegions   int    `json:"min_regions"`    // regions that a panel must span
	MaxPerRegion int    `json:"max_per_region"` // members of one region, at most
	MaxPerState  int    `json:"max_per_state"`  // members of one state, at most
	MinPerSector int    `json:"min_per_sector"` // members of each of academia, government, industry
	MinRoster    int    `json:"min_roster"`     // regions that the roster itself must span
	Quorum       int    `json:"quorum"`         // ballots that must be opened
	Majority     int    `json:"majority"`       // concurring ballots without which nothing is issued
	NoticeHours  int    `json:"notice_hours"`   // between notice to an accused state and the call of a panel
}

// Subject is where the institution's statute is kept.
const Subject record.Subject = "statute/main"

// Adopted puts a statute in force, in a subject "statute/…" of its own.
type Adopted struct {
	Statute Statute `json:"statute"`
}

func (Adopted) Kind() string { return "review.adopted/1" }

// Validate reports whether the statute can be met at all by somebody.
func (a Adopted) Validate() error {
	s := a.Statute
	switch {
	case s.Name == "" || s.Version < 1:
		return errors.New("a statute has a name and a version from 1")
	case s.Seats < 3 || s.Seats > 99:
		return fmt.Errorf("%d seats: want 3 to 99", s.Seats)
	case s.MinRegions < 1 || s.MinRegions > s.Seats:
		return fmt.Errorf("%d regions on %d seats", s.MinRegions, s.Seats)
	case s.MaxPerRegion < 1 || s.MaxPerState < 1:
		return errors.New("a region and a state have one seat at least")
	case s.MinPerSector < 0 || 3*s.MinPerSector > s.Seats:
		return fmt.Errorf("%d of each of three sectors on %d seats", s.MinPerSector, s.Seats)
	case s.Quorum < 1 || s.Quorum > s.Seats:
		return fmt.Errorf("quorum of %d on %d seats", s.Quorum, s.Seats)
	case 2*s.Majority <= s.Seats || s.Majority > s.Quorum:
		return fmt.Errorf("majority of %d: want more than half of %d seats and at most the quorum of %d", s.Majority, s.Seats, s.Quorum)
	case s.NoticeHours < 0:
		return errors.New("notice of less than nothing")
	}
	return nil
}

// A Book holds the versions of one statute, folded from its subject.
type Book struct {
	Statutes []Statute
}

// Current returns the statute in force, or false before there is one.
func (b *Book) Current() (Statute, bool) {
	if len(b.Statutes) == 0 {
		return Statute{}, false
	}
	return b.Statutes[len(b.Statutes)-1], true
}

// Apply puts a further version in force.
func (b *Book) Apply(r record.Record) error {
	act, ok := r.Act.(Adopted)
	if !ok {
		return fmt.Errorf("a statute knows no act %q", r.Act.Kind())
	}
	if want := len(b.Statutes) + 1; act.Statute.Version != want {
		return fmt.Errorf("version %d of statute %q, want %d: %w", act.Statute.Version, act.Statute.Name, want, ErrOutOfStep)
	}
	b.Statutes = append(b.Statutes, act.Statute)
	return nil
}
