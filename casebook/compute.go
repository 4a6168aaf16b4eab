package casebook

import (
	"fmt"
	"slices"

	"solferino/attribution"
	"solferino/record"
)

// Compute asks the engine about the case as it stands and returns the bytes of
// the question and of the result, as an act of analysis attaches them.
func Compute(c *Case, k *attribution.Knowledge, get Contents) (question, result []byte, err error) {
	q, err := c.Question(get)
	if err != nil {
		return nil, nil, err
	}
	if question, err = record.Marshal(q); err != nil {
		return nil, nil, fmt.Errorf("question on %s: %w", c.ID, err)
	}
	r, err := attribution.Rank(k, q)
	if err != nil {
		return nil, nil, fmt.Errorf("analyse %s: %w", c.ID, err)
	}
	result, err = r.Encode()
	return question, result, err
}

// Reach returns the subjects that a case rests on, sorted: itself, the
// institution, everyone who acted, everything cited, and what those rest on.
// Entries gives the entries of a subject.
func Reach(s, institution record.Subject, entries func(record.Subject) []Entry) []record.Subject {
	reached := []record.Subject{s, institution}
	for i := 0; i < len(reached); i++ {
		for _, e := range entries(reached[i]) {
			reached = rest(reached, e)
		}
	}
	slices.Sort(reached)
	return reached
}

func rest(reached []record.Subject, e Entry) []record.Subject {
	add := func(s record.Subject) {
		if !slices.Contains(reached, s) {
			reached = append(reached, s)
		}
	}
	if e.Actor.Noun() == "person" {
		add(e.Actor)
	}
	for _, c := range e.Cites {
		add(c.Subject)
	}
	return reached
}
