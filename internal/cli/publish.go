package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/mod/sumdb/note"

	"solferino/attribution"
	"solferino/casebook"
	"solferino/internal/store"
	"solferino/proof"
	"solferino/record"
	"solferino/verify"
)

// publish opens to everybody what an issued finding rests on, and writes its
// bundle. It may be repeated: what is published already stays.
func (h *home) publish(ctx context.Context, c *casebook.Case, f casebook.Finding) error {
	entries, err := h.reach(ctx, c.ID, f.Index)
	if err != nil {
		return err
	}
	subject := record.Subject(fmt.Sprintf("publication/%s.%d", c.ID.Name(), f.Version))
	act := casebook.Published{Finding: c.ID, Version: f.Version}
	for _, e := range entries {
		act.Entries = append(act.Entries, e.Index)
	}
	if err := h.sayPublished(ctx, subject, act); err != nil {
		return err
	}
	cp, signed, err := h.tree.Publish(ctx)
	if err != nil {
		return err
	}
	status, err := h.writeStatus(ctx, cp)
	if err != nil {
		return err
	}
	if err := h.writeOpenings(ctx, subject, entries); err != nil {
		return err
	}
	return h.writeBundle(ctx, c, f, entries, cp, verify.Bundle{Checkpoint: signed, Status: status})
}

// sayPublished has the host name the entries that are public from here on.
func (h *home) sayPublished(ctx context.Context, subject record.Subject, act casebook.Published) error {
	if _, _, found, err := h.db.SubjectHead(ctx, subject); err != nil || found {
		return err
	}
	_, _, err := h.say(ctx, saying{actor: h.hostName(), subject: subject, act: just(act)})
	return err
}

// reach returns the entries that a finding rests on, up to the one that issues
// it, in the order of the log.
func (h *home) reach(ctx context.Context, id record.Subject, last int64) ([]store.Entry, error) {
	chains := map[record.Subject][]store.Entry{}
	kinds := casebook.Kinds()
	var failed error
	reached := casebook.Reach(id, h.set.Institution, func(s record.Subject) []casebook.Entry {
		chain, err := h.db.Chain(ctx, s)
		failed = errors.Join(failed, err)
		chain = slices.DeleteFunc(chain, func(e store.Entry) bool { return e.Index > last })
		chains[s] = chain
		var out []casebook.Entry
		for _, e := range chain {
			r, err := kinds.Decode(e.Record)
			failed = errors.Join(failed, err)
			out = append(out, casebook.Entry{Record: r, Index: e.Index, Leaf: e.Leaf})
		}
		return out
	})
	var all []store.Entry
	for _, s := range reached {
		all = append(all, chains[s]...)
	}
	slices.SortFunc(all, func(a, b store.Entry) int { return cmp.Compare(a.Index, b.Index) })
	return all, failed
}

// writeBundle puts the bundle together, checks it as a stranger would, and
// writes it.
func (h *home) writeBundle(ctx context.Context, c *casebook.Case, f casebook.Finding, entries []store.Entry,
	cp proof.Checkpoint, b verify.Bundle) error {
	for _, e := range entries {
		p, err := h.tree.Inclusion(ctx, e.Index, cp.Size)
		if err != nil {
			return err
		}
		b.Entries = append(b.Entries, verify.Entry{Opening: e.Opening, Hashes: p.Hashes})
	}
	if err := h.addAttachments(ctx, c, f, &b); err != nil {
		return err
	}
	file := h.bundleFile(c.ID, f.Version)
	content := b.Encode()
	knowledge, err := h.knowledgeOf(ctx, c)
	if err != nil {
		return err
	}
	if r := verify.Check(content, verify.Options{Knowledge: knowledge}); !r.Verified {
		return fmt.Errorf("the bundle of %s does not verify: %s: %s", c.ID, r.Broken(), r.Lines[len(r.Lines)-1].Says)
	}
	return h.writePublic(file, content)
}

// knowledgeOf returns the encoded knowledge that the last analysis of a case
// rests on, if it is not the embedded one.
func (h *home) knowledgeOf(ctx context.Context, c *casebook.Case) ([]byte, error) {
	digest := c.Analyses[len(c.Analyses)-1].Knowledge
	k, err := attribution.Embedded()
	if err != nil || k.Digest() == string(digest) {
		return nil, err
	}
	if k, err = h.knowledge(ctx, string(digest)); err != nil {
		return nil, err
	}
	return k.Encode(), nil
}

