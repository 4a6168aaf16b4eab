package watch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"solferino/internal/tlog"
	"solferino/proof"
)

// maxNote bounds a checkpoint that is read from outside, in bytes.
const maxNote = 1 << 20

// cosigners returns the witnesses of the policy who have signed a note.
func (m *Monitor) cosigners(note []byte) []proof.Cosigner {
	var by []proof.Cosigner
	cut := bytes.LastIndex(note, []byte("\n\n")) + 2
	for line := range bytes.Lines(note[max(cut, 0):]) {
		signed, err := proof.Assemble(tlog.LogPart(note, m.c.Policy), [][]byte{line}, m.c.Policy)
		if err != nil {
			continue // by a stranger, or the log's own
		}
		if _, one, err := proof.ParseCheckpoint(signed, m.c.Policy.WithoutQuorum()); err == nil {
			by = append(by, one...)
		}
	}
	return by
}

// watchLog reads what the log shows, and compares it with what it has shown.
func (r *round) watchLog(ctx context.Context) error {
	note, err := r.c.Log.Get(ctx, "checkpoint", maxNote)
	if errors.Is(err, tlog.ErrMissing) && r.last.note != nil {
		return r.alarm("rollback", fmt.Sprintf("the log shows no checkpoint; it has shown one of size %d", r.last.Size),
			map[string][]byte{"before": r.last.note})
	}
	if err != nil {
		r.trouble(err)
		return nil
	}
	if err := r.countsAs(note); err != nil {
		return err
	}
	if r.now, err = r.sight("the log", note); err != nil {
		return nil // it has been said
	}
	r.Size, r.Root = r.now.Size, fmt.Sprintf("%x", r.now.Root)
	for _, w := range r.cosigners(note) {
		r.SeenBy = append(r.SeenBy, w.Name)
	}
	if err := r.open(ctx); err != nil {
		return err
	}
	if err := r.sinceLast(); err != nil {
		return err
	}
	return r.youngEnough()
}

// countsAs asks whether a stranger with the policy would accept the note.
func (r *round) countsAs(note []byte) error {
	_, _, err := proof.ParseCheckpoint(note, r.c.Policy)
	evidence := map[string][]byte{"checkpoint": note}
	switch {
	case errors.Is(err, proof.ErrNoQuorum):
		return r.alarm("quorum", err.Error(), evidence)
	case err != nil:
		return r.alarm("signature", err.Error(), evidence)
	}
	return nil
}

// open reads the right edge of the tree that the log shows.
func (r *round) open(ctx context.Context) (err error) {
	r.view, err = r.c.Log.View(ctx, r.now.Checkpoint)
	return r.unproven("what the log signed", err, r.now)
}

// unproven raises an alarm when the log signs what it does not prove: its files
// are wrong, or missing. Who is out of reach is in trouble and no more.
func (r *round) unproven(what string, err error, seen ...sight) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, tlog.ErrUnreachable):
		r.trouble(err)
		return nil
	}
	return r.alarm("unproven", fmt.Sprintf("%s: %v", what, err), evidenceOf(seen...))
}

func evidenceOf(seen ...sight) map[string][]byte {
	files := make(map[string][]byte)
	for i, s := range seen {
		files[fmt.Sprintf("note-%d", i+1)] = s.note
	}
	return files
}

// sinceLast compares what the log shows with the largest that it has shown, and
// remembers the larger.
func (r *round) sinceLast() error {
	switch {
	case r.last.note == nil:
	case r.now.Size < r.last.Size:
		return r.alarm("rollback", fmt.Sprintf("the log shows size %d; it has shown size %d", r.now.Size, r.last.Size), evidenceOf(r.last, r.now))
	case r.view == nil:
		return r.sameSize(r.last, r.now)
	default:
		forked, err := r.compare(r.view, r.last, r.now)
		if err != nil || forked {
			return err
		}
	}
	if r.view == nil || bytes.Equal(r.last.note, r.now.note) {
		return nil
	}
	r.last = r.now
	return tlog.Replace(filepath.Join(r.c.Dir, lastFile), r.now.note)
}

// compare raises an alarm when a view of the later sight has not the earlier
// one as its beginning, and reports whether that is so or cannot be known.
func (r *round) compare(view *tlog.View, earlier, later sight) (doubt bool, err error) {
	err = view.Has(earlier.Checkpoint)
	if errors.Is(err, tlog.ErrForked) {
		return true, r.split(earlier, later)
	}
	return err != nil, r.unproven(fmt.Sprintf("size %d from size %d", later.Size, earlier.Size), err, earlier, later)
}

// sameSize compares as far as that can be done without the log's files.
func (r *round) sameSize(a, b sight) error {
	if a.Size != b.Size || a.Root == b.Root {
		return nil
	}
	return r.split(a, b)
}

func (r *round) split(a, b sight) error {
	return r.alarm("split", fmt.Sprintf("%s shows size %d, root %x, and %s shows size %d, root %x: no log that grows has both",
		a.by, a.Size, a.Root[:8], b.by, b.Size, b.Root[:8]), evidenceOf(a, b))
}

// youngEnough asks when a witness last saw what the log shows.
func (r *round) youngEnough() error {
	if r.c.MaxAge == 0 || r.now.at.IsZero() || r.c.Now().Sub(r.now.at) <= r.c.MaxAge {
		return nil
	}
	return r.alarm("stale", fmt.Sprintf("nobody has cosigned what the log shows since %s", r.now.at.Format(time.RFC3339)), nil)
}
