package tlog

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"

	"solferino/proof"
)

// A Conflict is a witness's refusal: it has seen the log at another size than
// the caller thinks, or the log is not what it was.
type Conflict struct {
	Size int64  // that the witness has seen
	Note []byte // the checkpoint of that size, with the log's signature; nil if the witness does not show it
	Why  string
	// Disproved means that the sizes agree and what the witness was shown does
	// not follow from what it has seen.
	Disproved bool
}

// Error says what the witness has seen.
func (c *Conflict) Error() string {
	return fmt.Sprintf("the witness has seen size %d: %s", c.Size, c.Why)
}

// A WitnessConfig says who a witness is, and for which log.
type WitnessConfig struct {
	// Keys are secret, from NewWitnessKey and NewMLDSAWitnessKey. The witness
	// signs with each.
	Keys []string
	// Logs are vkeys of one log: one, or two while it changes its key.
	Logs []string
	File string // where it remembers the log: its own, in no backup
	Now  func() time.Time
	// Evidence is a directory for proofs that the log forked, or "".
	Evidence string
	// Steps, if set, is called after each step of Cosign with its name, for
	// tests that end the process there.
	Steps func(name string)
}

// StepRemembered is the step of [Witness.Cosign] after which the checkpoint is
// durable and not answered yet.
const StepRemembered = "remembered"

// A Witness cosigns checkpoints of one log as long as the log only grows. It
// remembers the last one in its own file, and never cosigns what does not
// follow from it.
type Witness struct {
	c      WitnessConfig
	origin string
	keys   []witnessKey
	logs   note.Verifiers
	own    note.Verifiers // of the log and the witness itself: what is in its file

	mu sync.Mutex // one question at a time
}

// NewWitness returns the witness that c describes.
func NewWitness(c WitnessConfig) (*Witness, error) {
	w := &Witness{c: c}
	var own []note.Verifier
	for _, skey := range c.Keys {
		k, err := parseWitnessKey(skey)
		if err != nil {
			return nil, err
		}
		w.keys, own = append(w.keys, k), append(own, k)
	}
	if len(w.keys) == 0 {
		return nil, errors.New("a witness needs a key")
	}
	logs, err := logVerifiers(c.Logs)
	if err != nil {
		return nil, fmt.Errorf("witness %s: %w", w.name(), err)
	}
	w.origin, w.logs, w.own = logs[0].Name(), note.VerifierList(logs...), note.VerifierList(append(own, logs...)...)
	if _, err := w.last(); err != nil {
		return nil, fmt.Errorf("witness %s: %w", w.name(), err)
	}
	return w, nil
}

// logVerifiers reads the vkeys of one log.
func logVerifiers(vkeys []string) ([]note.Verifier, error) {
	var out []note.Verifier
	for _, vkey := range vkeys {
		p, err := proof.ParsePolicy([]byte("log " + vkey + "\nquorum none\n"))
		if err != nil {
			return nil, err
		}
		v, err := note.NewVerifier(vkey)
		if err != nil {
			return nil, err
		}
		if len(p.Origin()) > maxName || len(out) > 0 && out[0].Name() != p.Origin() {
			return nil, fmt.Errorf("log %.40q: a name of more than %d bytes, or of another log", p.Origin(), maxName)
		}
		if !slices.ContainsFunc(out, func(o note.Verifier) bool { return o.KeyHash() == v.KeyHash() }) {
			out = append(out, v)
		}
	}
	if len(out) == 0 {
		return nil, errors.New("it knows no key of the log")
	}
	return out, nil
}

// name is what its first key is called.
func (w *Witness) name() string { return w.keys[0].Name() }

