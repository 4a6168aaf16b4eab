package watch

import (
	"bytes"
	"testing"

	"solferino/record"
)

// Whatever a stranger serves as an opening, reading it ends, and it has one
// spelling.
func FuzzOpening(f *testing.F) {
	o := openingFile{7, `{"subject":"case/x"}`, "{}", "-----BEGIN", record.Salt{1}.String()}
	b, err := record.Marshal(o)
	check(f, err)
	f.Add(append(b, '\n'))
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		o, err := decodeOpening(file)
		if err != nil {
			return
		}
		again, err := record.Marshal(openingFile{o.Index, string(o.Envelope), string(o.Record), string(o.Signature), o.Salt.String()})
		if err != nil || !bytes.Equal(append(again, '\n'), file) {
			t.Errorf("%q is also spelled %q, %v", file, again, err)
		}
		published(o)
		about(o.Record)
	})
}
