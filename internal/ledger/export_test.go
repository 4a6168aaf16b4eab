package ledger

import (
	"solferino/casebook"
	"solferino/record"
)

// Folded returns the writer's cached state of a subject. Nobody may submit
// meanwhile.
func (l *Ledger) Folded(s record.Subject) *casebook.Folded {
	f, err := l.book.Now(s)
	if err != nil {
		panic(err)
	}
	return f
}
