package casebook

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"solferino/party"
	"solferino/record"
)

// Opened begins a case. Who was hit decides, with the claims that name
// somebody, who may not judge.
type Opened struct {
	Title   record.Attachment `json:"title"`   // text: one line, then what happened
	Date    string            `json:"date"`    // of the incident, YYYY-MM-DD
	Victims []string          `json:"victims"` // states whose people or networks were hit, sorted
	Parties []string          `json:"parties"` // labels of organisations that are victims or vendors, sorted
}

// Notified asks an accused state for its view, before review.
type Notified struct {
	State string            `json:"state"`
	Text  record.Attachment `json:"text"`
}

// Replied puts the answer of an accused state on record.
type Replied struct {
	State string            `json:"state"`
	Text  record.Attachment `json:"text"`
}

// Published names entries of the log whose openings are public from here on.
// The host signs it, for anyone can recompute which entries a finding rests on.
type Published struct {
	Finding record.Subject `json:"finding"` // the case
	Version int            `json:"version"`
	Entries []int64        `json:"entries"` // indexes in the log, ascending
}

func (Opened) Kind() string    { return "casebook.opened/1" }
func (Notified) Kind() string  { return "casebook.notified/1" }
func (Replied) Kind() string   { return "casebook.replied/1" }
func (Published) Kind() string { return "record.published/1" }

var dateForm = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)

func (a Opened) Validate() error {
	if !dateForm.MatchString(a.Date) {
		return fmt.Errorf("date %q: want YYYY-MM-DD", a.Date)
	}
	for _, s := range a.Victims {
		if err := party.ValidState(s); err != nil {
			return err
		}
	}
	if !slices.IsSorted(a.Victims) || !slices.IsSorted(a.Parties) {
		return errors.New("victims or parties are not sorted")
	}
	return a.Title.Validate()
}

func (a Notified) Validate() error {
	return errors.Join(party.ValidState(a.State), a.Text.Validate())
}

func (a Replied) Validate() error {
	return errors.Join(party.ValidState(a.State), a.Text.Validate())
}

func (a Published) Validate() error {
	if len(a.Entries) == 0 || a.Version < 1 {
		return errors.New("a publication names a version and its entries")
	}
	for i, n := range a.Entries {
		if n < 0 || i > 0 && a.Entries[i-1] >= n {
			return fmt.Errorf("entry %d is out of order or named twice", n)
		}
	}
	return a.Finding.Validate()
}
