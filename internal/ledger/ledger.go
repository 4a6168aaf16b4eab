package ledger

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"solferino/casebook"
	"solferino/internal/store"
	"solferino/record"
)

var (
	// ErrConflict means that another record has this id.
	ErrConflict = errors.New("another record has this id")
	// ErrClosed means that the ledger takes nothing any more.
	ErrClosed = errors.New("the ledger is closed")
)

// maxBatch bounds how many records one transaction takes.
const maxBatch = 512

// A Config says what a ledger works with.
type Config struct {
	DB          *store.DB
	Institution record.Subject
	Random      io.Reader         // salts; crypto/rand.Reader
	Step        func(name string) // called at named steps, for fault tests; nil for none
}

// A Ledger admits records. Any number of goroutines may submit; one writes.
type Ledger struct {
	config Config
	in     chan *submission
	done   chan struct{} // closed when the writer has ended
	stop   chan struct{}
	once   sync.Once // closes stop

	// The writer alone touches these.
	book *casebook.Book
	next int64
}

// A Receipt says where an admitted record stands. It is given only after the
// record is safe on disk.
type Receipt struct {
	Index    int64          `json:"index"` // in the public log
	Subject  record.Subject `json:"subject"`
	Position int            `json:"position"` // in its subject
	Leaf     record.Digest  `json:"leaf"`
}

type submission struct {
	said              casebook.Said
	record, signature []byte
	receipt           Receipt
	err               error
	done              chan struct{}
}

// Open starts the writer of a ledger.
func Open(ctx context.Context, config Config) (*Ledger, error) {
	next, err := config.DB.Size(ctx)
	if err != nil {
		return nil, err
	}
	if config.Step == nil {
		config.Step = func(string) {}
	}
	l := &Ledger{
		config: config,
		in:     make(chan *submission, maxBatch),
		done:   make(chan struct{}),
		stop:   make(chan struct{}),
		book:   NewBook(ctx, config.DB, config.Institution),
		next:   next,
	}
	l.book.Live = true
	go l.write()
	return l, nil
}

// NewBook returns a book over what is on record, for a reader of its own.
func NewBook(ctx context.Context, db *store.DB, institution record.Subject) *casebook.Book {
	return &casebook.Book{
		Institution: institution,
		Chain: func(s record.Subject, from int) ([]record.Opening, error) {
			entries, err := db.Chain(ctx, s)
			if err != nil {
				return nil, err
			}
			entries = entries[min(from, len(entries)):]
			openings := make([]record.Opening, len(entries))
			for i, e := range entries {
				openings[i] = e.Opening
			}
			return openings, nil
		},
	}
}

// Submit admits one record in its exact bytes, with its signature, or says why
// not; a refused record leaves nothing behind. When Submit returns a receipt,
// the record survives a power cut. The same bytes again give the same receipt;
// other bytes under the same id are an [ErrConflict].
func (l *Ledger) Submit(ctx context.Context, rec, signature []byte) (Receipt, error) {
	said, err := casebook.Read(rec, signature)
	if err != nil {
		return Receipt{}, err
	}
	s := &submission{said: said, record: rec, signature: signature, done: make(chan struct{})}
	select {
	case l.in <- s:
	case <-l.stop:
		return Receipt{}, ErrClosed
	case <-ctx.Done():
		return Receipt{}, ctx.Err()
	}
	select {
	case <-s.done:
		return s.receipt, s.err
	case <-l.done:
		select {
		case <-s.done:
			return s.receipt, s.err
		default:
			return Receipt{}, ErrClosed
		}
	}
}

// Close ends the writer after what it has in hand. It does not close the
// database. It may be called again.
func (l *Ledger) Close() {
	l.once.Do(func() { close(l.stop) })
	<-l.done
}

func (l *Ledger) write() {
	defer close(l.done)
	for {
		select {
		case s := <-l.in:
			l.commit(l.gather(s))
		case <-l.stop:
			return
		}
	}
}

// gather takes what else is waiting, so that one fsync serves all of it.
func (l *Ledger) gather(first *submission) []*submission {
	batch := []*submission{first}
	for len(batch) < maxBatch {
		select {
		case s := <-l.in:
			batch = append(batch, s)
		default:
			return batch
		}
	}
	return batch
}

