package party

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"solferino/record"
)

var (
	// ErrNotPermitted means that the actor has no role that may do this.
	ErrNotPermitted = errors.New("not permitted")
	// ErrUnknownKey means that the key is not, or no longer, the actor's.
	ErrUnknownKey = errors.New("key is not valid for this actor here")
	// ErrTwice means that the same thing is said a second time.
	ErrTwice = errors.New("already on record")
	// ErrNobody means that there is no such person.
	ErrNobody = errors.New("no such person")
)

// A Person is folded from the records of one "person/…". The zero value is
// somebody who was never entered.
type Person struct {
	ID record.Subject
	Registered
	keys    []string
	revoked map[string]string // key -> reason
}

// Apply adds r to the person, or leaves them as they were and says why r is
// not allowed here and now.
func (p *Person) Apply(r record.Record) error {
	switch act := r.Act.(type) {
	case Registered:
		if p.ID != "" {
			return fmt.Errorf("%s: %w", p.ID, ErrTwice)
		}
		*p = Person{ID: r.Subject, Registered: act, keys: []string{act.Key}}
	case KeyAdded:
		if err := p.addable(r.Subject, act.Key); err != nil {
			return err
		}
		p.keys = append(p.keys, act.Key)
	case KeyRevoked:
		return p.revoke(r.Subject, act)
	default:
		return fmt.Errorf("a person knows no act %q", r.Act.Kind())
	}
	return nil
}

func (p *Person) addable(subject record.Subject, key string) error {
	if p.ID == "" {
		return fmt.Errorf("%s: %w", subject, ErrNobody)
	}
	if slices.Contains(p.keys, key) || p.revoked[key] != "" {
		return fmt.Errorf("key of %s: %w", p.ID, ErrTwice)
	}
	return nil
}

func (p *Person) revoke(subject record.Subject, act KeyRevoked) error {
	if !slices.Contains(p.keys, act.Key) {
		return fmt.Errorf("revoke a key of %s: %w", subject, ErrUnknownKey)
	}
	if p.revoked == nil {
		p.revoked = make(map[string]string)
	}
	p.revoked[act.Key] = act.Reason
	p.keys = slices.DeleteFunc(p.keys, func(k string) bool { return k == act.Key })
	return nil
}

// Keys returns the keys that are valid now, in the order in which they came.
func (p *Person) Keys() []string { return slices.Clone(p.keys) }

// Has reports whether the person holds the role.
func (p *Person) Has(role Role) bool { return slices.Contains(p.Roles, role) }

// Tied reports whether the person's employer or one of their other ties is
// among the labels, and which.
func (p *Person) Tied(labels ...string) (string, bool) {
	for _, l := range labels {
		if l != "" && (p.Employer == l || slices.Contains(p.Interests, l)) {
			return l, true
		}
	}
	return "", false
}

// Revoked returns the keys that were revoked, sorted.
func (p *Person) Revoked() []string { return slices.Sorted(maps.Keys(p.revoked)) }
