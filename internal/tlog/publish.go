package tlog

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/note"

	"solferino/proof"
)

// The steps of Publish, in their order, as Config.Steps is told of them. After
// a crash at any of them, Publish does the rest or does it all again.
const (
	StepWriting   = "writing"   // about to write one file, of many
	StepWritten   = "written"   // files and their names are durable
	StepReread    = "reread"    // what is stored is what the store says
	StepSigned    = "signed"    // in memory only
	StepSwapped   = "swapped"   // the store has the new head
	StepGuarded   = "guarded"   // and so has the guard
	StepCosigned  = "cosigned"  // the witnesses make the quorum
	StepPublished = "published" // the checkpoint is there for all
)

// Publish brings the public files up to the store: it writes tiles and
// bundles, reads them back, signs, swaps the head, asks the witnesses, and
// publishes the checkpoint, which it returns with its note. With nothing new
// it returns what is published. When the witnesses do not make the quorum the
// error wraps [ErrPending]; the head is signed, and calling again asks again.
func (t *Tree) Publish(ctx context.Context) (proof.Checkpoint, []byte, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, signed, err := t.publish(ctx)
	if err != nil {
		return proof.Checkpoint{}, nil, fmt.Errorf("publish log %s: %w", t.c.Policy.Origin(), err)
	}
	return c, signed, nil
}

func (t *Tree) publish(ctx context.Context) (proof.Checkpoint, []byte, error) {
	s, err := t.load(ctx)
	if err != nil {
		return proof.Checkpoint{}, nil, err
	}
	if s.size > s.head.Size || s.head.Note == nil {
		if err := t.consult(ctx, s.head); err != nil {
			return proof.Checkpoint{}, nil, err
		}
		if s.head, err = t.extend(ctx, s); err != nil {
			return proof.Checkpoint{}, nil, err
		}
	}
	if c, signed, err := t.Checkpoint(); err == nil && c.Size == s.head.Size {
		return c, signed, t.guard(s.head) // a crash may have come between
	}
	if err := t.guard(s.head); err != nil {
		return proof.Checkpoint{}, nil, err
	}
	t.step(StepGuarded)
	signed, err := t.cosign(ctx, s.head)
	if err != nil {
		return proof.Checkpoint{}, nil, err
	}
	t.step(StepCosigned)
	if err := t.show(signed); err != nil {
		return proof.Checkpoint{}, nil, err
	}
	t.step(StepPublished)
	return t.Checkpoint()
}

// Refresh asks the witnesses to cosign what is published once more, so that
// who watches sees that the log is alive. Without the quorum what is published
// stays, and the error wraps [ErrPending].
func (t *Tree) Refresh(ctx context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	s, err := t.load(ctx)
	if err != nil || s.head.Note == nil {
		return err
	}
	if err := t.guard(s.head); err != nil {
		return err
	}
	signed, err := t.cosign(ctx, s.head)
	if err != nil {
		return fmt.Errorf("refresh log %s: %w", t.c.Policy.Origin(), err)
	}
	return t.show(signed)
}

// extend writes, checks and signs the tree of all entries of the store.
func (t *Tree) extend(ctx context.Context, s state) (Head, error) {
	if err := sweep(t.c.Dir); err != nil {
		return Head{}, err
	}
	root, err := t.write(ctx, s)
	if err != nil {
		return Head{}, err
	}
	t.step(StepWritten)
	again, err := t.reread(ctx, s.head, s.size)
	if err != nil {
		return Head{}, err
	}
	if root != again {
		return Head{}, fmt.Errorf("%w: the store was read twice up to %d and gave the roots %x and %x", ErrDamaged, s.size, root, again)
	}
	t.step(StepReread)
	next, err := t.sign(proof.Checkpoint{Origin: t.c.Policy.Origin(), Size: s.size, Root: root})
	if err != nil {
		return Head{}, err
	}
	t.step(StepSigned)
	if err := t.swap(ctx, s.head, next); err != nil {
		return Head{}, err
	}
	t.step(StepSwapped)
	return next, prune(t.c.Dir, s.head.Size, s.size)
}

// sign makes the next head and reads it as a stranger would.
func (t *Tree) sign(c proof.Checkpoint) (Head, error) {
	signed, err := note.Sign(&note.Note{Text: c.Text()}, t.c.Signer)
	if err != nil {
		return Head{}, err
	}
	if again, _, err := proof.ParseCheckpoint(signed, t.c.Policy.WithoutQuorum()); err != nil || again != c {
		return Head{}, fmt.Errorf("the signer's key is not the policy's, or signs badly: %w", err)
	}
	return Head{c.Size, c.Root, signed}, nil
}

func (t *Tree) swap(ctx context.Context, from, to Head) error {
	if from.Note == nil {
		from = Head{}
	}
	if err := t.c.Store.SwapHead(ctx, from, to); err != nil {
		return fmt.Errorf("swap head from size %d to %d: %w", from.Size, to.Size, err)
	}
	t.last = proof.Checkpoint{Origin: t.c.Policy.Origin(), Size: to.Size, Root: to.Root}
	return nil
}

// guard brings the guard file up to the head, before anyone outside sees it.
func (t *Tree) guard(h Head) error {
	if t.c.Guard == "" {
		return nil
	}
	if old, err := os.ReadFile(t.c.Guard); err == nil && bytes.Equal(old, h.Note) {
		return nil
	}
	return Replace(t.c.Guard, h.Note)
}

// show makes a cosigned note the public checkpoint.
func (t *Tree) show(signed []byte) error {
	temp := filepath.Join(t.c.Dir, tempDir, "checkpoint")
	if err := replace(t.checkpointPath(), temp, signed); err != nil {
		return err
	}
	return syncDir(t.c.Dir)
}
