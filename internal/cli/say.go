package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/ssh"

	"solferino/internal/ledger"
	"solferino/record"
)

// A saying is an act about to be said.
type saying struct {
	actor   record.Subject
	subject record.Subject
	cites   []record.Subject // subjects that the act relies on
	ordered bool             // names the head of its subject as seen
	// act builds the act once it is known that the record is not there yet.
	act func(id record.ID) (record.Act, error)
}

// just returns an act that needs nothing built.
func just(act record.Act) func(record.ID) (record.Act, error) {
	return func(record.ID) (record.Act, error) { return act, nil }
}

// actor is who acts in this command.
func (h *home) actor() record.Subject {
	switch {
	case h.env.as == "":
		return h.set.Me
	case strings.Contains(h.env.as, "/"):
		return record.Subject(h.env.as)
	}
	return record.Subject("person/" + h.env.as)
}

// say signs the act with the actor's key and submits it. A record that is on
// record already under the id that was drawn is not said again.
func (h *home) say(ctx context.Context, s saying) (ledger.Receipt, record.ID, error) {
	id, err := h.newID()
	if err != nil {
		return ledger.Receipt{}, "", err
	}
	if old, found, err := h.db.ByID(ctx, id); err != nil || found {
		return ledger.Receipt{Index: old.Index, Subject: old.Subject, Position: old.Position, Leaf: old.Leaf}, id, err
	}
	act, err := s.act(id)
	if err != nil {
		return ledger.Receipt{}, id, err
	}
	r := record.Record{Subject: s.subject, ID: id, Actor: s.actor, At: h.env.now(), Act: act}
	if err := h.rely(ctx, &r, s); err != nil {
		return ledger.Receipt{}, id, err
	}
	receipt, err := h.submit(ctx, r)
	return receipt, id, err
}

func (h *home) submit(ctx context.Context, r record.Record) (ledger.Receipt, error) {
	b, err := r.Encode()
	if err != nil {
		return ledger.Receipt{}, err
	}
	key, err := h.key(r.Actor)
	if err != nil {
		return ledger.Receipt{}, err
	}
	signature, err := record.Sign(b, key)
	if err != nil {
		return ledger.Receipt{}, err
	}
	return h.ledger.Submit(ctx, b, signature)
}

// rely fills in the heads that the record names.
func (h *home) rely(ctx context.Context, r *record.Record, s saying) error {
	for _, c := range s.cites {
		head, _, found, err := h.db.SubjectHead(ctx, c)
		if err != nil {
			return err
		}
		if found {
			r.Cites = append(r.Cites, record.Cite{Subject: c, Head: head})
		}
	}
	if !s.ordered {
		return nil
	}
	head, _, _, err := h.db.SubjectHead(ctx, s.subject)
	r.Expect = head
	return err
}

func (h *home) newID() (record.ID, error) {
	if h.env.ids == nil {
		return record.NewID(h.env.Random)
	}
	id, err := h.env.ids()
	return record.ID(id), err
}

// key reads the private key of somebody who acts from this machine.
func (h *home) key(actor record.Subject) (ssh.Signer, error) {
	file := h.keyFile(actor)
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("the key of %s is not on this machine: %w", actor, err)
	}
	key, err := ssh.ParsePrivateKey(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return key, nil
}

func (h *home) keyFile(actor record.Subject) string {
	if actor.Noun() == "host" {
		return h.path(hostKeyFile)
	}
	return h.path(filepath.Join(keyDir, "person-"+actor.Name()))
}

// attach puts content into the vault.
func (h *home) attach(ctx context.Context, content []byte) (record.Attachment, error) {
	return h.vault.Put(ctx, bytes.NewReader(content))
}

// hostName is the machine as an actor.
func (h *home) hostName() record.Subject { return record.Subject("host/" + h.set.Institution.Name()) }

// exhibitID derives the id of an exhibit from the id of the record that
// receives it, so that a repeated step names the same exhibit.
func exhibitID(id record.ID) string { return "x-" + string(id[:16]) }
