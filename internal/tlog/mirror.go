package tlog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"solferino/proof"
)

// ErrRolledBack means that a log shows a smaller tree than it has shown.
var ErrRolledBack = errors.New("the log shows less than it did")

// maxCheckpoint bounds a checkpoint that is read from outside, in bytes.
const maxCheckpoint = 1 << 20

// A MirrorConfig says which log a mirror copies, and where to.
type MirrorConfig struct {
	Dir      string // of the copy, laid out as the log serves it
	Evidence string // directory for proofs that the log forked
	Source   *Source
	Policy   *proof.Policy // by which a checkpoint counts
	// Whole copies everything again, the first time, and repairs what was
	// damaged here.
	Whole bool
}

// A Mirror keeps a full copy of a log. It takes nothing over that does not
// hash to a checkpoint which meets the policy and follows from all it has seen.
type Mirror struct {
	c     MirrorConfig
	mu    sync.Mutex // one reading at a time
	whole bool       // the next reading copies everything; mu
}

// A Step says how far a mirror has come.
type Step struct {
	From, To proof.Checkpoint
	Note     []byte   // of To
	Repaired []string // files that had been damaged here
}

// OpenMirror makes or opens a mirror. When the right edge of what it holds does
// not make its checkpoint, the next reading copies everything again.
func OpenMirror(c MirrorConfig) (*Mirror, error) {
	m := &Mirror{c: c, whole: c.Whole}
	if err := os.MkdirAll(filepath.Join(c.Dir, tempDir), 0o755); err != nil {
		return nil, err
	}
	now, _, err := m.Checkpoint()
	if err != nil {
		return nil, fmt.Errorf("open mirror %s: %w", c.Dir, err)
	}
	if _, err := OpenView(c.Dir, now); err != nil {
		m.whole = true
	}
	return m, sweep(c.Dir)
}

// The checkpoints of a mirror: what it holds whole, and what it is about to.
const (
	checkpointName = "checkpoint"
	pendingName    = ".pending"
)

// Checkpoint returns what the mirror holds whole, with its note. The note is
// nil as long as it holds nothing.
func (m *Mirror) Checkpoint() (proof.Checkpoint, []byte, error) { return m.held(checkpointName) }

func (m *Mirror) held(name string) (proof.Checkpoint, []byte, error) {
	signed, err := os.ReadFile(filepath.Join(m.c.Dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return proof.Empty(m.c.Policy.Origin()), nil, nil
	}
	if err != nil {
		return proof.Checkpoint{}, nil, err
	}
	c, _, err := proof.ParseCheckpoint(signed, m.c.Policy)
	if err != nil {
		return proof.Checkpoint{}, nil, fmt.Errorf("%s: %w: %w", name, ErrDamaged, err)
	}
	return c, signed, nil
}

// Sync copies what the log has more than the mirror. It may be cut off at any
// moment and repeated. The error wraps [ErrForked], with both notes kept, when
// the log signed another tree than before; [ErrRolledBack] when it shows less;
// [proof.ErrNoQuorum] or [proof.ErrBadSignature] when what it shows does not
// count; [ErrDamaged] when its files do not make its checkpoint. The copy is
// then what it was.
func (m *Mirror) Sync(ctx context.Context) (Step, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	step, err := m.sync(ctx)
	if err != nil {
		return Step{}, fmt.Errorf("mirror %s: %w", m.c.Policy.Origin(), err)
	}
	return step, nil
}

func (m *Mirror) sync(ctx context.Context) (step Step, err error) {
	if step.Note, err = m.c.Source.Get(ctx, checkpointName, maxCheckpoint); err != nil {
		return step, err
	}
	if step.To, _, err = proof.ParseCheckpoint(step.Note, m.c.Policy); err != nil {
		return step, err
	}
	var mine []byte
	if step.From, mine, err = m.Checkpoint(); err != nil || bytes.Equal(mine, step.Note) && !m.whole {
		return step, err
	}
	view, err := m.c.Source.View(ctx, step.To)
	if err != nil {
		return step, err
	}
	for _, name := range []string{checkpointName, pendingName} {
		if err := m.follows(name, view, step.Note); err != nil {
			return step, err
		}
	}
	return step, m.take(view, &step)
}

// take copies what the mirror lacks, and then takes the checkpoint over.
func (m *Mirror) take(view *View, step *Step) (err error) {
	from := step.From.Size
	if m.whole {
		from = 0
	}
	pending := filepath.Join(m.c.Dir, pendingName)
	if err := Replace(pending, step.Note); err != nil {
		return err
	}
	if step.Repaired, err = m.copy(view.r, from); err != nil {
		return err
	}
	if err := replace(filepath.Join(m.c.Dir, checkpointName), filepath.Join(m.c.Dir, tempDir, checkpointName), step.Note); err != nil {
		return err
	}
	m.whole = false
	err = errors.Join(syncDir(m.c.Dir), os.Remove(pending))
	return errors.Join(err, prune(m.c.Dir, from, step.To.Size))
}

// follows compares what the log shows now with a checkpoint that it has shown
// before.
func (m *Mirror) follows(name string, view *View, signed []byte) error {
	before, note, err := m.held(name)
	if err != nil || note == nil {
		return err
	}
	if before.Size > view.at.Size {
		err = fmt.Errorf("size %d, after size %d: %w", view.at.Size, before.Size, ErrRolledBack)
		if mine, failed := OpenView(m.c.Dir, before); failed == nil {
			err = errors.Join(mine.Has(view.at), err)
		}
	} else {
		err = view.Has(before)
	}
	if !errors.Is(err, ErrForked) {
		return err
	}
	path, failed := Evidence{Kind: forkKind, Why: err.Error(), Files: map[string][]byte{"first": note, "second": signed}}.Keep(m.c.Evidence)
	return errors.Join(fmt.Errorf("%w; what proves it is in %s", err, path), failed)
}
