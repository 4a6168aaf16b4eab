package portal

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"solferino/finding"
	"solferino/proof"
	"solferino/record"
)

// maxFile bounds what of one file is read into memory, in bytes.
const maxFile = 8 << 20

// A public reads the public directory. It may be used by many goroutines.
type public struct {
	root   *os.Root
	policy *proof.Policy

	mu   sync.Mutex
	last tip // the checkpoint that was read last; mu
}

// A tip is the checkpoint that a page is built from. The zero tip is that of a
// log which has none yet.
type tip struct {
	Origin string `json:"origin"`
	Size   int64  `json:"size"`
	Root   string `json:"root"` // in base64, as the note has it
	Seen   []seen `json:"seen"`
	Note   string `json:"-"` // as signed
	root   [32]byte
}

// A seen says which witness has seen a checkpoint, and when by its clock.
type seen struct {
	Witness string    `json:"witness"`
	At      time.Time `json:"at"`
}

// Short returns the first characters of the root, for people to compare.
func (t tip) Short() string { return t.Root[:min(len(t.Root), 12)] }

// Latest returns when a witness last saw the checkpoint; the zero time if none
// did.
func (t tip) Latest() time.Time {
	var last time.Time
	for _, s := range t.Seen {
		if s.At.After(last) {
			last = s.At
		}
	}
	return last
}

// tip reads the checkpoint. A note that was checked is not checked again.
func (p *public) tip() (tip, error) {
	note, err := p.read("checkpoint")
	if errors.Is(err, fs.ErrNotExist) {
		return tip{}, nil
	}
	if err != nil {
		return tip{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.last.Note == string(note) {
		return p.last, nil
	}
	c, by, err := proof.ParseCheckpoint(note, p.policy)
	if err != nil {
		return tip{}, fmt.Errorf("%w: %w", errDamaged, err)
	}
	p.last = newTip(c, by, note)
	return p.last, nil
}

func newTip(c proof.Checkpoint, by []proof.Cosigner, note []byte) tip {
	t := tip{Origin: c.Origin, Size: c.Size, Root: base64.StdEncoding.EncodeToString(c.Root[:]), Note: string(note), root: c.Root}
	for _, w := range by {
		t.Seen = append(t.Seen, seen{w.Name, w.At})
	}
	return t
}

// read returns a file whose name the caller has made or checked.
func (p *public) read(name string) ([]byte, error) {
	f, err := p.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(b) > maxFile {
		err = fmt.Errorf("%w: %s has more than %d bytes", errDamaged, name, maxFile)
	}
	return b, err
}

// need reads a file that must be there, because something public names it.
func (p *public) need(name string) ([]byte, error) {
	b, err := p.read(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s is missing", errDamaged, name)
	}
	return b, err
}

// An openingFile is the form of opening/<index>.json.
type openingFile struct {
	Index     jsontext.Value `json:"index"` // a number, in quotation marks or not
	Envelope  string         `json:"envelope"`
	Record    string         `json:"record"`
	Signature string         `json:"signature"`
	Salt      string         `json:"salt"`
}

// opening reads a published opening, which must be that of the leaf.
func (p *public) opening(index int64, leaf record.Digest) (record.Opening, error) {
	name := openingPath(index)
	b, err := p.need(name)
	if err != nil {
		return record.Opening{}, err
	}
	o, err := decodeOpening(b)
	if err != nil {
		return record.Opening{}, fmt.Errorf("%w: %s: %w", errDamaged, name, err)
	}
	if o.Index != index || o.Leaf() != leaf {
		return record.Opening{}, fmt.Errorf("%w: %s does not open leaf %s of the log", errDamaged, name, leaf.Short())
	}
	return o, nil
}

func openingPath(index int64) string { return fmt.Sprintf("opening/%d.json", index) }

func decodeOpening(b []byte) (record.Opening, error) {
	var f openingFile
	if err := json.Unmarshal(b, &f); err != nil {
		return record.Opening{}, err
	}
	salt, err := record.ParseSalt(f.Salt)
	if err != nil {
		return record.Opening{}, err
	}
	index, ok := wholeNumber(strings.Trim(string(f.Index), `"`))
	if !ok {
		return record.Opening{}, fmt.Errorf("index %s", f.Index)
	}
	return record.Opening{Index: index, Envelope: []byte(f.Envelope), Record: []byte(f.Record),
		Signature: []byte(f.Signature), Salt: salt}, nil
}

// document reads the document of a finding.
func (p *public) document(commit record.Digest) (finding.Document, error) {
	if err := commit.Validate(); err != nil {
		return finding.Document{}, fmt.Errorf("%w: %w", errDamaged, err)
	}
	name := attachmentPath(commit)
	b, err := p.need(name)
	if err != nil {
		return finding.Document{}, err
	}
	d, err := finding.Decode(b)
	if err != nil {
		return finding.Document{}, fmt.Errorf("%w: %s: %w", errDamaged, name, err)
	}
	return d, nil
}

func attachmentPath(commit record.Digest) string { return "attachment/" + string(commit) }

// A full bundle of the log has bundleWidth entries of bundleEntry bytes: the
// size of a leaf, and the leaf.
const (
	bundleWidth = 256
	bundleEntry = 2 + 32
)

// leaves reads the leaves at indexes, which are below size, of the log as it was
// at that size. Neighbours cost one file. See
// https://c2sp.org/tlog-tiles#log-entries.
func (p *public) leaves(size int64, indexes ...int64) ([]record.Digest, error) {
	list := make([]record.Digest, 0, len(indexes))
	var bundle []byte
	last := int64(-1)
	for _, index := range indexes {
		n := index / bundleWidth
		if n != last {
			var err error
			if bundle, err = p.bundle(n, min(size-n*bundleWidth, bundleWidth)); err != nil {
				return nil, err
			}
			last = n
		}
		e := bundle[index%bundleWidth*bundleEntry:][:bundleEntry]
		if binary.BigEndian.Uint16(e) != bundleEntry-2 {
			return nil, fmt.Errorf("%w: entry %d has another size in its bundle", errDamaged, index)
		}
		list = append(list, record.Digest(hex.EncodeToString(e[2:])))
	}
	return list, nil
}

// leaf reads one leaf.
func (p *public) leaf(index, size int64) (record.Digest, error) {
	list, err := p.leaves(size, index)
	if err != nil {
		return "", err
	}
	return list[0], nil
}

// bundle reads the entries of the bundle at place n.
func (p *public) bundle(n, width int64) ([]byte, error) {
	name := bundlePath(n, width)
	b, err := p.need(name)
	if err == nil && int64(len(b)) != width*bundleEntry {
		err = fmt.Errorf("%w: %s has %d bytes, want %d", errDamaged, name, len(b), width*bundleEntry)
	}
	return b, err
}

func bundlePath(n, width int64) string {
	s := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		s = fmt.Sprintf("x%03d/%s", n%1000, s)
	}
	if width < bundleWidth {
		s += fmt.Sprintf(".p/%d", width)
	}
	return "tile/entries/" + s
}
