package escrow

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"io"
	"sync"

	"github.com/cloudflare/circl/group"
	"github.com/cloudflare/circl/math/polynomial"
	"github.com/cloudflare/circl/secretsharing"
	"golang.org/x/crypto/chacha20poly1305"
)

const (
	domain     = "solferino/sss/1"
	scalarSize = 32
	pointSize  = 32
)

// curve has prime order. Its scalars and elements are 32 bytes.
var curve = group.Ristretto255

// second returns the generator H, whose logarithm nobody knows.
var second = sync.OnceValue(func() group.Element {
	return curve.HashToElement([]byte("blind"), []byte(domain))
})

// A deal is one secret split into shares, as a header holds it.
type deal struct {
	threshold   int
	commitments []group.Element // one for each coefficient
	wrapped     []byte          // the file key
	sealed      [][]byte        // the shares, one age file for each custodian
	id          [sha256.Size]byte
}

// split draws a secret and deals it.
func split(random io.Reader, t, n int) (*deal, []Share, group.Scalar, error) {
	value, err := coefficients(random, t)
	if err != nil {
		return nil, nil, nil, err
	}
	blind, err := coefficients(random, t)
	if err != nil {
		return nil, nil, nil, err
	}
	d := &deal{threshold: t}
	for k := range t {
		d.commitments = append(d.commitments, commit(value[k], blind[k]))
	}
	d.id = identify(t, n, d.commitments)
	f, g := polynomial.New(value), polynomial.New(blind)
	shares := make([]Share, n)
	for i := range shares {
		x := scalar(i + 1)
		shares[i] = Share{Number: i + 1, deal: d.id, value: f.Evaluate(x), blind: g.Evaluate(x)}
	}
	return d, shares, value[0], nil
}

func coefficients(random io.Reader, t int) ([]group.Scalar, error) {
	out := make([]group.Scalar, t)
	for k := range out {
		var err error
		if out[k], err = draw(random); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// draw returns a scalar, all equally likely. Half of all strings of 253 bits
// spell one. (The group's own RandomScalar does not read what it is given.)
func draw(random io.Reader) (group.Scalar, error) {
	b, s := make([]byte, scalarSize), curve.NewScalar()
	for {
		if _, err := io.ReadFull(random, b); err != nil {
			return nil, fmt.Errorf("draw a secret: %w", err)
		}
		b[scalarSize-1] &= 0x1f
		if s.UnmarshalBinary(b) == nil {
			return s, nil
		}
	}
}

func scalar(i int) group.Scalar { return curve.NewScalar().SetUint64(uint64(i)) }

// commit returns value·G + blind·H.
func commit(value, blind group.Scalar) group.Element {
	out := curve.NewElement().MulGen(value)
	return out.Add(out, curve.NewElement().Mul(second(), blind))
}

// identify names a deal by all that a share is checked against.
func identify(t, n int, commitments []group.Element) [sha256.Size]byte {
	b := append([]byte(domain+"\n"), byte(t), byte(n))
	for _, c := range commitments {
		b = append(b, point(c)...)
	}
	return sha256.Sum256(b)
}

func point(e group.Element) []byte {
	b, err := e.MarshalBinary()
	if err != nil {
		panic("escrow: an element does not marshal: " + err.Error())
	}
	return b
}

// holds reports whether s is the share that was dealt under its number.
func (d *deal) holds(s Share) bool {
	if s.value == nil || s.deal != d.id || s.Number < 1 || s.Number > len(d.sealed) {
		return false
	}
	x, sum := scalar(s.Number), curve.NewElement()
	for k := d.threshold - 1; k >= 0; k-- {
		sum.Mul(sum, x)
		sum.Add(sum, d.commitments[k])
	}
	return sum.IsEqual(commit(s.value, s.blind))
}

// join returns the secret behind as many different shares as the threshold.
func join(shares []Share) (group.Scalar, error) {
	points := make([]secretsharing.Share, len(shares))
	for i, s := range shares {
		points[i] = secretsharing.Share{ID: scalar(s.Number), Value: s.value}
	}
	return secretsharing.Recover(uint(len(shares)-1), points)
}

// box returns what encrypts the file key under the secret of d. The secret is
// drawn for one message, so the nonce may be zero.
func (d *deal) box(secret group.Scalar) (cipher.AEAD, error) {
	b, err := secret.MarshalBinary()
	if err != nil {
		return nil, err
	}
	key, err := hkdf.Key(sha256.New, b, nil, domain+" file key"+string(d.id[:]), chacha20poly1305.KeySize)
	if err != nil {
		return nil, err
	}
	return chacha20poly1305.New(key)
}
