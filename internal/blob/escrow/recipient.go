package escrow

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"filippo.io/age"
)

// maxCustodians is how many a stanza can count.
const maxCustodians = 255

// A Config says who is to hold the shares.
type Config struct {
	Threshold  int             // how many custodians it takes, 2 or more
	Custodians []age.Recipient // number 1 first, all hybrid or none; each a key of its own
	Random     io.Reader       // usually crypto/rand.Reader; read by several goroutines
}

// A Recipient lets any t of n custodians together open a file, and no fewer.
// It may be used by several goroutines.
type Recipient struct{ c Config }

// New returns the recipient that c describes.
func New(c Config) (*Recipient, error) {
	n := len(c.Custodians)
	if c.Threshold < 2 || c.Threshold > n || n > maxCustodians {
		return nil, fmt.Errorf("escrow: %d of %d custodians: the threshold is from 2 to their number, of at most %d", c.Threshold, n, maxCustodians)
	}
	seen := map[string]int{}
	for i, r := range c.Custodians {
		key, ok := r.(fmt.Stringer)
		if !ok {
			continue // age leaves open how a recipient is written
		}
		if other, twice := seen[key.String()]; twice {
			return nil, fmt.Errorf("escrow: custodians %d and %d have the same key", other, i+1)
		}
		seen[key.String()] = i + 1
	}
	c.Custodians = slices.Clone(c.Custodians)
	return &Recipient{c}, nil
}

// Wrap implements [age.Recipient].
func (r *Recipient) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	s, _, err := r.WrapWithLabels(fileKey)
	return s, err
}

// WrapWithLabels implements [age.RecipientWithLabels]: an escrow has the labels
// of its custodians, so that age refuses to mix a classic one with hybrid
// recipients.
func (r *Recipient) WrapWithLabels(fileKey []byte) ([]*age.Stanza, []string, error) {
	d, shares, secret, err := split(r.c.Random, r.c.Threshold, len(r.c.Custodians))
	if err != nil {
		return nil, nil, fmt.Errorf("escrow: %w", err)
	}
	var labels []string
	for i, custodian := range r.c.Custodians {
		sealed, l, err := seal(shares[i], custodian)
		if err == nil && i > 0 && !slices.Equal(l, labels) {
			err = errors.New("classic and hybrid keys do not mix")
		}
		if err != nil {
			return nil, nil, fmt.Errorf("escrow: custodian %d: %w", i+1, err)
		}
		d.sealed, labels = append(d.sealed, sealed), l
	}
	box, err := d.box(secret)
	if err != nil {
		return nil, nil, fmt.Errorf("escrow: %w", err)
	}
	d.wrapped = box.Seal(nil, make([]byte, box.NonceSize()), fileKey, nil)
	return []*age.Stanza{d.stanza()}, labels, nil
}

// seal encrypts a share to its custodian, and returns the labels of their key.
func seal(s Share, custodian age.Recipient) (file []byte, labels []string, err error) {
	text, err := s.Encode()
	if err != nil {
		return nil, nil, err
	}
	var out bytes.Buffer
	w, err := age.Encrypt(&out, overheard{custodian, &labels})
	if err != nil {
		return nil, nil, err
	}
	if _, err := w.Write(text); err != nil {
		return nil, nil, err
	}
	if err := w.Close(); err != nil {
		return nil, nil, err
	}
	return out.Bytes(), labels, nil
}

// An overheard recipient tells which labels it gave age.
type overheard struct {
	age.Recipient
	labels *[]string
}

func (o overheard) WrapWithLabels(key []byte) (s []*age.Stanza, labels []string, err error) {
	if r, ok := o.Recipient.(age.RecipientWithLabels); ok {
		s, labels, err = r.WrapWithLabels(key)
	} else {
		s, err = o.Wrap(key)
	}
	*o.labels = slices.Sorted(slices.Values(labels))
	return s, labels, err
}
