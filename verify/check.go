package verify

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"solferino/attribution"
	"solferino/casebook"
	"solferino/finding"
	"solferino/party"
	"solferino/proof"
	"solferino/record"

	"golang.org/x/crypto/ssh"
)

// Options are what the reader knows beside the bundle. The zero value works.
type Options struct {
	// Institution is the log key (C2SP vkey) or its fingerprint that the reader
	// trusts; "" to be told which was believed.
	Institution string
	// Status is a newer status list of the same log, or nil.
	Status []byte
	// Knowledge is the encoded knowledge that the numbers were computed from,
	// where it is not the one that comes with this program; or nil.
	Knowledge []byte
}

// Check walks the chain of a bundle and reports every link up to the first
// that does not hold.
func Check(b []byte, o Options) Report {
	c := &checker{options: o, raw: b, contents: map[record.Digest][]byte{}}
	for _, link := range []struct {
		name string
		do   func() (string, error)
	}{
		{"container", c.container},
		{"institution", c.institution},
		{"checkpoint", c.checkpoint},
		{"inclusion", c.inclusion},
		{"attachments", c.attachments},
		{"records", c.records},
		{"completeness", c.completeness},
		{"numbers", c.numbers},
		{"finding", c.finding},
		{"status", c.status},
	} {
		says, err := link.do()
		if err != nil {
			c.report.Lines = append(c.report.Lines, Line{link.name, false, err.Error()})
			return c.report
		}
		c.report.Lines = append(c.report.Lines, Line{link.name, true, says})
	}
	c.report.Verified = true
	return c.report
}

// A checker holds what the links before have shown.
type checker struct {
	options  Options
	raw      []byte
	report   Report
	bundle   Bundle
	contents map[record.Digest][]byte

	founded  party.Founded
	subject  record.Subject // of the institution
	policy   *proof.Policy
	tip      proof.Checkpoint
	seen     []proof.Cosigner
	chains   map[record.Subject][]record.Opening
	entries  []casebook.Entry // in the order of the log
	book     *casebook.Book
	expected []byte // the finding, composed again
	computed int    // analyses computed again
	workings error  // why numbers or finding could not be had again
	issued   finding.Issued
}

func (c *checker) container() (string, error) {
	var err error
	if c.bundle, err = Decode(c.raw); err != nil {
		return "", err
	}
	if len(c.bundle.Entries) == 0 {
		return "", errors.New("the bundle holds no record")
	}
	return fmt.Sprintf("%d records and %d attachments in the one encoding of a bundle",
		len(c.bundle.Entries), len(c.bundle.Attachments)), nil
}

// institution finds the founding record and with it the keys to believe.
func (c *checker) institution() (string, error) {
	c.chains = map[record.Subject][]record.Opening{}
	kinds := casebook.Kinds()
	for _, e := range c.bundle.Entries {
		r, err := kinds.Decode(e.Record)
		if err != nil {
			return "", fmt.Errorf("entry %d: %w", e.Index, err)
		}
		c.entries = append(c.entries, casebook.Entry{Record: r, Index: e.Index, Leaf: e.Leaf()})
		c.chains[r.Subject] = append(c.chains[r.Subject], e.Opening)
		if act, ok := r.Act.(party.Founded); ok && c.subject == "" {
			c.founded, c.subject = act, r.Subject
		}
	}
	if c.subject == "" {
		return "", errors.New("no record founds the institution")
	}
	var err error
	if c.policy, err = proof.ParsePolicy([]byte(c.founded.Policy)); err != nil {
		return "", err
	}
	return c.believe()
}

func (c *checker) believe() (string, error) {
	origin := "from the bundle itself"
	if pin := strings.TrimSpace(c.options.Institution); pin != "" {
		if pin != c.policy.LogKey() && pin != string(c.policy.LogFingerprint()) {
			return "", fmt.Errorf("the bundle speaks for log key %s, not for the pinned %s", c.policy.LogKey(), pin)
		}
		c.report.Pinned, origin = true, "pinned by the reader"
	}
	c.report.Believed = []Key{{fmt.Sprintf("log %s of %s", c.policy.Origin(), c.founded.Name), origin, string(c.policy.LogFingerprint())}}
	for _, w := range c.policy.Witnesses() {
		c.report.Believed = append(c.report.Believed, Key{"witness " + w.Name, "named by the founding record", string(w.Fingerprint())})
	}
	says := fmt.Sprintf("%s, log %s", c.founded.Name, c.policy.Origin())
	if c.founded.Notice != "" {
		says += ", " + c.founded.Notice
	}
	return says, nil
}

