package convention

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
)

// A Register looks up instruments and clauses. It never changes after
// [NewRegister] and may be used by many goroutines; what it returns is to be
// read, not written.
type Register struct {
	list        []Instrument // oldest first
	instruments map[ID]Instrument
	clauses     map[ClauseID]Clause
	links       map[ClauseID][]Link // every link stands under both of its ends
}

// A Link is a crosswalk seen from outside. It reads from left to right: From
// is the same duty as, covers part of, supports or is broader than To.
type Link struct {
	From     ClauseID `json:"from"`
	Relation Relation `json:"relation"`
	To       ClauseID `json:"to"` // a clause or a pillar
}

// NewRegister returns a register of the instruments, or what [Lint] has to say
// about them.
func NewRegister(list []Instrument) (*Register, error) {
	if err := Lint(list); err != nil {
		return nil, fmt.Errorf("register of instruments: %w", err)
	}
	reg := &Register{
		list:        slices.Clone(list),
		instruments: map[ID]Instrument{},
		clauses:     map[ClauseID]Clause{},
		links:       map[ClauseID][]Link{},
	}
	sortByDate(reg.list)
	for _, i := range reg.list {
		reg.instruments[i.ID] = i
		for _, c := range i.Clauses {
			reg.add(c)
		}
	}
	return reg, nil
}

func (reg *Register) add(c Clause) {
	reg.clauses[c.ID] = c
	for _, x := range c.Crosswalk {
		link := Link{c.ID, x.Relation, x.To}
		reg.links[c.ID] = append(reg.links[c.ID], link)
		reg.links[x.To] = append(reg.links[x.To], link)
	}
}

// builtIn is the table of the texts that are built in, read once.
var builtIn = sync.OnceValue(func() *Register {
	list, err := Load()
	if err != nil {
		panic("convention: " + err.Error())
	}
	reg, err := NewRegister(list)
	if err != nil {
		panic("convention: " + err.Error())
	}
	return reg
})

// BuiltIn returns the register of the instruments that [Load] reads. It panics
// if they do not pass [Lint], which the tests of this package rule out.
func BuiltIn() *Register { return builtIn() }

// Instruments returns all instruments, oldest first and by id within a day.
func (reg *Register) Instruments() []Instrument { return slices.Clone(reg.list) }

// Instrument returns the instrument with this id, if there is one.
func (reg *Register) Instrument(id ID) (Instrument, bool) {
	i, ok := reg.instruments[id]
	return i, ok
}

// Clause returns the clause with this id, if there is one. A pillar is none.
func (reg *Register) Clause(id ClauseID) (Clause, bool) {
	c, ok := reg.clauses[id]
	return c, ok
}

// Equivalents returns the crosswalks that begin or end at a clause or pillar:
// same duty first, then part, support and broader, each by date of the
// instrument and order of its clauses. It follows one step only and serves
// readers who compare texts; a breach of one clause says nothing about another.
func (reg *Register) Equivalents(id ClauseID) []Link {
	links := slices.Clone(reg.links[id])
	slices.SortStableFunc(links, func(a, b Link) int {
		return cmp.Compare(slices.Index(relations, a.Relation), slices.Index(relations, b.Relation))
	})
	return links
}
