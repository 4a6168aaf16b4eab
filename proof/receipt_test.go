package proof

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"solferino/record"
)

func sampleReceipt() Receipt {
	return Receipt{
		Opening: record.Opening{Index: 7, Envelope: []byte(`{"a":"é"}`), Record: []byte(`{}`), Signature: []byte("s\n"), Salt: record.Salt{1}},
		Proof:   []byte("proof\n"), Policy: []byte("policy\n"), Stamp: []byte{0x30, 0},
	}
}

func TestReceiptHasOneEncoding(t *testing.T) {
	want := sampleReceipt()
	b, err := want.Encode()
	check(t, err)
	got, err := DecodeReceipt(b)
	check(t, err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("decoded (-want +got):\n%s", diff)
	}
	text := string(b)
	for name, bad := range map[string]string{
		"no newline":        strings.TrimSuffix(text, "\n"),
		"two newlines":      text + "\n",
		"a space":           strings.Replace(text, `:7`, `: 7`, 1),
		"an unknown member": strings.Replace(text, `"index"`, `"more":1,"index"`, 1),
		"a member twice":    strings.Replace(text, `"index"`, `"index":7,"index"`, 1),
		"a member missing":  strings.Replace(text, `,"stamp":"MAA="`, ``, 1),
		"another format":    strings.Replace(text, `receipt/1`, `receipt/2`, 1),
		"an index below 0":  strings.Replace(text, `:7`, `:-7`, 1),
		"a short salt":      strings.Replace(text, `"salt":"01`, `"salt":"`, 1),
		"loose base64":      strings.Replace(text, `MAA=`, `MAB=`, 1),
		"too long":          text + strings.Repeat(" ", maxReceipt),
		"nothing":           "",
	} {
		if _, err := DecodeReceipt([]byte(bad)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: error %v, want %v", name, err, ErrMalformed)
		}
	}
}

func FuzzDecodeReceipt(f *testing.F) {
	b, err := sampleReceipt().Encode()
	check(f, err)
	f.Add(b)
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := DecodeReceipt(b)
		if err != nil {
			return
		}
		again, err := r.Encode()
		if err != nil || !bytes.Equal(again, b) {
			t.Errorf("%q decodes and encodes to %q, %v", b, again, err)
		}
	})
}
