package portal

import (
	"fmt"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"solferino/finding"
	"solferino/record"
)

// An entryView is one entry of the log.
type entryView struct {
	Index  int64         `json:"index"`
	Leaf   record.Digest `json:"leaf"`
	Public bool          `json:"public"`
	Card   *card         `json:"card"` // null where the entry is sealed
}

// A card is what a published entry opens to.
type card struct {
	Subject  record.Subject `json:"subject"`
	Position int            `json:"position"`
	Prev     record.Digest  `json:"prev"`
	said
	Understood bool   `json:"understood"` // whether this portal knows the kind and its rules
	Issues     string `json:"-"`          // page of the version that the act issues, or ""
	salt       string
	signature  string
}

// said is what every record says, of a kind that is known or not.
type said struct {
	Kind  string         `json:"kind"`
	ID    record.ID      `json:"id"`
	Actor record.Subject `json:"actor"`
	At    time.Time      `json:"at"`
	Act   jsontext.Value `json:"act"`
}

// entryShow shows one entry: its opening, or that it is sealed.
func (s *site) entryShow(r *http.Request, at tip) (any, error) {
	index, ok := wholeNumber(r.PathValue("index"))
	if !ok || index >= at.Size {
		return nil, errNotFound
	}
	leaf, err := s.public.leaf(index, at.Size)
	if err != nil {
		return nil, err
	}
	v := entryView{Index: index, Leaf: leaf}
	if v.Public, err = s.shown(r.Context(), index, at.Size); err != nil || !v.Public {
		return v, err
	}
	o, err := s.public.opening(index, leaf)
	if err != nil {
		return nil, err
	}
	c, err := newCard(o, s.kinds)
	if err != nil {
		return nil, err
	}
	v.Card = &c
	return v, nil
}

// newCard reads an opening. What a later version of this program wrote is shown
// too, as not understood.
func newCard(o record.Opening, kinds record.Table) (card, error) {
	env, what, err := unfold(o)
	if err != nil {
		return card{}, err
	}
	c := card{Subject: env.Subject, Position: env.Position, Prev: env.Prev, said: what,
		salt: o.Salt.String(), signature: string(o.Signature)}
	r, err := kinds.Decode(o.Record)
	c.Understood = err == nil
	if act, ok := r.Act.(finding.Issued); ok {
		c.Issues = version{Case: r.Subject, Number: act.Version}.Path()
	}
	return c, nil
}

// unfold reads the envelope of an opening and what its record says in common
// with all others, without the rules of its kind.
func unfold(o record.Opening) (record.Envelope, said, error) {
	env, err := o.DecodeEnvelope()
	if err != nil {
		return record.Envelope{}, said{}, fmt.Errorf("%w: entry %d: %w", errDamaged, o.Index, err)
	}
	var what said
	if err := json.Unmarshal(o.Record, &what); err != nil {
		return record.Envelope{}, said{}, fmt.Errorf("%w: entry %d: %w", errDamaged, o.Index, err)
	}
	return env, what, nil
}

// Says returns what the act is in words.
func (c card) Says() string { return named(deeds, c.Kind) }

// Salt returns the key of the commitment.
func (c card) Salt() string { return c.salt }

// Signature returns the armoured signature of the actor.
func (c card) Signature() string { return c.signature }

// maxAct is how many bytes of an act a page shows.
const maxAct = 6 << 10

// Text returns the act, indented, or the beginning of a long one.
func (c card) Text() string {
	v := c.Act.Clone()
	if v.Indent(jsontext.WithIndent("  ")) != nil {
		return ""
	}
	if len(v) <= maxAct {
		return string(v)
	}
	end := maxAct
	for !utf8.RuneStart(v[end]) {
		end--
	}
	return string(v[:end]) + "\n…"
}
