package watch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"solferino/internal/tlog"
	"solferino/proof"
	"solferino/record"
	"solferino/verify"
)

// maxBundle bounds a bundle that is copied, in bytes.
const maxBundle = 256 << 20

// maxStatus bounds a status list, in bytes.
const maxStatus = 1 << 20

func bundleName(finding record.Subject, version int) string {
	return fmt.Sprintf("%s.%d%s", finding.Name(), version, verify.Extension)
}

func bundlePath(name string) string { return "bundle/" + name }

// copyBundles asks for the bundles of versions that were published.
func (k *Copy) copyBundles(ctx context.Context) error {
	for name := range k.bundles {
		b, err := k.c.Source.Get(ctx, bundlePath(name), maxBundle)
		if errors.Is(err, tlog.ErrMissing) {
			continue // it is written last
		}
		if err == nil {
			err = k.keepBundle(name, b)
		}
		if errors.Is(err, ErrRefuted) {
			k.refuse(err)
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// understood are the links of a bundle that no mirror leaves out. Who computed
// with other knowledge than comes with this program is copied none the less.
var understood = []string{"numbers", "finding", "status"}

func (k *Copy) keepBundle(name string, b []byte) error {
	r := verify.Check(b, verify.Options{Institution: k.c.Policy.LogKey()})
	if !r.Verified && !slices.Contains(understood, r.Broken()) {
		return fmt.Errorf("%s: %w: the link %q is broken: %s", bundlePath(name), ErrRefuted, r.Broken(), r.Lines[len(r.Lines)-1].Says)
	}
	bundle, err := verify.Decode(b)
	if err != nil {
		return fmt.Errorf("%s: %w: %w", bundlePath(name), ErrRefuted, err)
	}
	if later, err := k.compare(bundlePath(name), bundle.Checkpoint); err != nil || later {
		return err
	}
	if got := bundleName(r.Case, r.Version); r.Verified && got != name {
		return fmt.Errorf("%s: %w: it is %s", bundlePath(name), ErrRefuted, got)
	}
	for _, a := range bundle.Attachments {
		path := "attachment/" + string(a.Commit())
		if k.has(path) {
			continue
		}
		if err := k.write(path, a.Content); err != nil {
			return err
		}
		k.done.Attachments++
	}
	if err := k.write(bundlePath(name), b); err != nil {
		return err
	}
	k.done.Bundles++
	delete(k.bundles, name)
	return nil
}

// compare holds a checkpoint that something carries against the mirror's tree.
// It reports whether it is of later than what the mirror holds.
func (k *Copy) compare(what string, note []byte) (later bool, err error) {
	c, _, err := proof.ParseCheckpoint(note, k.c.Policy)
	if err != nil {
		return false, fmt.Errorf("%s: %w: %w", what, ErrRefuted, err)
	}
	return k.sameLog(what, c, note)
}

func (k *Copy) sameLog(what string, c proof.Checkpoint, note []byte) (later bool, err error) {
	if c.Size > k.at.Size {
		return true, nil
	}
	err = k.view.Has(c)
	if !errors.Is(err, tlog.ErrForked) {
		return false, err
	}
	path, failed := tlog.Evidence{Kind: "fork", Why: fmt.Sprintf("%s: %v", what, err),
		Files: map[string][]byte{"first": k.note, "second": note}}.Keep(k.c.Evidence)
	return false, errors.Join(fmt.Errorf("%s: %w; what proves it is in %s", what, err, path), failed)
}

// status copies the status list, unless it is older than what is here.
func (k *Copy) status(ctx context.Context) error {
	note, err := k.c.Source.Get(ctx, "status", maxStatus)
	if errors.Is(err, tlog.ErrMissing) {
		return nil
	}
	if err != nil {
		return err
	}
	now, err := proof.ParseStatus(note, k.c.Policy)
	if err != nil {
		k.refuse(fmt.Errorf("status: %w: %w", ErrRefuted, err))
		return nil
	}
	if later, err := k.sameLog("status", now.Checkpoint, note); err != nil || later {
		return err
	}
	file := filepath.Join(k.c.Dir, "status")
	if old, err := os.ReadFile(file); err == nil {
		before, err := proof.ParseStatus(old, k.c.Policy)
		if err == nil && (now.Checkpoint.Size < before.Checkpoint.Size || now.At.Before(before.At)) {
			k.refuse(fmt.Errorf("status: %w: it is of size %d, the one here of %d", ErrRefuted, now.Checkpoint.Size, before.Checkpoint.Size))
			return nil
		}
		if string(old) == string(note) {
			return nil
		}
	}
	return k.write("status", note)
}
