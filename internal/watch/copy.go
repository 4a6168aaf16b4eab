package watch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"solferino/internal/tlog"
	"solferino/proof"
	"solferino/record"
)

// A CopyConfig says what is copied from where to where.
type CopyConfig struct {
	Dir      string // of a mirror of the log
	Evidence string // directory for proofs that the log forked
	Source   *tlog.Source
	Policy   *proof.Policy
	// Sweep is how many entries that were sealed are asked for again in one
	// round; 0 for all.
	Sweep int
}

// A Copy keeps what an institution publishes beside its log: openings,
// bundles, attachments and the status list. It is not for several goroutines.
type Copy struct {
	c       CopyConfig
	sweep   sweep
	asked   int64            // entries below this one were asked for
	wanted  map[int64]bool   // entries that were published and are not here yet
	bundles map[string]bool  // by name: published and not here yet
	at      proof.Checkpoint // of this round
	note    []byte           // of at
	view    *tlog.View       // of the mirror's own files, at
	done    Copied           // in this round
}

// Copied says what one round brought.
type Copied struct {
	Openings    int      `json:"openings"`
	Sealed      int      `json:"sealed"` // of those that were asked for
	Bundles     int      `json:"bundles"`
	Attachments int      `json:"attachments"`
	Refused     []string `json:"refused"` // what the log does not bear out, and why
}

// OpenCopy makes or opens a copy, and reads what of it is there.
func OpenCopy(c CopyConfig) (*Copy, error) {
	k := &Copy{c: c, sweep: sweep{each: c.Sweep}, wanted: make(map[int64]bool), bundles: make(map[string]bool)}
	for _, name := range []string{"opening", "bundle", "attachment"} {
		if err := os.MkdirAll(filepath.Join(c.Dir, name), 0o755); err != nil {
			return nil, err
		}
	}
	all, err := os.ReadDir(filepath.Join(c.Dir, "opening"))
	if err != nil {
		return nil, err
	}
	for _, f := range all {
		number, ok := strings.CutSuffix(f.Name(), ".json")
		index, err := strconv.ParseInt(number, 10, 64)
		if !ok || err != nil {
			continue
		}
		file, err := os.ReadFile(filepath.Join(c.Dir, openingPath(index)))
		if err != nil {
			return nil, err
		}
		if o, err := decodeOpening(file); err == nil {
			k.learn(o)
		}
		k.asked = max(k.asked, index+1)
	}
	return k, nil
}

// learn remembers what an opening makes public.
func (k *Copy) learn(o record.Opening) {
	act, ok := published(o)
	if !ok {
		return
	}
	for _, index := range act.Entries {
		k.want(index)
	}
	if name := bundleName(act.Finding, act.Version); !k.has(bundlePath(name)) {
		k.bundles[name] = true
	}
}

func (k *Copy) want(index int64) {
	if !k.has(openingPath(index)) {
		k.wanted[index] = true
	}
}

func (k *Copy) has(name string) bool {
	_, err := os.Stat(filepath.Join(k.c.Dir, name))
	return err == nil
}

// Sync copies what is published as of a checkpoint that the mirror holds, given
// with its note. What the log does not bear out is left out and named. The
// error wraps [tlog.ErrForked], with both notes kept, when something carries
// another tree that the log signed.
func (k *Copy) Sync(ctx context.Context, at proof.Checkpoint, note []byte) (Copied, error) {
	var err error
	k.at, k.note, k.done = at, note, Copied{Refused: []string{}}
	if k.view, err = tlog.OpenView(k.c.Dir, at); err != nil {
		return Copied{}, err
	}
	for _, do := range []func(context.Context) error{k.openings, k.namedOpenings, k.copyBundles, k.status} {
		if err := do(ctx); err != nil {
			return k.done, fmt.Errorf("copy what %s publishes: %w", at.Origin, err)
		}
	}
	return k.done, nil
}

// openings asks for new entries and for some of the sealed ones.
func (k *Copy) openings(ctx context.Context) error {
	ask := k.sweep.pick(k.asked, k.at.Size, func(index int64) bool { return k.has(openingPath(index)) })
	sealed, err := fetchOpenings(ctx, k.c.Source, ask, k.keepOpening)
	k.done.Sealed += sealed
	if err == nil {
		k.asked = max(k.asked, k.at.Size)
	}
	return err
}

// namedOpenings asks for what an act has made public.
func (k *Copy) namedOpenings(ctx context.Context) error {
	var ask []int64
	for index := range k.wanted {
		if index < k.at.Size && !k.has(openingPath(index)) {
			ask = append(ask, index)
		}
	}
	_, err := fetchOpenings(ctx, k.c.Source, ask, k.keepOpening)
	return err
}

func (k *Copy) keepOpening(index int64, file []byte) error {
	o, err := open(file, index, k.view)
	if errors.Is(err, ErrRefuted) {
		k.refuse(err)
		return nil
	}
	if err == nil {
		err = k.write(openingPath(index), file)
	}
	if err != nil {
		return err
	}
	k.done.Openings++
	delete(k.wanted, index)
	k.learn(o)
	return nil
}

func (k *Copy) refuse(err error) { k.done.Refused = append(k.done.Refused, err.Error()) }

// write makes a file part of the copy: whole, or not at all.
func (k *Copy) write(name string, content []byte) error {
	return tlog.Replace(filepath.Join(k.c.Dir, name), content)
}
