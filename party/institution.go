package party

import (
	"fmt"
	"slices"
	"strings"

	"solferino/record"
)

// An Institution is folded from the records of "institution/…". The zero value
// is one that was not founded yet.
type Institution struct {
	ID      record.Subject
	Founder record.Subject
	Founded
}

// Apply adds r to the institution, or says why r is not allowed.
func (n *Institution) Apply(r record.Record) error {
	act, ok := r.Act.(Founded)
	if !ok {
		return fmt.Errorf("an institution knows no act %q", r.Act.Kind())
	}
	if n.ID != "" {
		return fmt.Errorf("%s is founded: %w", n.ID, ErrTwice)
	}
	*n = Institution{ID: r.Subject, Founder: r.Actor, Founded: act}
	return nil
}

// Permit reports whether somebody with these roles may say acts of this kind.
// What the institution granted to nobody, nobody may do.
func (n *Institution) Permit(kind string, roles []Role) error {
	i, ok := slices.BinarySearchFunc(n.Grants, kind, func(m Mandate, kind string) int {
		return strings.Compare(m.Kind, kind)
	})
	if !ok {
		return fmt.Errorf("%s is granted to no role: %w", kind, ErrNotPermitted)
	}
	for _, r := range roles {
		if slices.Contains(n.Grants[i].Roles, r) {
			return nil
		}
	}
	return fmt.Errorf("%s needs one of the roles %v: %w", kind, n.Grants[i].Roles, ErrNotPermitted)
}

// Holds reports whether the key (in the form of [record.FormatKey]) is the
// actor's: one of the person that is valid at this place of the log, the
// host's, or, at the very start when there is no person yet, the founder's.
func Holds(n *Institution, p *Person, actor record.Subject, key string) error {
	if slices.Contains(validKeys(n, p, actor), key) {
		return nil
	}
	return fmt.Errorf("%s: %w: %w", actor, ErrUnknownKey, record.ErrBadSignature)
}

func validKeys(n *Institution, p *Person, actor record.Subject) []string {
	switch {
	case actor.Noun() == "host" && actor.Name() == n.ID.Name():
		return []string{n.Host}
	case p != nil && p.ID != "":
		return p.Keys()
	case actor == n.Founder:
		return []string{n.Founded.Founder}
	}
	return nil
}

// RolesOf returns what the actor may be: the person's roles, the host's one,
// or, before there is any person, the founder's as trustee and registrar.
func RolesOf(n *Institution, p *Person, actor record.Subject) []Role {
	switch {
	case actor.Noun() == "host" && actor.Name() == n.ID.Name():
		return []Role{Host}
	case p != nil && p.ID != "":
		return p.Roles
	case actor == n.Founder:
		return []Role{Registrar, Trustee}
	}
	return nil
}
