package escrow

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"

	"filippo.io/age"
	"golang.org/x/crypto/chacha20poly1305"
)

const (
	stanzaType    = "solferino/sss"
	stanzaVersion = "1"
	wrappedSize   = 16 + chacha20poly1305.Overhead // age's file key
)

// stanza writes d as it stands in a header.
func (d *deal) stanza() *age.Stanza {
	var body []byte
	for _, c := range d.commitments {
		body = append(body, point(c)...)
	}
	body = append(body, d.wrapped...)
	for _, file := range d.sealed {
		body = binary.BigEndian.AppendUint32(body, uint32(len(file)))
		body = append(body, file...)
	}
	args := []string{stanzaVersion, strconv.Itoa(d.threshold), strconv.Itoa(len(d.sealed))}
	return &age.Stanza{Type: stanzaType, Args: args, Body: body}
}

// parse reads what stanza writes, and nothing else.
func parse(s *age.Stanza) (*deal, error) {
	t, n, err := counts(s.Args)
	if err != nil {
		return nil, err
	}
	d, in := &deal{threshold: t}, bytes.NewBuffer(s.Body)
	for k := range t {
		b, c := in.Next(pointSize), curve.NewElement()
		if c.UnmarshalBinary(b) != nil || !bytes.Equal(point(c), b) {
			return nil, fmt.Errorf("%w: commitment %d", ErrFormat, k)
		}
		d.commitments = append(d.commitments, c)
	}
	if d.wrapped = in.Next(wrappedSize); len(d.wrapped) < wrappedSize {
		return nil, fmt.Errorf("%w: the file key is cut short", ErrFormat)
	}
	for i := range n {
		size := in.Next(4)
		if len(size) < 4 || uint64(binary.BigEndian.Uint32(size)) > uint64(in.Len()) {
			return nil, fmt.Errorf("%w: share %d is cut short", ErrFormat, i+1)
		}
		d.sealed = append(d.sealed, in.Next(int(binary.BigEndian.Uint32(size))))
	}
	if in.Len() > 0 {
		return nil, fmt.Errorf("%w: %d bytes behind the last share", ErrFormat, in.Len())
	}
	d.id = identify(t, n, d.commitments)
	return d, nil
}

// counts reads the arguments of a stanza.
func counts(args []string) (t, n int, err error) {
	if len(args) != 3 || args[0] != stanzaVersion {
		return 0, 0, fmt.Errorf("%w: arguments %q", ErrFormat, args)
	}
	t, _ = strconv.Atoi(args[1])
	n, _ = strconv.Atoi(args[2])
	if t < 2 || t > n || n > maxCustodians || strconv.Itoa(t) != args[1] || strconv.Itoa(n) != args[2] {
		return 0, 0, fmt.Errorf("%w: %s of %s custodians", ErrFormat, args[1], args[2])
	}
	return t, n, nil
}

// dealsIn returns all deals of an age header.
func dealsIn(header []byte) ([]*deal, error) {
	var seen capture
	var closed *age.NoIdentityMatchError
	if _, err := age.DecryptHeader(header, &seen); !errors.As(err, &closed) {
		return nil, fmt.Errorf("escrow: %w: %w", ErrFormat, err)
	}
	var deals []*deal
	for _, s := range seen.stanzas {
		if s.Type != stanzaType {
			continue
		}
		d, err := parse(s)
		if err != nil {
			return nil, fmt.Errorf("escrow: %w", err)
		}
		deals = append(deals, d)
	}
	return deals, nil
}

// A capture opens nothing: it lets age parse a header and keeps the stanzas.
type capture struct{ stanzas []*age.Stanza }

func (c *capture) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	c.stanzas = stanzas
	return nil, age.ErrIncorrectIdentity
}
