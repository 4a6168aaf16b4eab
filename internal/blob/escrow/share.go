package escrow

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"filippo.io/age"
	"github.com/cloudflare/circl/group"
)

const sharePrefix = "solferino-share 1 "

// maxShare bounds the text of a share, in bytes.
const maxShare = 512

// A Share is what one custodian contributes to open one file. It is secret: t
// of them are the key. The number is the one that the share claims; who handed
// it in is for the caller to know.
type Share struct {
	Number int // of the custodian, from 1

	deal         [sha256.Size]byte
	value, blind group.Scalar
}

// ExtractShare takes the share for identity out of an age header, as
// [age.ExtractHeader] gives it. A custodian needs neither the encrypted content
// nor the network. The share is checked: when it is not the one that the header
// commits to, the error wraps [ErrDealtWrong].
func ExtractShare(header []byte, identity age.Identity) (Share, error) {
	deals, err := dealsIn(header)
	if err != nil {
		return Share{}, err
	}
	var failed error
	for _, d := range deals {
		for i := range d.sealed {
			s, err := d.unseal(i, identity)
			if err == nil {
				return s, nil
			}
			if !errors.Is(err, ErrNoShare) {
				failed = errors.Join(failed, fmt.Errorf("escrow: share %d: %w", i+1, err))
			}
		}
	}
	if failed == nil {
		failed = fmt.Errorf("escrow: %w", ErrNoShare)
	}
	return Share{}, failed
}

// unseal decrypts the i-th share of d, from 0, and checks it.
func (d *deal) unseal(i int, identity age.Identity) (s Share, err error) {
	r, err := age.Decrypt(bytes.NewReader(d.sealed[i]), identity)
	var foreign *age.NoIdentityMatchError
	if errors.As(err, &foreign) {
		return Share{}, ErrNoShare
	}
	if err != nil {
		return Share{}, err
	}
	text, err := io.ReadAll(io.LimitReader(r, maxShare+1))
	if err != nil {
		return Share{}, err
	}
	if s, err = ParseShare(text); err != nil {
		return Share{}, fmt.Errorf("%w: %w", ErrDealtWrong, err)
	}
	if s.Number != i+1 || !d.holds(s) {
		return Share{}, ErrDealtWrong
	}
	return s, nil
}

// String says which share it is and keeps the secret.
func (s Share) String() string { return "share " + strconv.Itoa(s.Number) }

// GoString is String, so that no way of printing gives the secret away.
func (s Share) GoString() string { return s.String() }

// Encode writes the share as one line, the secret in clear: encrypt it for
// whoever combines the shares. (There is no MarshalText, so that no log and no
// JSON holds a share by accident.)
func (s Share) Encode() ([]byte, error) {
	if s.value == nil {
		return nil, fmt.Errorf("escrow: %w: the share is empty", ErrFormat)
	}
	value, err := s.value.MarshalBinary()
	if err != nil {
		return nil, err
	}
	blind, err := s.blind.MarshalBinary()
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "%s%d %x %x %x\n", sharePrefix, s.Number, s.deal, value, blind), nil
}

// ParseShare reads what Encode writes, and nothing else.
func ParseShare(text []byte) (Share, error) {
	if len(text) > maxShare {
		return Share{}, fmt.Errorf("escrow: %w: a share of more than %d bytes", ErrFormat, maxShare)
	}
	rest, ok := strings.CutPrefix(string(text), sharePrefix)
	fields := strings.Split(strings.TrimSuffix(rest, "\n"), " ")
	if !ok || len(fields) != 4 {
		return Share{}, fmt.Errorf("escrow: %w: not a share", ErrFormat)
	}
	var s Share
	var err error
	if s.Number, err = strconv.Atoi(fields[0]); err != nil || s.Number < 1 || s.Number > maxCustodians {
		return Share{}, fmt.Errorf("escrow: %w: the number of a share", ErrFormat)
	}
	deal, err := hex.DecodeString(fields[1])
	if err != nil || len(deal) != len(s.deal) {
		return Share{}, fmt.Errorf("escrow: %w: the deal of share %d", ErrFormat, s.Number)
	}
	copy(s.deal[:], deal)
	s.value, s.blind = parseScalar(fields[2]), parseScalar(fields[3])
	if s.value == nil || s.blind == nil {
		return Share{}, fmt.Errorf("escrow: %w: the value of share %d", ErrFormat, s.Number)
	}
	if again, err := s.Encode(); err != nil || !bytes.Equal(again, text) {
		return Share{}, fmt.Errorf("escrow: %w: share %d is not written as it must be", ErrFormat, s.Number)
	}
	return s, nil
}

// parseScalar returns nil for what is no scalar.
func parseScalar(text string) group.Scalar {
	b, err := hex.DecodeString(text)
	s := curve.NewScalar()
	if err != nil || s.UnmarshalBinary(b) != nil {
		return nil
	}
	return s
}
