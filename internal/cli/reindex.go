package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"solferino/casebook"
	"solferino/internal/ledger"
)

func newReindexCommand(env *Env) *cobra.Command {
	var check bool
	cmd := &cobra.Command{
		Use: "reindex", Short: "Build the rows again from the records, or check that they are what records give", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withHome(cmd.Context(), env, func(h *home) error { return runReindex(cmd.Context(), h, check) })
		},
	}
	cmd.Flags().BoolVar(&check, "check", false, "change nothing; fail if a row is not what the records give")
	return cmd
}

func runReindex(ctx context.Context, h *home, check bool) error {
	rows := ledger.Rows(ctx, h.db, h.set.Institution)
	if !check {
		if err := h.db.Rebuild(ctx, rows); err != nil {
			return err
		}
		return h.printDigests(ctx)
	}
	differences, err := h.db.Compare(ctx, rows)
	if err != nil {
		return err
	}
	if len(differences) > 0 {
		d := differences[0]
		return fmt.Errorf("%d rows are not what the records give, the first is %s %s: %w", len(differences), d.Table, d.Key, casebook.ErrBrokenChain)
	}
	return h.printDigests(ctx)
}

func (h *home) printDigests(ctx context.Context) error {
	list, err := h.db.RowDigest(ctx)
	if err != nil {
		return err
	}
	size, err := h.db.Size(ctx)
	if err != nil {
		return err
	}
	return h.env.print(map[string]any{"entries": size, "tables": list}, func() string {
		rows := [][]string{}
		for _, t := range list {
			rows = append(rows, []string{t.Table, fmt.Sprint(t.Rows), string(t.Digest)})
		}
		return table(rows...) + fmt.Sprintf("%d entries, the rows are what they give\n", size)
	})
}
