package tlog

import (
	"fmt"
	"strings"

	"solferino/proof"
)

// Pending says that the witnesses who have seen what the log signed do not
// make the quorum, and who is missing. It wraps [ErrPending].
type Pending struct {
	Size   int64    // entries that the log has signed
	Seen   []string // witnesses that cosigned, by their names in the policy
	Absent []Absence
	// Unasked means that nothing more was signed, because the witnesses have to
	// be asked first what they remember: those in Seen were.
	Unasked bool
}

// An Absence says why a witness has not cosigned.
type Absence struct {
	Name string `json:"name"`
	Why  string `json:"why"`
}

// Error says who is missing, and why.
func (p *Pending) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v: %d of %d witnesses ", ErrPending, len(p.Seen), len(p.Seen)+len(p.Absent))
	if p.Unasked {
		b.WriteString("can be asked what they remember")
	} else {
		fmt.Fprintf(&b, "have seen size %d", p.Size)
	}
	for _, a := range p.Absent {
		fmt.Fprintf(&b, "; witness %s: %s", a.Name, a.Why)
	}
	return b.String()
}

// Unwrap returns [ErrPending].
func (p *Pending) Unwrap() error { return ErrPending }

// pending says who is missing on a note.
func (t *Tree) pending(signed []byte, absent map[string]error) error {
	c, by, err := proof.ParseCheckpoint(signed, t.c.Policy.WithoutQuorum())
	if err != nil {
		return err
	}
	p := &Pending{Size: c.Size}
	t.missing(p, by, absent)
	return p
}

// unasked says who could not be asked what they remember.
func (t *Tree) unasked(by []proof.Cosigner, absent map[string]error, head Head) error {
	p := &Pending{Size: head.Size, Unasked: true}
	t.missing(p, by, absent)
	return p
}

// missing fills in who is there and who is not, in the order of the policy.
func (t *Tree) missing(p *Pending, by []proof.Cosigner, absent map[string]error) {
	has := make(map[string]bool)
	for _, w := range by {
		has[w.Name] = true
	}
	for _, w := range t.c.Policy.Witnesses() {
		_, asked := t.c.Witnesses[w.Name]
		err, answered := absent[w.Name]
		switch {
		case has[w.Name]:
			p.Seen = append(p.Seen, w.Name)
		case !asked:
			p.Absent = append(p.Absent, Absence{w.Name, "the policy names no address of it"})
		case !answered:
			p.Absent = append(p.Absent, Absence{w.Name, "it did not answer before the deadline"})
		case err != nil:
			p.Absent = append(p.Absent, Absence{w.Name, err.Error()})
		default:
			p.Absent = append(p.Absent, Absence{w.Name, "it did not sign with this key"})
		}
	}
}
