package blob

import (
	"bytes"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"filippo.io/age"
)

// columns is the length of all lines of a stanza's body but the last, which is
// shorter.
const columns = 64

// postquantum is the label of recipients that resist quantum computers.
const postquantum = "postquantum"

// writeHeader returns a header that gives recipients this file key, as
// age-encryption.org/v1 has it. (age itself writes one only with a new key.)
func writeHeader(key []byte, recipients []age.Recipient) (header []byte, labels []string, err error) {
	var out bytes.Buffer
	out.WriteString("age-encryption.org/v1\n")
	for i, r := range recipients {
		stanzas, l, err := wrap(r, key)
		if err == nil && i > 0 && !slices.Equal(l, labels) {
			err = errors.New("recipients of different kinds do not mix")
		}
		if err != nil {
			return nil, nil, fmt.Errorf("recipient %d: %w", i+1, err)
		}
		for _, s := range stanzas {
			writeStanza(&out, s)
		}
		labels = l
	}
	out.WriteString("---")
	macKey, err := hkdf.Key(sha256.New, key, nil, "header", sha256.Size)
	if err != nil {
		return nil, nil, err
	}
	mac := hmac.New(sha256.New, macKey)
	mac.Write(out.Bytes())
	fmt.Fprintf(&out, " %s\n", base64.RawStdEncoding.EncodeToString(mac.Sum(nil)))
	return out.Bytes(), labels, checkHeader(out.Bytes(), key)
}

// checkHeader reports whether age reads a header that we wrote.
func checkHeader(header, key []byte) error {
	if !isHeader(header) {
		return errors.New("the recipients give no good header")
	}
	_, err := age.DecryptHeader(header, age.NewInjectedFileKeyIdentity(key))
	return err
}

func wrap(r age.Recipient, key []byte) (stanzas []*age.Stanza, labels []string, err error) {
	if r, ok := r.(age.RecipientWithLabels); ok {
		stanzas, labels, err = r.WrapWithLabels(key)
		return stanzas, slices.Sorted(slices.Values(labels)), err
	}
	stanzas, err = r.Wrap(key)
	return stanzas, nil, err
}

func writeStanza(out *bytes.Buffer, s *age.Stanza) {
	fmt.Fprintf(out, "-> %s\n", strings.Join(append([]string{s.Type}, s.Args...), " "))
	body := base64.RawStdEncoding.EncodeToString(s.Body)
	for ; len(body) >= columns; body = body[columns:] {
		out.WriteString(body[:columns] + "\n")
	}
	out.WriteString(body + "\n")
}

// resists reports whether a header has a stanza that resists quantum computers.
func resists(header []byte) bool {
	return bytes.Contains(header, []byte("\n-> mlkem768"))
}
