package cli

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"solferino/casebook"
	"solferino/finding"
	"solferino/internal/store"
)

func newFindingListCommand(env *Env) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List findings, newest first", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withHome(cmd.Context(), env, func(h *home) error { return runFindingList(cmd.Context(), h) })
		},
	}
}

type findingLine struct {
	Case    string `json:"case"`
	Version int    `json:"version"`
	State   string `json:"state"`
	Outcome string `json:"outcome"`
	Issued  string `json:"issued"`
	Bundle  string `json:"bundle"`
}

func runFindingList(ctx context.Context, h *home) error {
	list := []findingLine{}
	for after := (store.FindingKey{}); ; {
		page, err := h.db.Findings(ctx, after, 200)
		if err != nil {
			return err
		}
		for _, f := range page {
			list = append(list, findingLine{f.Case.Name(), f.Version, f.State, f.Outcome, f.Issued.Format("2006-01-02"), h.bundleFile(f.Case, f.Version)})
			after = f.Key()
		}
		if len(page) < 200 {
			break
		}
	}
	return h.env.print(list, func() string {
		rows := [][]string{{"case", "version", "state", "outcome", "issued", "bundle"}}
		for _, f := range list {
			rows = append(rows, []string{f.Case, fmt.Sprint(f.Version), f.State, f.Outcome, f.Issued, f.Bundle})
		}
		return table(rows...)
	})
}

func newFindingShowCommand(env *Env) *cobra.Command {
	var opts FindingOptions
	cmd := &cobra.Command{
		Use: "show CASE [VERSION]", Short: "Print a finding that was issued", Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.Case = args[0]
			if len(args) == 2 {
				var err error
				if opts.Version, err = strconv.Atoi(args[1]); err != nil {
					return fmt.Errorf("version %q is no number: %w", args[1], errUsage)
				}
			}
			return withHome(cmd.Context(), env, func(h *home) error { return runFindingShow(cmd.Context(), h, opts) })
		},
	}
	cmd.Flags().StringVar(&opts.Output, "output", "", "copy the bundle to this file")
	return cmd
}

func runFindingShow(ctx context.Context, h *home, opts FindingOptions) error {
	c, _, err := h.loadCase(ctx, opts.Case)
	if err != nil {
		return err
	}
	version := opts.Version
	if version == 0 {
		version = len(c.Findings)
	}
	if version < 1 || version > len(c.Findings) {
		return fmt.Errorf("version %d of case %s: %w", version, opts.Case, casebook.ErrUnknownVersion)
	}
	f := c.Findings[version-1]
	b, err := h.get(ctx)(f.Document)
	if err != nil {
		return err
	}
	d, err := finding.Decode(b)
	if err != nil {
		return err
	}
	if opts.Output != "" {
		content, err := os.ReadFile(h.bundleFile(c.ID, version))
		if err != nil {
			return err
		}
		if err := os.WriteFile(opts.Output, content, 0o644); err != nil {
			return err
		}
	}
	return h.env.print(d, func() string { return stateLine(c, f) + d.Text() })
}

func stateLine(c *casebook.Case, f casebook.Finding) string {
	switch state := c.State(f); state {
	case "issued":
		return ""
	case "withdrawn":
		return "WITHDRAWN: " + f.Withdrawn + "\n"
	default:
		return strings.ToUpper(state) + " by version " + fmt.Sprint(len(c.Findings)) + "\n"
	}
}
