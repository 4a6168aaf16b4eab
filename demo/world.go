package demo

import (
	"slices"

	"solferino/convention"
	"solferino/party"
	"solferino/record"
	"solferino/review"
)

// A World is everything that a demonstration begins with.
type World struct {
	Institution string // its name
	Notice      string // shown on every page and bundle
	Statute     review.Statute
	Officers    []Person    // those who run cases, sorted by id
	Roster      []Person    // those who can be drawn, sorted by id
	Adherence   []Adherence // sorted by state
	Cases       []Case      // by date of the incident
}

// A Person is fictional. The key is missing: whoever seeds a demonstration
// makes one.
type Person struct {
	ID        record.Subject `json:"id"`
	State     string         `json:"state"`
	Region    string         `json:"region"`
	Sector    string         `json:"sector"`
	Employer  string         `json:"employer"`
	Interests []string       `json:"interests"`
	Roles     []party.Role   `json:"roles"`
}

// Registered returns the act that enters the person with this key.
func (p Person) Registered(key string) party.Registered {
	return party.Registered{
		State: p.State, Region: p.Region, Sector: p.Sector, Employer: p.Employer,
		Interests: slices.Clone(p.Interests), Roles: slices.Clone(p.Roles), Key: key,
	}
}

// An Adherence is what one state did about instruments, as far as we compiled
// it. A state that is missing here may have done the same.
type Adherence struct {
	State string               `json:"state"`
	Acts  []convention.Adhered `json:"acts"` // by date
}

// Subject returns the subject on whose record the acts belong.
func (a Adherence) Subject() record.Subject { return record.Subject("state/" + a.State) }
