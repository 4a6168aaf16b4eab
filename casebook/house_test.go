package casebook_test

import (
	"crypto/sha256"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh"

	"solferino/attribution"
	"solferino/casebook"
	"solferino/finding"
	"solferino/party"
	"solferino/record"
	"solferino/review"
)

const (
	institution = record.Subject("institution/reef")
	host        = record.Subject("host/reef")
	inquiry     = record.Subject("case/2026-001")
	statute     = record.Subject("statute/main")
)

// A house is an institution for tests: real keys, all drawn from names so that
// every run gives the same bytes; a log and a vault in memory; and the book
// that admits or refuses.
type house struct {
	t     testing.TB
	book  *casebook.Book
	chain map[record.Subject][]record.Opening
	log   []record.Opening
	vault map[record.Digest][]byte
	now   time.Time
	drawn int
	marks []mark
}

// A mark remembers how far the house had come.
type mark struct {
	name    string
	entries int
	now     time.Time
}

func newHouse(t testing.TB) *house {
	h := &house{t: t, chain: map[record.Subject][]record.Opening{}, vault: map[record.Digest][]byte{},
		now: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)}
	h.book = h.newBook(len(h.log))
	h.book.Live = true
	return h
}

// newBook returns a book of its own over the first entries of the log, as a
// verifier has it.
func (h *house) newBook(entries int) *casebook.Book {
	return &casebook.Book{Institution: institution, Chain: func(s record.Subject, from int) ([]record.Opening, error) {
		chain := h.chain[s]
		if entries > 0 {
			chain = slices.DeleteFunc(slices.Clone(chain), func(o record.Opening) bool { return o.Index >= int64(entries) })
		}
		return chain[min(from, len(chain)):], nil
	}}
}

// mark names the present state of the house.
func (h *house) mark(name string) { h.marks = append(h.marks, mark{name, len(h.log), h.now}) }

// at returns a house of its own that stands where h stood at the mark.
func (h *house) at(t testing.TB, name string) *house {
	t.Helper()
	i := slices.IndexFunc(h.marks, func(m mark) bool { return m.name == name })
	if i < 0 {
		t.Fatalf("the story has no mark %q", name)
	}
	out := newHouse(t)
	out.now = h.marks[i].now
	for _, o := range h.log[:h.marks[i].entries] {
		out.append(o)
	}
	for k, v := range h.vault {
		out.vault[k] = v
	}
	return out
}

func (h *house) append(o record.Opening) {
	env, err := o.DecodeEnvelope()
	h.check(err)
	h.log = append(h.log, o)
	h.chain[env.Subject] = append(h.chain[env.Subject], o)
}

func (h *house) check(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) wait(d time.Duration) { h.now = h.now.Add(d) }

// A draft is a record on its way to the book, with everything that a test may
// bend.
type draft struct {
	record.Record
	envelope  record.Envelope
	key       ssh.Signer
	raw       []byte // the record, where it is not what Encode writes
	signature []byte // where it is not what the key makes of the record
}

// orderedKinds must name the head of their subject.
var orderedKinds = []string{attribution.Computed{}.Kind(), review.Called{}.Kind(), review.Closed{}.Kind(), review.Ended{}.Kind(),
	finding.Assessed{}.Kind(), finding.Issued{}.Kind()}

// draft writes a record as an honest actor would, citing the subjects given.
func (h *house) draft(by, about record.Subject, act record.Act, cites ...record.Subject) *draft {
	h.drawn++
	h.wait(time.Minute)
	d := &draft{key: keyOf(string(by))}
	id := sha256.Sum256(fmt.Appendf(nil, "%d/%d", len(h.log), h.drawn))
	d.Record = record.Record{Subject: about, ID: record.ID(fmt.Sprintf("%x", id[:16])), Actor: by, At: h.now, Act: act}
	head, length := h.head(about)
	d.envelope = record.Envelope{Subject: about, Position: length, Prev: head}
	if slices.Contains(orderedKinds, act.Kind()) {
		d.Expect = head
	}
	slices.Sort(cites)
	for _, s := range slices.Compact(cites) {
		if head, length := h.head(s); length > 0 {
			d.Cites = append(d.Cites, record.Cite{Subject: s, Head: head})
		}
	}
	return d
}

func (h *house) head(s record.Subject) (record.Digest, int) {
	chain := h.chain[s]
	if len(chain) == 0 {
		return "", 0
	}
	return chain[len(chain)-1].Leaf(), len(chain)
}

// opening lays the envelope around the draft, as the ledger does.
func (h *house) opening(d *draft) record.Opening {
	h.t.Helper()
	o := record.Opening{Index: int64(len(h.log)), Record: d.raw, Signature: d.signature}
	var err error
	if o.Record == nil {
		o.Record, err = d.Encode()
		h.check(err)
	}
	if o.Signature == nil {
		o.Signature, err = record.Sign(o.Record, d.key)
		h.check(err)
	}
	o.Envelope, err = record.Marshal(d.envelope)
	h.check(err)
	o.Salt = sha256.Sum256(fmt.Appendf(nil, "salt/%d", o.Index))
	return o
}

func (h *house) submit(d *draft) error {
	h.t.Helper()
	o := h.opening(d)
	if _, _, err := h.book.Check(o); err != nil {
		return err
	}
	h.append(o)
	return nil
}

// say has somebody say something that must be admitted.
func (h *house) say(by, about record.Subject, act record.Act, cites ...record.Subject) record.ID {
	h.t.Helper()
	d := h.draft(by, about, act, cites...)
	if err := h.submit(d); err != nil {
		h.t.Fatalf("%s says %s about %s: %v", by, act.Kind(), about, err)
	}
	return d.ID
}

// attach puts content into the vault.
func (h *house) attach(content string) record.Attachment {
	salt := record.Salt(sha256.Sum256([]byte("salt of " + content)))
	a := record.Attachment{Commit: record.Commit(salt, []byte(content)), Blob: record.Sum([]byte("blob of " + content))}
	h.vault[a.Commit] = []byte(content)
	return a
}

func (h *house) get(a record.Attachment) ([]byte, error) {
	b, ok := h.vault[a.Commit]
	if !ok {
		return nil, fmt.Errorf("attachment %s is not in the vault", a.Commit.Short())
	}
	return b, nil
}

func (h *house) folded(s record.Subject) *casebook.Folded {
	h.t.Helper()
	f, err := h.book.Now(s)
	h.check(err)
	return f
}

func (h *house) inquiry() *casebook.Case {
	h.t.Helper()
	return h.folded(inquiry).Case()
}

func (h *house) bench() *review.Bench {
	h.t.Helper()
	c := h.inquiry()
	if len(c.Benches) == 0 {
		h.t.Fatal("no panel was called")
	}
	return c.Benches[len(c.Benches)-1]
}

// same compares two folds in everything that anybody can see of them: not in
// whether a chain was read to its end, nor in the people of a roster, at whom a
// bench points and who live on.
func same(a, b *casebook.Folded) string {
	field := func(names ...string) func(cmp.Path) bool {
		return func(p cmp.Path) bool {
			f, ok := p.Last().(cmp.StructField)
			return ok && slices.Contains(names, f.Name())
		}
	}
	return cmp.Diff(a, b, cmp.Exporter(func(reflect.Type) bool { return true }),
		cmp.FilterPath(field("read"), cmp.Ignore()),
		cmp.FilterPath(field("roster", "free"), cmp.Transformer("registered", registered)))
}

func registered(people []*party.Person) []party.Registered {
	var out []party.Registered
	for _, p := range people {
		out = append(out, p.Registered)
	}
	return out
}
