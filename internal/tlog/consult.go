package tlog

import (
	"context"
	"fmt"
	"sync"
	"time"

	"solferino/proof"
)

// consultTimeout bounds how long all witnesses together are asked what they
// remember, before a process signs for the first time.
const consultTimeout = 3 * time.Second

// A rememberer is a witness that shows the checkpoint which it cosigned last,
// or nil.
type rememberer interface {
	Last(ctx context.Context) ([]byte, error)
}

// A recollection is what a witness says that it has seen of the log last.
type recollection struct {
	party
	note []byte // nil: nothing
	err  error  // it could not be asked
}

// consult asks every witness that can be reached what it has seen of the log
// last, before this process signs anything. Of a backup that was restored on
// one machine with all its files, only others remember what came after. The
// error wraps [ErrForked] when anyone is ahead of the head or has seen another
// tree, and is a [*Pending] when those who answer do not make the quorum: what
// would be signed could not be published anyway. What the log's key has not
// signed is no memory.
func (t *Tree) consult(ctx context.Context, head Head) error {
	if t.consulted {
		return nil
	}
	r, err := newReader(inDir(t.c.Dir), head)
	if err != nil {
		return err
	}
	var by []proof.Cosigner
	absent := make(map[string]error)
	for _, a := range t.recollections(ctx) {
		for _, name := range a.names {
			absent[name] = a.err
			if a.err == nil {
				by = append(by, proof.Cosigner{Name: name})
			}
		}
		c, err := ParseSigned(a.note, t.c.Policy)
		if err != nil {
			continue
		}
		if err := t.remind(memory{"witness " + a.names[0], c}, a.note, r, head); err != nil {
			return err
		}
		t.seen[a.names[0]] = c.Size
	}
	if !t.c.Policy.Satisfied(by) {
		return t.unasked(by, absent, head)
	}
	t.consulted = true
	return nil
}

// recollections asks all witnesses at once. One that has nothing to be asked
// for counts as one that remembers nothing.
func (t *Tree) recollections(ctx context.Context) []recollection {
	ctx, cancel := context.WithTimeout(ctx, consultTimeout)
	defer cancel()
	out := make([]recollection, 0, len(t.c.Witnesses))
	for _, p := range t.parties() {
		out = append(out, recollection{party: p})
	}
	var asking sync.WaitGroup
	for i := range out {
		if w, ok := out[i].w.(rememberer); ok {
			asking.Go(func() { out[i].note, out[i].err = w.Last(ctx) })
		}
	}
	asking.Wait()
	return out
}

// remind compares the head with what somebody outside has seen of it, and
// keeps the notes that prove a fork: from then on they are a memory of ours.
func (t *Tree) remind(m memory, theirs []byte, r *reader, head Head) error {
	err := m.allow(head)
	if err == nil {
		err = m.agree(r)
	}
	if err == nil || t.c.Evidence == "" {
		return err
	}
	why := Evidence{Kind: forkKind, Why: err.Error(), Files: map[string][]byte{oursName: head.Note, theirsName: theirs}}
	path, failed := why.Keep(t.c.Evidence)
	if failed != nil {
		return fmt.Errorf("%w (and what proves it could not be kept: %w)", err, failed)
	}
	return fmt.Errorf("%w; what proves it is in %s", err, path)
}

// keepRefusal keeps what a witness answered that proves nothing: when several
// say so, a person will want to look.
func (t *Tree) keepRefusal(p party, c *Conflict, head Head) error {
	past, err := kept(t.c.Evidence, refusalKind)
	if err != nil || t.c.Evidence == "" || len(past) >= maxRefusals {
		return err
	}
	why := Evidence{Kind: refusalKind, Why: fmt.Sprintf("witness %s: %v", p.names[0], c), Files: map[string][]byte{oursName: head.Note}}
	if c.Note != nil {
		why.Files[theirsName] = c.Note
	}
	_, err = why.Keep(t.c.Evidence)
	return err
}

// The files of the evidence that our own log forked.
const (
	oursName   = "ours"
	theirsName = "theirs"
)