func (h *home) addAttachments(ctx context.Context, c *casebook.Case, f casebook.Finding, b *verify.Bundle) error {
	before, err := h.book(ctx).Before(c.ID, f.Index+1)
	if err != nil {
		return err
	}
	for _, a := range before.Case().Attachments() {
		salt, content, err := h.vault.Get(ctx, a, maxAttachment)
		if err != nil {
			return err
		}
		b.Attachments = append(b.Attachments, verify.Attachment{Salt: salt, Content: content})
		if err := h.writePublic(h.path(filepath.Join(publicDir, "attachment", string(a.Commit))), content); err != nil {
			return err
		}
		if a == f.Document {
			if b.Text, err = textOf(content); err != nil {
				return err
			}
		}
	}
	return nil
}

func (h *home) bundleFile(id record.Subject, version int) string {
	return h.path(filepath.Join(publicDir, "bundle", fmt.Sprintf("%s.%d%s", id.Name(), version, verify.Extension)))
}

// An openingFile is an opening as everybody reads it.
type openingFile struct {
	Index     int64  `json:"index"`
	Envelope  string `json:"envelope"`
	Record    string `json:"record"`
	Signature string `json:"signature"`
	Salt      string `json:"salt"`
}

// writeOpenings writes the openings of the entries and of the act that
// publishes them.
func (h *home) writeOpenings(ctx context.Context, publication record.Subject, entries []store.Entry) error {
	chain, err := h.db.Chain(ctx, publication)
	if err != nil {
		return err
	}
	for _, e := range append(slices.Clone(entries), chain...) {
		b, err := record.Marshal(openingFile{e.Index, string(e.Envelope), string(e.Record), string(e.Signature), e.Salt.String()})
		if err != nil {
			return err
		}
		file := h.path(filepath.Join(publicDir, "opening", fmt.Sprintf("%d.json", e.Index)))
		if err := h.writePublic(file, append(b, '\n')); err != nil {
			return err
		}
	}
	return nil
}

// writePublic writes a file that never changes, unless it is there.
func (h *home) writePublic(file string, content []byte) error {
	if old, err := os.ReadFile(file); err == nil && string(old) == string(content) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	if err := writeNew(file, content); err != nil {
		return err
	}
	return os.Chmod(file, 0o644)
}

// writeStatus signs the list of which versions stand, as of a checkpoint.
func (h *home) writeStatus(ctx context.Context, cp proof.Checkpoint) ([]byte, error) {
	s := proof.Status{Checkpoint: cp, At: h.env.now()}
	for after := (store.FindingKey{}); ; {
		page, err := h.db.Findings(ctx, after, 500)
		if err != nil {
			return nil, err
		}
		for _, f := range page {
			s.Versions = append(s.Versions, proof.Version{Finding: string(f.Case), Number: f.Version, State: proof.State(f.State)})
			after = f.Key()
		}
		if len(page) < 500 {
			break
		}
	}
	slices.SortFunc(s.Versions, func(a, b proof.Version) int {
		return cmp.Or(cmp.Compare(a.Finding, b.Finding), cmp.Compare(a.Number, b.Number))
	})
	if err := s.Validate(); err != nil {
		return nil, err
	}
	signer, err := noteSigner(h.path(logKeyFile))
	if err != nil {
		return nil, err
	}
	signed, err := note.Sign(&note.Note{Text: s.Text()}, signer)
	if err != nil {
		return nil, err
	}
	return signed, h.writePublic(h.path(filepath.Join(publicDir, "status")), signed)
}

// publishWithdrawal opens the act that withdraws a version, and signs a new
// status list.
func (h *home) publishWithdrawal(ctx context.Context, id record.Subject, version int, index int64) error {
	subject := record.Subject(fmt.Sprintf("publication/%s.%d.withdrawn", id.Name(), version))
	if err := h.sayPublished(ctx, subject, casebook.Published{Finding: id, Version: version, Entries: []int64{index}}); err != nil {
		return err
	}
	cp, _, err := h.tree.Publish(ctx)
	if err != nil {
		return err
	}
	e, err := h.db.At(ctx, index)
	if err != nil {
		return err
	}
	if err := h.writeOpenings(ctx, subject, []store.Entry{e}); err != nil {
		return err
	}
	_, err = h.writeStatus(ctx, cp)
	return err
}
