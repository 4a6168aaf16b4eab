package cli

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"solferino/internal/ledger"
	"solferino/party"
	"solferino/record"
)

// PartyAddOptions are what "solferino party add" takes.
type PartyAddOptions struct {
	party.Registered
	ID      string
	Roles   []string
	KeyFile string
}

func newPartyCommand(env *Env) *cobra.Command {
	return newNoun("party", "Enter people and their keys",
		newPartyAddCommand(env), newPartyKeyCommand(env), newPartyListCommand(env), newPartyExportCommand(env))
}

func newPartyAddCommand(env *Env) *cobra.Command {
	var opts PartyAddOptions
	cmd := &cobra.Command{
		Use: "add PERSON", Short: "Enter a person with their roles and first key", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.ID = args[0]
			return withHome(cmd.Context(), env, func(h *home) error { return runPartyAdd(cmd.Context(), h, opts) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&opts.State, "state", "", "nationality, two letters")
	f.StringVar(&opts.Region, "region", "", "regional group: "+strings.Join(party.Regions, ", "))
	f.StringVar(&opts.Sector, "sector", "", strings.Join(party.Sectors, ", "))
	f.StringVar(&opts.Employer, "employer", "", "label of the employer")
	f.StringSliceVar(&opts.Interests, "interest", nil, "label of another tie; may be repeated")
	f.StringSliceVar(&opts.Roles, "role", []string{string(party.Reviewer)}, "what they may do; may be repeated")
	f.StringVar(&opts.KeyFile, "key", "", "their public key, as ssh-keygen writes it; without it a key is made in this home")
	return cmd
}

func runPartyAdd(ctx context.Context, h *home, opts PartyAddOptions) error {
	id, err := subjectOf("person", opts.ID)
	if err != nil {
		return err
	}
	act := opts.Registered
	act.Interests = slices.Sorted(slices.Values(append([]string{}, opts.Interests...)))
	for _, r := range slices.Sorted(slices.Values(opts.Roles)) {
		act.Roles = append(act.Roles, party.Role(r))
	}
	if opts.KeyFile != "" {
		if act.Key, err = readKey(opts.KeyFile); err != nil {
			return err
		}
	}
	if _, _, found, err := h.db.SubjectHead(ctx, id); err != nil || found {
		return fmt.Errorf("%s: %w", id, party.ErrTwice)
	}
	if act.Key == "" {
		h.env.talk("a key for %s is made in this home; a person who signs elsewhere brings their own with --key", id)
	}
	if err := h.register(ctx, id, act); err != nil {
		return err
	}
	return h.env.print(map[string]any{"id": id}, func() string { return string(id) + "\n" })
}

// readKey reads a public key file of OpenSSH and drops its comment.
func readKey(file string) (string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	fields := strings.Fields(string(b))
	if len(fields) < 2 {
		return "", fmt.Errorf("%s holds no public key: %w", file, errUsage)
	}
	line := fields[0] + " " + fields[1]
	_, err = record.ParseKey(line)
	return line, err
}

// PartyKeyOptions are what "solferino party key" takes.
type PartyKeyOptions struct {
	ID, Add, Revoke, Reason string
}

func newPartyKeyCommand(env *Env) *cobra.Command {
	var opts PartyKeyOptions
	cmd := &cobra.Command{
		Use: "key PERSON", Short: "Show, add or revoke keys of a person", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.ID = args[0]
			return withHome(cmd.Context(), env, func(h *home) error { return runPartyKey(cmd.Context(), h, opts) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&opts.Add, "add", "", "public key file to add")
	f.StringVar(&opts.Revoke, "revoke", "", "public key file to revoke, at once and for ever")
	f.StringVar(&opts.Reason, "reason", "", "why it is revoked")
	return cmd
}

func runPartyKey(ctx context.Context, h *home, opts PartyKeyOptions) error {
	id, err := subjectOf("person", opts.ID)
	if err != nil {
		return err
	}
	switch {
	case opts.Add != "":
		key, err := readKey(opts.Add)
		if err != nil {
			return err
		}
		return h.sayPlain(ctx, id, party.KeyAdded{Key: key})
	case opts.Revoke != "":
		key, err := readKey(opts.Revoke)
		if err != nil {
			return err
		}
		return h.sayPlain(ctx, id, party.KeyRevoked{Key: key, Reason: opts.Reason})
	}
	f, err := h.book(ctx).Now(id)
	if err != nil {
		return err
	}
	if f.Len == 0 {
		return fmt.Errorf("%s: %w", id, party.ErrNobody)
	}
	keys := f.Person().Keys()
	return h.env.print(map[string]any{"id": id, "keys": keys}, func() string {
		return strings.Join(keys, "\n") + "\n"
	})
}

// sayPlain says an act that relies on nothing and prints where it stands.
func (h *home) sayPlain(ctx context.Context, subject record.Subject, act record.Act) error {
	receipt, _, err := h.say(ctx, saying{actor: h.actor(), subject: subject, act: just(act)})
	if err != nil {
		return err
	}
	return h.printReceipt(receipt)
}

func (h *home) printReceipt(r ledger.Receipt) error {
	return h.env.print(r, func() string {
		return fmt.Sprintf("%s, record %d, is entry %d of the log\n", r.Subject, r.Position, r.Index)
	})
}

func newPartyListCommand(env *Env) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List people with their roles", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withHome(cmd.Context(), env, func(h *home) error { return runPartyList(cmd.Context(), h) })
		},
	}
}

type personLine struct {
	ID     record.Subject `json:"id"`
	State  string         `json:"state"`
	Region string         `json:"region"`
	Sector string         `json:"sector"`
	Roles  []string       `json:"roles"`
}

func runPartyList(ctx context.Context, h *home) error {
	list := []personLine{}
	for after := record.Subject(""); ; {
		page, err := h.db.People(ctx, after, 500)
		if err != nil {
			return err
		}
		for _, p := range page {
			list, after = append(list, personLine{p.Person, p.State, p.Region, p.Sector, p.Roles}), p.Person
		}
		if len(page) < 500 {
			break
		}
	}
	return h.env.print(list, func() string {
		rows := [][]string{{"person", "state", "region", "sector", "roles"}}
		for _, p := range list {
			rows = append(rows, []string{string(p.ID), p.State, p.Region, p.Sector, strings.Join(p.Roles, " ")})
		}
		return table(rows...)
	})
}
