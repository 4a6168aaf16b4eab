package review

import (
	"errors"
	"fmt"

	"solferino/record"
)

// Called freezes the roster and names what is to be reviewed, before anybody
// can know how the lot will fall.
type Called struct {
	Round    int              `json:"round"`    // from 1, one for each version of the finding
	Analysis record.ID        `json:"analysis"` // the computed analysis under review
	Roster   []record.Subject `json:"roster"`   // sorted; every one is cited
}

// Recused takes the actor out of the lot of this round, by their own word.
type Recused struct {
	Round  int    `json:"round"`
	Reason string `json:"reason"`
}

// Seated states the panel that the lot gave. The seed is the root of a
// witnessed checkpoint that is younger than the call.
type Seated struct {
	Round      int              `json:"round"`
	Checkpoint string           `json:"checkpoint"` // signed note with its cosignatures
	Panel      []record.Subject `json:"panel"`      // sorted
}

// Sealed commits a member to a ballot that nobody can read yet. A member may
// seal again until the close; the last one counts.
type Sealed struct {
	Round  int           `json:"round"`
	Commit record.Digest `json:"commit"` // of the JSON of a Ballot, see [Ballot.Seal]
}

// Closed ends the sealing; from here on ballots are opened.
type Closed struct {
	Round int `json:"round"`
}

// Ended gives a round up without a finding, because it cannot come to one: no
// quorum, no majority, a ballot that nobody opens, no feasible panel.
type Ended struct {
	Round  int    `json:"round"`
	Reason string `json:"reason"`
}

// Opened shows what the actor had sealed.
type Opened struct {
	Salt   record.Digest `json:"salt"`
	Ballot Ballot        `json:"ballot"`
}

// Dissented adds a member's signed opinion against the majority. The finding
// carries it whole.
type Dissented struct {
	Round   int               `json:"round"`
	Opinion record.Attachment `json:"opinion"` // text
}

// A Vote is what a ballot says about the analysis.
type Vote string

// The votes. To abstain is to vote, too.
const (
	Concur  Vote = "concur"
	Dissent Vote = "dissent"
	Abstain Vote = "abstain"
)

// A Ballot is one member's answer to one analysis.
type Ballot struct {
	Case     record.Subject `json:"case"`
	Round    int            `json:"round"`
	Analysis record.ID      `json:"analysis"`
	Member   record.Subject `json:"member"`
	Vote     Vote           `json:"vote"`
	Reason   string         `json:"reason"`
}

// Kinds lists the acts of this package.
var Kinds = record.Table{
	Adopted{}.Kind():   record.Of[Adopted](),
	Called{}.Kind():    record.Of[Called](),
	Recused{}.Kind():   record.Of[Recused](),
	Seated{}.Kind():    record.Of[Seated](),
	Sealed{}.Kind():    record.Of[Sealed](),
	Closed{}.Kind():    record.Of[Closed](),
	Ended{}.Kind():     record.Of[Ended](),
	Opened{}.Kind():    record.Of[Opened](),
	Dissented{}.Kind(): record.Of[Dissented](),
}

func (Called) Kind() string    { return "review.called/1" }
func (Recused) Kind() string   { return "review.recused/1" }
func (Seated) Kind() string    { return "review.seated/1" }
func (Sealed) Kind() string    { return "review.sealed/1" }
func (Closed) Kind() string    { return "review.closed/1" }
func (Ended) Kind() string     { return "review.ended/1" }
func (Opened) Kind() string    { return "review.opened/1" }
func (Dissented) Kind() string { return "review.dissented/1" }

// Seal returns the commitment to the ballot under a salt: HMAC-SHA256 over its
// JSON.
func (b Ballot) Seal(salt record.Salt) (record.Digest, error) {
	content, err := record.Marshal(b)
	if err != nil {
		return "", fmt.Errorf("seal a ballot of %s: %w", b.Member, err)
	}
	return record.Commit(salt, content), nil
}

// Validate reports whether the ballot is filled in.
func (b Ballot) Validate() error {
	switch b.Vote {
	case Concur, Dissent, Abstain:
	default:
		return fmt.Errorf("vote %q: want concur, dissent or abstain", string(b.Vote))
	}
	if b.Round < 1 || b.Reason == "" {
		return errors.New("a ballot names its round and gives a reason")
	}
	return errors.Join(b.Case.Validate(), b.Member.Validate())
}

func (a Called) Validate() error {
	if a.Round < 1 || a.Analysis == "" {
		return errors.New("a call names its round and the analysis")
	}
	return sortedPeople("roster", a.Roster)
}

func (a Recused) Validate() error {
	if a.Round < 1 || a.Reason == "" {
		return errors.New("a recusal names its round and gives its reason")
	}
	return nil
}

func (a Seated) Validate() error {
	if a.Round < 1 || a.Checkpoint == "" {
		return errors.New("a panel names its round and its checkpoint")
	}
	return sortedPeople("panel", a.Panel)
}

func (a Sealed) Validate() error {
	if a.Round < 1 {
		return errors.New("a sealed ballot names its round")
	}
	return a.Commit.Validate()
}

func (a Closed) Validate() error {
	if a.Round < 1 {
		return errors.New("a close names its round")
	}
	return nil
}

func (a Ended) Validate() error {
	if a.Round < 1 || a.Reason == "" {
		return errors.New("an end names its round and gives its reason")
	}
	return nil
}

func (a Opened) Validate() error { return errors.Join(a.Salt.Validate(), a.Ballot.Validate()) }

func (a Dissented) Validate() error {
	if a.Round < 1 {
		return errors.New("a dissent names its round")
	}
	return a.Opinion.Validate()
}

func sortedPeople(what string, list []record.Subject) error {
	for i, p := range list {
		if p.Noun() != "person" {
			return fmt.Errorf("%s: %q is not a person", what, p)
		}
		if i > 0 && list[i-1] >= p {
			return fmt.Errorf("%s: %s is out of order or named twice", what, p)
		}
	}
	return nil
}
