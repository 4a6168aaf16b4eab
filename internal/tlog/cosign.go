package tlog

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"solferino/proof"
)

// A Cosigner asks one witness, here or elsewhere.
type Cosigner interface {
	// Cosign asks the witness, which last saw the log at size old, to cosign
	// a note that the log signed, and shows it the proof in between. It
	// returns the signature line. When the witness has seen another size or
	// does not believe the proof, the error is a *Conflict. It returns soon
	// after the context has ended.
	Cosign(ctx context.Context, old int64, p proof.Consistency, signed []byte) ([]byte, error)
}

// An answer is what came of asking one witness.
type answer struct {
	name string
	line []byte
	seen int64 // size that the witness now has seen
	err  error
}

// cosign asks all witnesses at once and returns the note with their lines,
// once they make the quorum and the grace is over. The error wraps
// [ErrPending] when they do not, and [ErrForked] when one can prove that the
// log signed something else.
func (t *Tree) cosign(ctx context.Context, head Head) ([]byte, error) {
	var asking sync.WaitGroup
	defer asking.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	answers := make(chan answer, len(t.c.Witnesses))
	for name, w := range t.c.Witnesses {
		seen := t.seen[name]
		asking.Go(func() { answers <- t.ask(ctx, name, w, seen, head) })
	}
	lines, absent, err := t.gather(ctx, answers, head)
	if err != nil {
		return nil, err
	}
	signed, err := proof.Assemble(head.Note, lines, t.c.Policy)
	if err != nil {
		return nil, err
	}
	if _, _, err := proof.ParseCheckpoint(signed, t.c.Policy); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPending, errors.Join(append([]error{err}, absent...)...))
	}
	return signed, nil
}

// gather collects lines until all have answered, or the quorum is there and
// the grace over, or the context is done.
func (t *Tree) gather(ctx context.Context, answers <-chan answer, head Head) (lines [][]byte, absent []error, err error) {
	var by []proof.Cosigner
	var over <-chan time.Time
	for range t.c.Witnesses {
		if over == nil && t.c.Policy.Satisfied(by) {
			over = time.After(t.c.Grace)
		}
		select {
		case a := <-answers:
			if errors.Is(a.err, ErrForked) {
				return nil, nil, a.err
			}
			if a.err != nil {
				absent = append(absent, fmt.Errorf("witness %s: %w", a.name, a.err))
				continue
			}
			t.seen[a.name] = a.seen
			lines, by = append(lines, a.line), append(by, proof.Cosigner{Name: a.name})
		case <-over:
			return lines, absent, nil
		case <-ctx.Done():
			return lines, append(absent, ctx.Err()), nil
		}
	}
	return lines, absent, nil
}

// ask asks one witness, and once more from where the witness says it stands.
func (t *Tree) ask(ctx context.Context, name string, w Cosigner, seen int64, head Head) answer {
	r, err := newReader(t.c.Dir, head)
	if err != nil {
		return answer{name: name, err: err}
	}
	line, err := t.askFrom(ctx, name, w, seen, r, head)
	var conflict *Conflict
	if errors.As(err, &conflict) {
		if seen, err = t.judge(conflict, r); err == nil {
			line, err = t.askFrom(ctx, name, w, seen, r, head)
		}
	}
	return answer{name, line, head.Size, err}
}

func (t *Tree) askFrom(ctx context.Context, name string, w Cosigner, seen int64, r *reader, head Head) ([]byte, error) {
	p, err := r.consistency(seen, head.Size)
	if err != nil {
		return nil, err
	}
	line, err := w.Cosign(ctx, seen, p, head.Note)
	if err != nil {
		return nil, err
	}
	signed, err := proof.Assemble(head.Note, [][]byte{line}, t.c.Policy)
	if err != nil {
		return nil, err
	}
	_, by, err := proof.ParseCheckpoint(signed, t.c.Policy.WithoutQuorum())
	if err == nil && (len(by) != 1 || by[0].Name != name) {
		err = errors.New("it answered with another witness's signature")
	}
	return line, err
}

// judge returns the size to ask a witness from after a conflict. A checkpoint
// that our key has signed and our tree does not have proves a fork; a bare
// claim proves nothing, and that witness counts as absent.
func (t *Tree) judge(c *Conflict, r *reader) (int64, error) {
	past, err := parseSigned(c.Note, t.c.Policy)
	if err != nil && c.Size <= r.edge.size && c.Size >= 0 {
		return c.Size, nil
	}
	if err != nil {
		return 0, fmt.Errorf("%w, and shows nothing for it", c)
	}
	m := memory{"a witness", past}
	if err := m.allow(Head{Size: r.edge.size, Root: r.edge.root()}); err != nil {
		return 0, err
	}
	return past.Size, m.agree(r)
}