// commit admits a batch in one transaction and answers everybody.
func (l *Ledger) commit(batch []*submission) {
	ctx := context.Background()
	w := &work{ledger: l, next: l.next, taken: map[record.ID]*submission{}}
	for _, s := range batch {
		s.receipt, s.err = w.take(ctx, s)
	}
	l.config.Step("before-commit")
	if err := w.append(ctx); err != nil {
		w.undo(batch, err)
	} else {
		l.next = w.next
	}
	l.config.Step("after-commit")
	for _, s := range batch {
		close(s.done)
	}
}

// A work is one batch on its way into the database.
type work struct {
	ledger  *Ledger
	next    int64
	entries []store.Entry
	rows    []store.Row
	taken   map[record.ID]*submission
}

func (w *work) take(ctx context.Context, s *submission) (Receipt, error) {
	id := s.said.ID
	if again := w.taken[id]; again != nil {
		return w.repeated(again, s)
	}
	old, found, err := w.ledger.config.DB.ByID(ctx, id)
	if err != nil {
		return Receipt{}, err
	}
	if found {
		return receiptOf(old), sameRecord(id, old.Record, s.record)
	}
	e, err := w.admit(s)
	if err != nil {
		return Receipt{}, err
	}
	w.taken[id] = s
	return receiptOf(e), nil
}

func (w *work) repeated(first, s *submission) (Receipt, error) {
	return first.receipt, sameRecord(s.said.ID, first.record, s.record)
}

func sameRecord(id record.ID, old, again []byte) error {
	if string(old) != string(again) {
		return fmt.Errorf("%s: %w", id, ErrConflict)
	}
	return nil
}

func receiptOf(e store.Entry) Receipt {
	return Receipt{Index: e.Index, Subject: e.Subject, Position: e.Position, Leaf: e.Leaf}
}

func (w *work) admit(s *submission) (store.Entry, error) {
	book := w.ledger.book
	f, err := book.Before(s.said.Subject, w.next)
	if err != nil {
		return store.Entry{}, err
	}
	position := f.Len
	o, err := w.enclose(s.said.Subject, f, s)
	if err != nil {
		return store.Entry{}, err
	}
	e, after, err := book.Admit(s.said, o)
	if err != nil {
		return store.Entry{}, err
	}
	entry := store.Entry{Opening: o, ID: e.ID, Subject: e.Subject, Position: position, Kind: e.Act.Kind(),
		Actor: e.Actor, At: e.At, Leaf: e.Leaf}
	w.entries, w.rows = append(w.entries, entry), append(w.rows, rows(e, after)...)
	w.next++
	return entry, nil
}

// enclose lays the envelope around a record and draws its salt.
func (w *work) enclose(subject record.Subject, f *casebook.Folded, s *submission) (record.Opening, error) {
	o := record.Opening{Index: w.next, Record: s.record, Signature: s.signature}
	if _, err := io.ReadFull(w.ledger.config.Random, o.Salt[:]); err != nil {
		return o, fmt.Errorf("draw a salt: %w", err)
	}
	var err error
	o.Envelope, err = record.Marshal(record.Envelope{Subject: subject, Position: f.Len, Prev: f.Head})
	return o, err
}

func (w *work) append(ctx context.Context) error {
	if len(w.entries) == 0 {
		return nil
	}
	return w.ledger.config.DB.Append(ctx, w.entries, latest(w.rows))
}

// undo answers with err whoever was about to be admitted, and has the ledger
// go on from what is on disk: the folds ran ahead of it.
func (w *work) undo(batch []*submission, err error) {
	l := w.ledger
	for _, s := range batch {
		if s.err == nil && s.receipt.Index >= l.next {
			s.receipt, s.err = Receipt{}, fmt.Errorf("not admitted: %w", err)
		}
	}
	l.book = NewBook(context.Background(), l.config.DB, l.config.Institution)
	l.book.Live = true
	if size, err := l.config.DB.Size(context.Background()); err == nil {
		l.next = size
	}
}
