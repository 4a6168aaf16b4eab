package proof

import (
	"fmt"
	"slices"

	"solferino/record"
)

// A Policy says when a checkpoint counts: which log signs it and which
// combinations of witnesses must have seen it. [ParsePolicy] makes one.
type Policy struct {
	log       key
	logURL    string
	witnesses []Witness // in the order of the text
	groups    map[string]group
	quorum    string // name of a witness or group, or none
}

// A Witness is one independent party that cosigns checkpoints.
type Witness struct {
	Name string // within the policy
	URL  string // submission prefix, or ""
	key  key
}

// Key returns the vkey of w.
func (w Witness) Key() string { return w.key.vkey }

// Fingerprint returns the SHA-256 of the bare public key of w.
func (w Witness) Fingerprint() record.Digest { return w.key.fingerprint() }

// A group is satisfied by k of its members.
type group struct {
	k       int
	members []string
}

// none is the quorum that asks for no witness.
const none = "none"

// Origin returns the name of the log.
func (p *Policy) Origin() string { return p.log.Name() }

// LogKey returns the vkey of the log.
func (p *Policy) LogKey() string { return p.log.vkey }

// LogURL returns where the log can be read, or "" when the policy does not say.
func (p *Policy) LogURL() string { return p.logURL }

// LogFingerprint returns the SHA-256 of the log's bare public key.
func (p *Policy) LogFingerprint() record.Digest { return p.log.fingerprint() }

// Witnesses returns the witnesses in the order of the policy's text.
func (p *Policy) Witnesses() []Witness { return slices.Clone(p.witnesses) }

// WithoutQuorum returns the same policy with no demand for witnesses. It is
// for the log itself and for witnesses, who see a checkpoint before its
// cosignatures; a verifier must not use it.
func (p *Policy) WithoutQuorum() *Policy {
	q := *p
	q.quorum = none
	return &q
}

// Satisfied reports whether the cosigners make the quorum.
func (p *Policy) Satisfied(by []Cosigner) bool {
	seen := make(map[string]bool)
	for _, c := range by {
		seen[c.Name] = true
	}
	return p.quorum == none || p.satisfied(p.quorum, seen)
}

// satisfied ends because a group names only what stands above it.
func (p *Policy) satisfied(name string, seen map[string]bool) bool {
	g, ok := p.groups[name]
	if !ok {
		return seen[name]
	}
	have := 0
	for _, m := range g.members {
		if p.satisfied(m, seen) {
			have++
		}
	}
	return have >= g.k
}

// verify checks one signature over text, and returns the place of its key:
// 0 is the log, i > 0 the i-th witness.
func (p *Policy) verify(text []byte, s signature) (place int, err error) {
	mine := func(k key) bool { return k.Name() == s.name && k.KeyHash() == s.id }
	by := p.log
	if !mine(by) {
		i := slices.IndexFunc(p.witnesses, func(w Witness) bool { return mine(w.key) })
		if i < 0 {
			return 0, fmt.Errorf("%w: %s is not a key of the policy", ErrBadSignature, s.key())
		}
		place, by = i+1, p.witnesses[i].key
	}
	if !by.Verify(text, s.body) {
		return 0, fmt.Errorf("%w: %s did not sign this", ErrBadSignature, s.key())
	}
	return place, nil
}
