package casebook

import (
	"fmt"
	"maps"

	"solferino/attribution"
	"solferino/convention"
	"solferino/evidence"
	"solferino/finding"
	"solferino/party"
	"solferino/record"
	"solferino/review"
)

// own lists the acts of this package.
var own = record.Table{
	Opened{}.Kind():    record.Of[Opened](),
	Notified{}.Kind():  record.Of[Notified](),
	Replied{}.Kind():   record.Of[Replied](),
	Published{}.Kind(): record.Of[Published](),
}

// kinds lists every kind of act that the institution knows.
var kinds = Kinds()

// Kinds returns every kind of act that the institution knows.
func Kinds() record.Table {
	all := record.Table{}
	for _, t := range []record.Table{
		own, party.Kinds, convention.Acts(), evidence.Kinds, attribution.Kinds, review.Kinds, finding.Kinds,
	} {
		maps.Copy(all, t)
	}
	return all
}

// A Said is a record in its exact bytes that was decoded, and whose signature
// is valid under the key that made it. Whether that key is the actor's, and
// whether the record is admitted, is for a [Book] to say.
type Said struct {
	record.Record
	Key string // in the form of record.FormatKey
}

// Read decodes a record and verifies its signature. It needs nothing else, so
// any number of goroutines may read at once.
func Read(rec, signature []byte) (Said, error) {
	r, err := kinds.Decode(rec)
	if err != nil {
		return Said{}, err
	}
	signer, err := record.Signer(signature)
	if err != nil {
		return Said{}, err
	}
	key, err := record.ParseKey(record.FormatKey(signer))
	if err != nil {
		return Said{}, fmt.Errorf("%w: %w", record.ErrBadSignature, err)
	}
	if err := record.Verify(rec, signature, key); err != nil {
		return Said{}, err
	}
	return Said{r, record.FormatKey(key)}, nil
}

// An Entry is a record with its place in the log.
type Entry struct {
	record.Record
	Index int64
	Leaf  record.Digest
}

// A Fold is the state of one subject. Apply adds an entry, or leaves the fold
// as it was and says why the entry is not allowed here and now. What it relies
// on in other subjects it takes from the view.
type Fold interface {
	Apply(e Entry, v View) error
}

// begin returns the empty fold of a subject.
func begin(s record.Subject) (Fold, error) {
	switch s.Noun() {
	case "case":
		return &Case{ID: s}, nil
	case "institution":
		return alone[*party.Institution]{&party.Institution{}}, nil
	case "person":
		return alone[*party.Person]{&party.Person{}}, nil
	case "statute":
		return alone[*review.Book]{&review.Book{}}, nil
	case "state":
		return alone[*convention.State]{&convention.State{}}, nil
	case "knowledge":
		return &Knowledge{}, nil
	case "publication":
		return &Publication{}, nil
	}
	return nil, fmt.Errorf("no room keeps subjects like %s", s)
}

// alone folds a subject whose acts rely on no other.
type alone[T interface{ Apply(record.Record) error }] struct{ state T }

func (a alone[T]) Apply(e Entry, _ View) error { return a.state.Apply(e.Record) }

// A View gives the subjects that a record cites, as they were when it was
// said.
type View map[record.Subject]Fold

// ErrNotCited means that a record relies on a subject that it does not cite.
var ErrNotCited = fmt.Errorf("the record does not cite what it relies on")

func cited[T interface{ Apply(record.Record) error }](v View, s record.Subject) (T, error) {
	a, ok := v[s].(alone[T])
	if !ok {
		var none T
		return none, fmt.Errorf("%s: %w", s, ErrNotCited)
	}
	return a.state, nil
}

// one returns the only cited subject with this noun.
func one[T interface{ Apply(record.Record) error }](v View, noun string) (T, error) {
	var found T
	n := 0
	for s, f := range v {
		if a, ok := f.(alone[T]); ok && s.Noun() == noun {
			found, n = a.state, n+1
		}
	}
	if n != 1 {
		return found, fmt.Errorf("%d subjects %s/…, want one: %w", n, noun, ErrNotCited)
	}
	return found, nil
}

// A Knowledge is the fold of one imported knowledge.
type Knowledge struct {
	Imports []attribution.Imported
}

// Apply adds a further version.
func (k *Knowledge) Apply(e Entry, _ View) error {
	act, ok := e.Act.(attribution.Imported)
	if !ok {
		return fmt.Errorf("a knowledge knows no act %q", e.Act.Kind())
	}
	for _, i := range k.Imports {
		if i.Digest == act.Digest {
			return fmt.Errorf("knowledge %s: %w", act.Digest.Short(), party.ErrTwice)
		}
	}
	k.Imports = append(k.Imports, act)
	return nil
}

// A Publication is the fold of one act of publishing.
type Publication struct {
	Published
}

// Apply takes the one act that a publication consists of.
func (p *Publication) Apply(e Entry, _ View) error {
	act, ok := e.Act.(Published)
	if !ok || p.Version != 0 {
		return fmt.Errorf("a publication is one act %q", Published{}.Kind())
	}
	p.Published = act
	return nil
}