func (c *checker) checkpoint() (string, error) {
	var err error
	if c.tip, c.seen, err = proof.ParseCheckpoint(c.bundle.Checkpoint, c.policy); err != nil {
		return "", err
	}
	var names []string
	for _, w := range c.seen {
		names = append(names, fmt.Sprintf("%s at %s", w.Name, w.At.UTC().Format(time.RFC3339)))
	}
	return fmt.Sprintf("log of size %d, signed and seen by %s", c.tip.Size, strings.Join(names, ", ")), nil
}

func (c *checker) inclusion() (string, error) {
	for i, e := range c.bundle.Entries {
		p := proof.Inclusion{Index: e.Index, Hashes: e.Hashes}
		if err := p.Verify(c.entries[i].Leaf, c.tip); err != nil {
			return "", fmt.Errorf("entry %d (%s): %w", e.Index, c.entries[i].Act.Kind(), err)
		}
	}
	return fmt.Sprintf("all %d records are in the log where they say", len(c.bundle.Entries)), nil
}

func (c *checker) attachments() (string, error) {
	for _, a := range c.bundle.Attachments {
		c.contents[a.Commit()] = a.Content
	}
	return fmt.Sprintf("%d attachments are what records commit to", len(c.contents)), nil
}

func (c *checker) get(a record.Attachment) ([]byte, error) {
	b, ok := c.contents[a.Commit]
	if !ok {
		return nil, fmt.Errorf("attachment %s is missing", a.Commit.Short())
	}
	return b, nil
}

// records folds everything again, under the rules of the ledger.
func (c *checker) records() (string, error) {
	c.book = &casebook.Book{Institution: c.subject, Chain: func(s record.Subject, from int) ([]record.Opening, error) {
		return c.chains[s][min(from, len(c.chains[s])):], nil
	}}
	people := map[string]bool{}
	for i, e := range c.bundle.Entries {
		if err := c.before(c.entries[i]); err != nil && c.workings == nil {
			c.workings = fmt.Errorf("entry %d: %w", e.Index, err)
		}
		if _, _, err := c.book.Check(e.Opening); err != nil {
			return "", fmt.Errorf("entry %d: %w", e.Index, err)
		}
		key, err := record.Signer(e.Signature)
		if err != nil {
			return "", fmt.Errorf("entry %d: %w", e.Index, err)
		}
		people[string(c.entries[i].Actor)+" "+ssh.FingerprintSHA256(key)] = true
	}
	c.believePeople(people)
	return fmt.Sprintf("signed by %d keys, chained, and admitted by the rules again: custody, lot, ballots, dissent", len(people)), nil
}

func (c *checker) believePeople(people map[string]bool) {
	var names []string
	for p := range people {
		names = append(names, p)
	}
	slices.Sort(names)
	for _, p := range names {
		who, key, _ := strings.Cut(p, " ")
		c.report.Believed = append(c.report.Believed, Key{who, "entered in the log", key})
	}
}

// before does what needs the state of the case just before an entry: it
// computes again what the entry says was computed, and composes again what it
// issues.
func (c *checker) before(e casebook.Entry) error {
	switch act := e.Act.(type) {
	case attribution.Computed:
		return c.compute(e, act)
	case finding.Issued:
		f, err := c.book.Before(e.Subject, e.Index)
		if err != nil {
			return nil // the records link says so
		}
		c.issued = act
		d, err := casebook.Compose(&party.Institution{ID: c.subject, Founded: c.founded}, f.Case(), act.Change, c.get)
		if err != nil {
			return err
		}
		c.report.Document, c.report.Case, c.report.Version = d, e.Subject, act.Version
		c.expected, err = d.Encode()
		return err
	}
	return nil
}

func (c *checker) compute(e casebook.Entry, act attribution.Computed) error {
	f, err := c.book.Before(e.Subject, e.Index)
	if err != nil {
		return nil // the records link says so
	}
	k, err := c.knowledge(act.Knowledge)
	if err != nil {
		return err
	}
	question, result, err := casebook.Compute(f.Case(), k, c.get)
	if err != nil {
		return err
	}
	if err := c.same(act.Question, question, "question"); err != nil {
		return err
	}
	if err := c.same(act.Result, result, "result"); err != nil {
		return err
	}
	r, err := attribution.DecodeResult(result)
	if err != nil {
		return err
	}
	if act.Named != r.Named || act.Engine != r.Engine {
		return fmt.Errorf("the record says that engine %s names %q, the result that engine %s names %q", act.Engine, act.Named, r.Engine, r.Named)
	}
	c.computed++
	return nil
}

func (c *checker) same(a record.Attachment, want []byte, what string) error {
	got, err := c.get(a)
	if err != nil {
		return err
	}
	if !bytes.Equal(got, want) {
		return fmt.Errorf("computed again, the %s differs from the one on record", what)
	}
	return nil
}

