package convention

import "fmt"

// A Force says how strongly a text binds. Forces are ordered, so that they can
// be compared with < and >; the zero value binds nobody. The ladder is the one
// on which the Digital Geneva Convention is meant to climb: voluntary, then
// politically binding, then legally binding (Microsoft policy paper, April
// 2017).
type Force int

const (
	// None: the clause does not bind this state on this date.
	None Force = iota
	// Proposal: a text by experts or companies, to which nobody is bound.
	Proposal
	// Voluntary: a voluntary norm or pledge.
	Voluntary
	// Political: politically binding or endorsed; not binding in law.
	Political
	// Legal: legally binding.
	Legal
)

var forceNames = [...]string{"none", "proposal", "voluntary", "political", "legal"}

// String returns the word by which texts, acts and pages name f.
func (f Force) String() string {
	if !f.known() {
		return fmt.Sprintf("force %d", int(f))
	}
	return forceNames[f]
}

// ParseForce reads a word that String writes.
func ParseForce(word string) (Force, error) {
	for i, name := range forceNames {
		if name == word {
			return Force(i), nil
		}
	}
	return None, fmt.Errorf("force %q is not one of %q", word, forceNames)
}

// MarshalText writes f as its word.
func (f Force) MarshalText() ([]byte, error) {
	if !f.known() {
		return nil, fmt.Errorf("%s has no word", f)
	}
	return []byte(f.String()), nil
}

// UnmarshalText reads the word of a force.
func (f *Force) UnmarshalText(word []byte) error {
	parsed, err := ParseForce(string(word))
	if err != nil {
		return err
	}
	*f = parsed
	return nil
}

func (f Force) known() bool { return f >= 0 && int(f) < len(forceNames) }
