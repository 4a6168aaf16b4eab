package escrow

import (
	"errors"
	"fmt"
	"slices"

	"filippo.io/age"
	"github.com/cloudflare/circl/group"
)

// Combine makes an identity of the custodians' shares that opens the file with
// this header, and no other. It says which shares are bad by their numbers, also
// when enough good ones are left; when not, the error wraps [ErrTooFew]. To
// bring one share twice counts once.
func Combine(header []byte, shares []Share) (id age.Identity, bad []int, err error) {
	deals, err := dealsIn(header)
	if err != nil {
		return nil, nil, err
	}
	if len(deals) == 0 {
		return nil, nil, fmt.Errorf("escrow: %w: the header has no escrow", ErrNoShare)
	}
	good := make([][]Share, len(deals))
	for _, s := range shares {
		i := slices.IndexFunc(deals, func(d *deal) bool { return d.holds(s) })
		if i < 0 {
			bad = append(bad, s.Number)
			continue
		}
		good[i] = append(good[i], s)
	}
	slices.Sort(bad)
	bad = slices.Compact(bad)
	for i, d := range deals {
		if id, err = d.combine(good[i]); !errors.Is(err, ErrTooFew) {
			return id, bad, err
		}
	}
	return nil, bad, fmt.Errorf("escrow: %w, bad ones %v", err, bad)
}

// combine makes the identity of shares that d holds.
func (d *deal) combine(shares []Share) (age.Identity, error) {
	slices.SortFunc(shares, func(a, b Share) int { return a.Number - b.Number })
	shares = slices.CompactFunc(shares, func(a, b Share) bool { return a.Number == b.Number })
	if len(shares) < d.threshold {
		return nil, fmt.Errorf("%w: %d of %d", ErrTooFew, len(shares), d.threshold)
	}
	secret, err := join(shares[:d.threshold])
	if err != nil {
		return nil, err
	}
	return combined{d.id, secret}, nil
}

// A combined identity knows the secret of one deal.
type combined struct {
	deal   [32]byte
	secret group.Scalar
}

// Unwrap implements [age.Identity].
func (c combined) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	for _, s := range stanzas {
		if s.Type != stanzaType {
			continue
		}
		d, err := parse(s)
		if err != nil {
			return nil, fmt.Errorf("escrow: %w", err)
		}
		if d.id == c.deal {
			return d.open(c.secret)
		}
	}
	return nil, age.ErrIncorrectIdentity
}

// open decrypts the file key.
func (d *deal) open(secret group.Scalar) ([]byte, error) {
	box, err := d.box(secret)
	if err != nil {
		return nil, fmt.Errorf("escrow: %w", err)
	}
	key, err := box.Open(nil, make([]byte, box.NonceSize()), d.wrapped, nil)
	if err != nil {
		return nil, fmt.Errorf("escrow: %w: what they open is not the file key", ErrDealtWrong)
	}
	return key, nil
}
