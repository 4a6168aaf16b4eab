package escrow

import (
	"bytes"
	"crypto/rand"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"
	"filippo.io/age/armor"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite goldens: go test ./internal/blob/escrow -update")

const golden = "testdata/escrow.txtar"

// What was put in escrow once must open for ever.
func TestGoldenStillOpens(t *testing.T) {
	if *update {
		writeGolden(t)
	}
	a, err := txtar.ParseFile(golden)
	check(t, err)
	text := map[string]string{}
	for _, f := range a.Files {
		text[f.Name] = string(f.Data)
	}
	file, err := io.ReadAll(armor.NewReader(strings.NewReader(text["file.age"])))
	check(t, err)
	header, err := age.ExtractHeader(bytes.NewReader(file))
	check(t, err)
	ids, err := age.ParseIdentities(strings.NewReader(text["custodians.key"]))
	check(t, err)
	var lines string
	var shares []Share
	for _, id := range ids {
		s, err := ExtractShare(header, id)
		check(t, err)
		line, err := s.Encode()
		check(t, err)
		lines, shares = lines+string(line), append(shares, s)
	}
	if lines != text["shares"] {
		t.Errorf("shares are\n%s, want\n%s", lines, text["shares"])
	}
	id, _, err := Combine(header, shares[1:])
	check(t, err)
	if got, err := read(file, id); got != "exhibit" || err != nil {
		t.Errorf("the file reads %q, %v", got, err)
	}
}

func writeGolden(t *testing.T) {
	b := seat(t, 3, false)
	file, header := b.lock(2, "exhibit")
	var keys, shares, out bytes.Buffer
	for i, s := range b.shares(header, 0, 1, 2) {
		line, err := s.Encode()
		check(t, err)
		shares.Write(line)
		keys.WriteString(b.ids[i].(*age.X25519Identity).String() + "\n")
	}
	w := armor.NewWriter(&out)
	_, err := w.Write(file)
	check(t, err)
	check(t, w.Close())
	check(t, os.MkdirAll(filepath.Dir(golden), 0o755))
	check(t, os.WriteFile(golden, txtar.Format(&txtar.Archive{
		Comment: []byte("An escrow of 2 of 3 custodians, with their keys. Written by\ngo test ./internal/blob/escrow -update\n\n"),
		Files: []txtar.File{{Name: "custodians.key", Data: keys.Bytes()}, {Name: "shares", Data: shares.Bytes()},
			{Name: "file.age", Data: out.Bytes()}},
	}), 0o644))
}

func FuzzParseShare(f *testing.F) {
	_, shares, _, err := split(rand.Reader, 2, 3)
	check(f, err)
	for _, s := range shares {
		text, err := s.Encode()
		check(f, err)
		f.Add(text)
		f.Add(bytes.ToUpper(text))
		f.Add(text[:len(text)-1])
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := ParseShare(text)
		if err != nil {
			return
		}
		if again, err := s.Encode(); err != nil || !bytes.Equal(again, text) {
			t.Errorf("%q is read and written as %q, %v", text, again, err)
		}
	})
}

func FuzzParseStanza(f *testing.F) {
	for _, n := range []int{2, 3} {
		d, _, _, err := split(rand.Reader, 2, n)
		check(f, err)
		d.wrapped, d.sealed = make([]byte, wrappedSize), make([][]byte, n)
		d.sealed[0] = []byte("age file")
		s := d.stanza()
		f.Add(strings.Join(s.Args, " "), s.Body)
		f.Add(strings.Join(s.Args, " "), s.Body[:len(s.Body)-1])
		f.Add("1 02 3", s.Body)
	}
	f.Fuzz(func(t *testing.T, args string, body []byte) {
		s := &age.Stanza{Type: stanzaType, Args: strings.Split(args, " "), Body: body}
		d, err := parse(s)
		if err != nil {
			return
		}
		if again := d.stanza(); !slices.Equal(again.Args, s.Args) || !bytes.Equal(again.Body, body) {
			t.Errorf("%q %x is read and written as %q %x", args, body, again.Args, again.Body)
		}
	})
}

// Every bit of a header counts: what is flipped is refused or opens the same,
// and never a share of another value.
func TestFlippedHeaderGivesNoOtherShare(t *testing.T) {
	b := seat(t, 3, false)
	_, header := b.lock(2, "exhibit")
	want, err := b.shares(header, 1)[0].Encode()
	check(t, err)
	for range trials(200, 2000) {
		bad := bytes.Clone(header)
		at := make([]byte, 4)
		_, _ = rand.Read(at)
		bad[(int(at[0])<<16|int(at[1])<<8|int(at[2]))%len(bad)] ^= 1 << (at[3] % 8)
		s, err := ExtractShare(bad, b.ids[1])
		if err != nil {
			continue
		}
		if got, err := s.Encode(); err != nil || !bytes.Equal(got, want) {
			t.Errorf("a flipped header gives %s, %v, want %s", got, err, want)
		}
	}
}
