package cli

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/crypto/ssh"

	"solferino/record"
)

// PartyExportOptions are what "solferino party export" takes.
type PartyExportOptions struct {
	Revoked string
}

func newPartyExportCommand(env *Env) *cobra.Command {
	var opts PartyExportOptions
	cmd := &cobra.Command{
		Use: "export", Short: "Print the roster as OpenSSH's allowed_signers", Args: cobra.NoArgs,
		Long: "export prints one line for each key that is valid now, as \"ssh-keygen -Y verify -f FILE\" takes\n" +
			"it. With --revoked it also writes the revoked keys as a key revocation list.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withHome(cmd.Context(), env, func(h *home) error { return runPartyExport(cmd.Context(), h, opts) })
		},
	}
	cmd.Flags().StringVar(&opts.Revoked, "revoked", "", "write the revoked keys to this file, as \"ssh-keygen -Y verify -r\" takes it")
	return cmd
}

type signerLine struct {
	Person record.Subject `json:"person"`
	Key    string         `json:"key"`
}

func runPartyExport(ctx context.Context, h *home, opts PartyExportOptions) error {
	valid, revoked := []signerLine{}, []ssh.PublicKey{}
	for after := record.Subject(""); ; {
		page, err := h.db.People(ctx, after, 500)
		if err != nil {
			return err
		}
		for _, p := range page {
			after = p.Person
			f, err := h.book(ctx).Now(p.Person)
			if err != nil {
				return err
			}
			for _, key := range f.Person().Keys() {
				valid = append(valid, signerLine{p.Person, key})
			}
			for _, line := range f.Person().Revoked() {
				key, err := record.ParseKey(line)
				if err != nil {
					return err
				}
				revoked = append(revoked, key)
			}
		}
		if len(page) < 500 {
			break
		}
	}
	if opts.Revoked != "" {
		size, err := h.db.Size(ctx)
		if err != nil {
			return err
		}
		list := record.RevocationList(revoked, uint64(size), uint64(h.env.now().Unix()), string(h.set.Institution))
		if err := os.WriteFile(opts.Revoked, list, 0o644); err != nil {
			return err
		}
	}
	return h.env.print(map[string]any{"valid": valid, "revoked": len(revoked)}, func() string {
		var w strings.Builder
		for _, s := range valid {
			fmt.Fprintf(&w, "%s namespaces=%q %s\n", s.Person, record.Namespace, s.Key)
		}
		return w.String()
	})
}