// Cosign implements [Cosigner]: it returns one line for each key. The refusal
// to cosign is a [*Conflict].
// See https://c2sp.org/tlog-witness#add-checkpoint.
func (w *Witness) Cosign(ctx context.Context, old int64, p proof.Consistency, signed []byte) ([]byte, error) {
	now, err := readClaim(signed, w.logs)
	if err == nil && now.Origin != w.origin {
		err = fmt.Errorf("checkpoint of %.40q: %w: want one of %s", now.Origin, proof.ErrMalformed, w.origin)
	}
	if err == nil && (old < 0 || old > now.Size) {
		err = fmt.Errorf("asked from size %d to %d: %w", old, now.Size, proof.ErrMalformed)
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("witness %s: %w", w.name(), err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	lines, err := w.cosign(old, p, now)
	if err != nil {
		return nil, fmt.Errorf("witness %s: %w", w.name(), err)
	}
	return lines, nil
}

// cosign compares, remembers and only then answers. Its caller holds the lock,
// so nothing comes in between.
func (w *Witness) cosign(old int64, p proof.Consistency, now claim) ([]byte, error) {
	last, err := w.last()
	if err != nil {
		return nil, err
	}
	seen := logPart(last.note, w.origin)
	if old != last.Size {
		return nil, &Conflict{Size: last.Size, Note: seen, Why: fmt.Sprintf("asked from size %d to %d", old, now.Size)}
	}
	if err := follows(last.Checkpoint, now.Checkpoint, p); err != nil {
		c := &Conflict{Size: last.Size, Note: seen, Why: err.Error(), Disproved: true}
		return nil, errors.Join(c, w.convict(last, now))
	}
	lines, err := w.sign(now)
	if err != nil {
		return nil, err
	}
	if err := Replace(w.c.File, append(slices.Clone(now.note), lines...)); err != nil {
		return nil, err
	}
	if w.c.Steps != nil {
		w.c.Steps(StepRemembered)
	}
	return lines, nil
}

// follows reports whether the proof leads from the checkpoint that was seen
// last to the next one.
func follows(last, now proof.Checkpoint, p proof.Consistency) error {
	if empty := proof.Empty(now.Origin); now.Size == 0 && now != empty {
		return fmt.Errorf("%s: %w: no entries have the root %x, not %x", now.Origin, proof.ErrNotProven, empty.Root, now.Root)
	}
	return p.Verify(last, now)
}

// sign returns a line for each key.
func (w *Witness) sign(now claim) ([]byte, error) {
	at := w.c.Now().Unix()
	if at <= 0 {
		return nil, fmt.Errorf("the clock says %d seconds", at)
	}
	var lines []byte
	for _, k := range w.keys {
		line, err := k.sign(now.Checkpoint, now.text, uint64(at))
		if err != nil {
			return nil, err
		}
		lines = append(lines, line...)
	}
	return lines, nil
}

// convict keeps both notes when the log signed two trees of one size. A proof
// that fails shows nothing by itself: anyone may send a bad one.
func (w *Witness) convict(last, now claim) error {
	if w.c.Evidence == "" || now.Size != last.Size || now.Root == last.Root || last.note == nil {
		return nil
	}
	_, err := Evidence{Kind: forkKind, Why: fmt.Sprintf("%s signed two trees of size %d", w.origin, now.Size),
		Files: map[string][]byte{"first": last.note, "second": now.note}}.Keep(w.c.Evidence)
	return err
}

// last returns what the witness remembers, the empty log at first. Its note has
// the signatures of the log and of the witness. A file that does not read well
// is [ErrDamaged]; it never counts as empty.
func (w *Witness) last() (claim, error) {
	whole, err := os.ReadFile(w.c.File)
	if errors.Is(err, fs.ErrNotExist) {
		return claim{Checkpoint: proof.Empty(w.origin)}, nil
	}
	if err != nil {
		return claim{}, err
	}
	c, err := readClaim(whole, w.own)
	if err == nil {
		_, err = readClaim(logPart(c.note, w.origin), w.logs)
	}
	if err != nil {
		return claim{}, fmt.Errorf("%s: %w: %w", w.c.File, ErrDamaged, err)
	}
	return c, nil
}

// Last returns the checkpoint that the witness cosigned last, with the
// signatures of the log and its own, or nil.
// See https://c2sp.org/tlog-witness#monitor-retrieval-mechanism.
func (w *Witness) Last(context.Context) ([]byte, error) {
	c, err := w.last()
	return c.note, err
}
