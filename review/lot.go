package review

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"solferino/party"
	"solferino/record"
)

// ErrInfeasible means that no panel of the eligible meets the statute, as far
// as maxDraws draws can tell.
var ErrInfeasible = errors.New("no feasible panel")

// maxDraws bounds the rejection sampling of [Draw].
const maxDraws = 1 << 20

// Ties are the facts of a case that recuse people by rule.
type Ties struct {
	States []string         // victims' and accused states: nobody judges their own
	Labels []string         // organisations that are victims, vendors or suppliers
	People []record.Subject // who supplied, examined or analysed the evidence
}

// A Recusal says who is out of the lot and why.
type Recusal struct {
	Person record.Subject `json:"person"`
	Reason string         `json:"reason"`
	Rule   bool           `json:"rule"` // by rule, not by their own word
}

// Eligible splits a roster, sorted by id, into those who may be drawn and
// those who are recused by rule.
func Eligible(roster []*party.Person, ties Ties) (free []*party.Person, out []Recusal) {
	for _, p := range roster {
		if reason := recuses(p, ties); reason != "" {
			out = append(out, Recusal{p.ID, reason, true})
			continue
		}
		free = append(free, p)
	}
	return free, out
}

func recuses(p *party.Person, ties Ties) string {
	if slices.Contains(ties.States, p.State) {
		return "their state " + p.State + " is a party to the case"
	}
	if label, tied := p.Tied(ties.Labels...); tied {
		return "has a tie to " + label + ", which is a party to the case or supplied evidence"
	}
	if slices.Contains(ties.People, p.ID) {
		return "took part in gathering or examining the evidence"
	}
	return ""
}

// Seed derives the seed of a lot from the root of a checkpoint that nobody
// knew when the panel was called:
//
//	SHA-256("solferino/lot/v1" ‖ 0 ‖ case ‖ 0 ‖ round as 8 bytes ‖ root)
func Seed(subject record.Subject, round int, root [32]byte) [32]byte {
	b := []byte("solferino/lot/v1\x00" + string(subject) + "\x00")
	b = binary.BigEndian.AppendUint64(b, uint64(round))
	return sha256.Sum256(append(b, root[:]...))
}

// Draw returns the panel that the seed gives: uniform over all panels of the
// people, sorted by id, that meet the statute. It shuffles again and again,
// from one stream of SHA-256 blocks, until a draw meets every rule.
func Draw(s Statute, people []*party.Person, seed [32]byte) ([]record.Subject, error) {
	if len(people) < s.Seats {
		return nil, fmt.Errorf("%d people for %d seats: %w", len(people), s.Seats, ErrInfeasible)
	}
	sorted := slices.Clone(people)
	slices.SortFunc(sorted, func(a, b *party.Person) int { return strings.Compare(string(a.ID), string(b.ID)) })
	stream := &stream{seed: seed}
	hand := make([]*party.Person, len(sorted))
	for range maxDraws {
		copy(hand, sorted)
		for i := range s.Seats {
			j := i + int(stream.below(uint32(len(hand)-i)))
			hand[i], hand[j] = hand[j], hand[i]
		}
		if s.Meets(hand[:s.Seats]) == nil {
			return ids(hand[:s.Seats]), nil
		}
	}
	return nil, fmt.Errorf("%d draws of %d from %d people: %w", maxDraws, s.Seats, len(people), ErrInfeasible)
}

// Meets reports whether these people may form a panel, or which rule they
// break.
func (s Statute) Meets(panel []*party.Person) error {
	regions, states, sectors := map[string]int{}, map[string]int{}, map[string]int{}
	for _, p := range panel {
		regions[p.Region]++
		states[p.State]++
		sectors[p.Sector]++
		if regions[p.Region] > s.MaxPerRegion {
			return fmt.Errorf("more than %d of region %s", s.MaxPerRegion, p.Region)
		}
		if states[p.State] > s.MaxPerState {
			return fmt.Errorf("more than %d of state %s", s.MaxPerState, p.State)
		}
	}
	if len(regions) < s.MinRegions {
		return fmt.Errorf("%d regions, want %d", len(regions), s.MinRegions)
	}
	for _, sector := range []string{"academia", "government", "industry"} {
		if sectors[sector] < s.MinPerSector {
			return fmt.Errorf("%d of %s, want %d", sectors[sector], sector, s.MinPerSector)
		}
	}
	return nil
}

func ids(people []*party.Person) []record.Subject {
	out := make([]record.Subject, len(people))
	for i, p := range people {
		out[i] = p.ID
	}
	slices.Sort(out)
	return out
}

// A stream is SHA-256(seed ‖ counter), block after block, read as big-endian
// words of four bytes.
type stream struct {
	seed  [32]byte
	count uint64
	rest  []byte
}

func (s *stream) word() uint32 {
	if len(s.rest) < 4 {
		block := sha256.Sum256(binary.BigEndian.AppendUint64(s.seed[:], s.count))
		s.count++
		s.rest = block[:]
	}
	w := binary.BigEndian.Uint32(s.rest)
	s.rest = s.rest[4:]
	return w
}

// below returns a number under n, each with the same probability.
func (s *stream) below(n uint32) uint32 {
	limit := (1 << 32) / uint64(n) * uint64(n)
	for {
		if w := s.word(); uint64(w) < limit {
			return w % n
		}
	}
}