func (c *checker) knowledge(digest record.Digest) (*attribution.Knowledge, error) {
	k, err := attribution.Embedded()
	if c.options.Knowledge != nil {
		k, err = attribution.ParseKnowledge(c.options.Knowledge)
	}
	if err != nil {
		return nil, err
	}
	if k.Digest() != string(digest) {
		return nil, fmt.Errorf("the numbers were computed from knowledge %s, at hand is %s (%s)", digest.Short(), k.Version, k.Digest()[:8])
	}
	return k, nil
}

// completeness reports whether the bundle holds the subjects that the finding
// rests on, the attachments they name, and nothing else.
func (c *checker) completeness() (string, error) {
	last := c.entries[len(c.entries)-1]
	if _, ok := last.Act.(finding.Issued); !ok {
		return "", fmt.Errorf("the last record is %s, not the one that issues the finding", last.Act.Kind())
	}
	need := casebook.Reach(last.Subject, c.subject, func(s record.Subject) []casebook.Entry {
		return slices.DeleteFunc(slices.Clone(c.entries), func(e casebook.Entry) bool { return e.Subject != s })
	})
	for _, e := range c.entries {
		if !slices.Contains(need, e.Subject) {
			return "", fmt.Errorf("entry %d is about %s, which the finding does not rest on", e.Index, e.Subject)
		}
	}
	for _, s := range need {
		if len(c.chains[s]) == 0 {
			return "", fmt.Errorf("the finding rests on %s, of which nothing is here", s)
		}
	}
	f, err := c.book.Now(last.Subject)
	if err != nil {
		return "", err
	}
	want := f.Case().Attachments()
	for _, a := range want {
		if _, err := c.get(a); err != nil {
			return "", err
		}
	}
	if len(want) != len(c.contents) {
		return "", fmt.Errorf("%d attachments, the records name %d", len(c.contents), len(want))
	}
	return fmt.Sprintf("%d subjects, no more and no less than the finding rests on", len(need)), nil
}

func (c *checker) numbers() (string, error) {
	if c.workings != nil && c.expected == nil {
		return "", c.workings
	}
	if c.computed == 0 {
		return "", errors.New("no analysis stands behind the finding")
	}
	return fmt.Sprintf("every analysis (%d) computed again, the same bit for bit", c.computed), nil
}

func (c *checker) finding() (string, error) {
	if c.workings != nil {
		return "", c.workings
	}
	document, err := c.get(c.issued.Document)
	if err != nil {
		return "", err
	}
	if !bytes.Equal(document, c.expected) {
		return "", errors.New("composed again from the records, the finding differs")
	}
	if c.report.Document.Text() != string(c.bundle.Text) {
		return "", fmt.Errorf("%s is not the text of the finding", textName)
	}
	return fmt.Sprintf("composed again from the records, the same: %s, version %d", c.report.Case, c.report.Version), nil
}

// status reports whether the version stands, by the list in the bundle and by
// the newer one, if the reader has one.
func (c *checker) status() (string, error) {
	own, err := c.standing(c.bundle.Status)
	if err != nil {
		return "", err
	}
	if own.Checkpoint != c.tip {
		return "", fmt.Errorf("the status list is of another log: size %d, the checkpoint has %d", own.Checkpoint.Size, c.tip.Size)
	}
	if c.options.Status == nil {
		return c.standsAt(own), nil
	}
	newer, err := c.standing(c.options.Status)
	if err != nil {
		return "", err
	}
	if newer.Checkpoint.Size < own.Checkpoint.Size {
		return "", fmt.Errorf("the status list given is older (size %d) than the bundle's (size %d)", newer.Checkpoint.Size, own.Checkpoint.Size)
	}
	return c.standsAt(newer), nil
}

func (c *checker) standing(note []byte) (proof.Status, error) {
	s, err := proof.ParseStatus(note, c.policy)
	if err != nil {
		return s, err
	}
	state, listed := s.State(string(c.report.Case), c.report.Version)
	if !listed {
		return s, fmt.Errorf("the status list does not name %s version %d", c.report.Case, c.report.Version)
	}
	if state == proof.Withdrawn {
		return s, fmt.Errorf("%s version %d was withdrawn, as of log size %d", c.report.Case, c.report.Version, s.Checkpoint.Size)
	}
	return s, nil
}

func (c *checker) standsAt(s proof.Status) string {
	says := fmt.Sprintf("not withdrawn as of log size %d, %s", s.Checkpoint.Size, s.At.UTC().Format(time.RFC3339))
	if state, _ := s.State(string(c.report.Case), c.report.Version); state == proof.Superseded {
		says += "; a later version supersedes it"
	}
	return says
}
