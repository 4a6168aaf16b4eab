package tlog

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"solferino/proof"
)

// A Conflict is a witness's refusal: it has seen the log at another size than
// the caller thinks, or the log is not what it was.
type Conflict struct {
	Size int64  // that the witness has seen
	Note []byte // the checkpoint of that size, with the log's signature; nil if the witness does not show it
	Why  string
}

// Error says what the witness has seen.
func (c *Conflict) Error() string {
	return fmt.Sprintf("the witness has seen size %d: %s", c.Size, c.Why)
}

// A WitnessConfig says who a witness is, and for which log.
type WitnessConfig struct {
	Key  string // secret, from NewWitnessKey
	Log  string // vkey of the log
	File string // where it remembers the log: its own, in no backup
	Now  func() time.Time
}

// A Witness cosigns checkpoints of one log as long as the log only grows. It
// remembers the last one in its own file, and never cosigns what does not
// follow from it.
type Witness struct {
	key    witnessKey
	policy *proof.Policy // of the log alone
	file   string
	now    func() time.Time

	mu sync.Mutex // one question at a time
}

// NewWitness returns the witness that c describes.
func NewWitness(c WitnessConfig) (*Witness, error) {
	key, err := parseWitnessKey(c.Key)
	if err != nil {
		return nil, err
	}
	policy, err := proof.ParsePolicy([]byte("log " + c.Log + "\nquorum none\n"))
	if err != nil {
		return nil, fmt.Errorf("witness %s: %w", key.name, err)
	}
	w := &Witness{key: key, policy: policy, file: c.File, now: c.Now}
	if _, _, err := w.last(); err != nil {
		return nil, fmt.Errorf("witness %s: %w", key.name, err)
	}
	return w, nil
}

// Cosign implements [Cosigner]. The refusal to cosign is a [*Conflict].
// See https://c2sp.org/tlog-witness#add-checkpoint.
func (w *Witness) Cosign(ctx context.Context, old int64, p proof.Consistency, signed []byte) ([]byte, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	line, err := w.cosign(ctx, old, p, signed)
	if err != nil {
		return nil, fmt.Errorf("witness %s: %w", w.key.name, err)
	}
	return line, nil
}

func (w *Witness) cosign(ctx context.Context, old int64, p proof.Consistency, signed []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	signed = logPart(signed, w.policy.Origin())
	now, err := parseSigned(signed, w.policy)
	if err != nil {
		return nil, err
	}
	last, seen, err := w.last()
	if err != nil {
		return nil, err
	}
	if old != last.Size || now.Size < last.Size {
		return nil, &Conflict{last.Size, seen, fmt.Sprintf("asked from size %d to %d", old, now.Size)}
	}
	if err := p.Verify(last, now); err != nil {
		return nil, &Conflict{last.Size, seen, err.Error()}
	}
	if now != last { // remember before answering
		if err := replaceAlone(w.file, signed); err != nil {
			return nil, err
		}
	}
	at := w.now().Unix()
	if at <= 0 {
		return nil, fmt.Errorf("the clock says %d seconds", at)
	}
	return w.key.sign(now.Text(), uint64(at)), nil
}

// last returns what the witness remembers: the empty log at first. A file that
// does not read well is [ErrDamaged]; it never counts as empty.
func (w *Witness) last() (proof.Checkpoint, []byte, error) {
	seen, err := os.ReadFile(w.file)
	if errors.Is(err, fs.ErrNotExist) {
		return proof.Empty(w.policy.Origin()), nil, nil
	}
	if err != nil {
		return proof.Checkpoint{}, nil, err
	}
	c, err := parseSigned(seen, w.policy)
	if err != nil {
		return proof.Checkpoint{}, nil, fmt.Errorf("%s: %w: %w", w.file, ErrDamaged, err)
	}
	return c, seen, nil
}
