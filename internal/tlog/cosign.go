package tlog

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"solferino/proof"
)

// A Cosigner asks one witness, here or elsewhere.
type Cosigner interface {
	// Cosign asks the witness, which last saw the log at size old, to cosign
	// a note that the log signed, and shows it the proof in between. It
	// returns the signature lines, one for each key of the witness. When the
	// witness has seen another size or does not believe the proof, the error
	// is a *Conflict. It returns soon after the context has ended.
	Cosign(ctx context.Context, old int64, p proof.Consistency, signed []byte) ([]byte, error)
}

// A party is one witness with the names that its keys have in the policy.
type party struct {
	names []string
	w     Cosigner
}

// parties lists the witnesses in the order of their names. A remote witness
// that stands under several names is one party.
func (t *Tree) parties() []party {
	var out []party
	for _, name := range slices.Sorted(maps.Keys(t.c.Witnesses)) {
		w := t.c.Witnesses[name]
		remote, isRemote := w.(*RemoteWitness)
		i := slices.IndexFunc(out, func(p party) bool {
			other, ok := p.w.(*RemoteWitness)
			return ok && isRemote && other == remote
		})
		if i < 0 {
			out = append(out, party{[]string{name}, w})
			continue
		}
		out[i].names = append(out[i].names, name)
	}
	return out
}

// An answer is what came of asking one witness.
type answer struct {
	party
	lines []byte
	by    []string // names whose lines these are
	seen  int64    // size that the witness now has seen
	err   error
}

// cosign asks all witnesses at once and returns the note with their lines,
// once they make the quorum and the grace is over. The error is a [*Pending]
// when they do not, and wraps [ErrForked] when one can prove that the log
// signed something else.
func (t *Tree) cosign(ctx context.Context, head Head) ([]byte, error) {
	var asking sync.WaitGroup
	defer asking.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	all := t.parties()
	answers := make(chan answer, len(all))
	for _, p := range all {
		seen := t.seen[p.names[0]]
		asking.Go(func() { answers <- t.ask(ctx, p, seen, head) })
	}
	lines, absent, err := t.gather(ctx, answers, len(all))
	if err != nil {
		return nil, err
	}
	signed, err := proof.Assemble(head.Note, lines, t.c.Policy)
	if err != nil {
		return nil, err
	}
	if _, _, err := proof.ParseCheckpoint(signed, t.c.Policy); err != nil {
		return nil, t.pending(signed, absent)
	}
	return signed, nil
}

// gather collects lines until all have answered, or the quorum is there and
// the grace over, or the context is done. It also returns why others are
// absent, by name.
func (t *Tree) gather(ctx context.Context, answers <-chan answer, n int) (lines [][]byte, absent map[string]error, err error) {
	var by []proof.Cosigner
	var over <-chan time.Time
	absent = make(map[string]error)
	for range n {
		if over == nil && t.c.Policy.Satisfied(by) {
			over = time.After(t.c.Grace)
		}
		select {
		case a := <-answers:
			if errors.Is(a.err, ErrForked) {
				return nil, nil, a.err
			}
			for _, name := range a.names {
				absent[name] = a.err
			}
			if a.err != nil {
				continue
			}
			t.seen[a.names[0]] = a.seen
			lines = append(lines, a.lines)
			for _, name := range a.by {
				by = append(by, proof.Cosigner{Name: name})
			}
		case <-over:
			return lines, absent, nil
		case <-ctx.Done():
			return lines, absent, nil
		}
	}
	return lines, absent, nil
}

// ask asks one witness, and once more from where the witness says it stands.
func (t *Tree) ask(ctx context.Context, p party, seen int64, head Head) answer {
	r, err := newReader(inDir(t.c.Dir), head)
	if err != nil {
		return answer{party: p, err: err}
	}
	a := t.askFrom(ctx, p, seen, r, head)
	for range 2 {
		var conflict *Conflict
		if !errors.As(a.err, &conflict) {
			break
		}
		if seen, err = t.judge(p, conflict, r, head); err != nil {
			return answer{party: p, err: err}
		}
		if a.seen == seen {
			break // it was asked from there
		}
		a = t.askFrom(ctx, p, seen, r, head)
	}
	return a
}

// askFrom asks a witness from a size, and checks that it answers with its own
// lines. The answer says how far the witness has seen.
func (t *Tree) askFrom(ctx context.Context, p party, seen int64, r *reader, head Head) answer {
	a := answer{party: p, seen: seen}
	way, err := r.consistency(seen, head.Size)
	if err == nil {
		a.lines, err = p.w.Cosign(ctx, seen, way, head.Note)
	}
	if err == nil {
		a.by, err = t.signers(head, a.lines)
	}
	for _, name := range a.by {
		if !slices.Contains(p.names, name) {
			err = errors.New("it answered with another witness's signature")
		}
	}
	if err == nil {
		a.seen = head.Size
	}
	a.err = err
	return a
}

// signers returns the names of the witnesses whose lines these are.
func (t *Tree) signers(head Head, lines []byte) ([]string, error) {
	signed, err := proof.Assemble(head.Note, [][]byte{lines}, t.c.Policy)
	if err != nil {
		return nil, err
	}
	_, by, err := proof.ParseCheckpoint(signed, t.c.Policy.WithoutQuorum())
	if err == nil && len(by) == 0 {
		err = errors.New("it answered with no signature")
	}
	var names []string
	for _, c := range by {
		names = append(names, c.Name)
	}
	return names, err
}

// judge returns the size to ask a witness from after a conflict. A checkpoint
// that our key has signed and our tree does not have proves a fork; a bare
// claim proves nothing, and that witness counts as absent.
func (t *Tree) judge(p party, c *Conflict, r *reader, head Head) (int64, error) {
	past, err := ParseSigned(c.Note, t.c.Policy)
	if err != nil && !c.Disproved && c.Size <= head.Size && c.Size >= 0 {
		return c.Size, nil
	}
	if err != nil {
		return 0, errors.Join(fmt.Errorf("%w, and shows nothing for it", c), t.keepRefusal(p, c, head))
	}
	if err := t.remind(memory{"witness " + p.names[0], past}, c.Note, r, head); err != nil {
		return 0, err
	}
	return past.Size, nil
}
