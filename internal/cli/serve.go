package cli

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"

	"github.com/spf13/cobra"

	"solferino/internal/portal"
	"solferino/proof"
)

// ServeOptions are what "solferino serve" takes.
type ServeOptions struct {
	ListenOptions
}

func newServeCommand(env *Env) *cobra.Command {
	var opts ServeOptions
	cmd := &cobra.Command{
		Use: "serve", Short: "Serve the public pages", Args: cobra.NoArgs,
		Long: "serve shows what is published and nothing else. It reads; other commands may go on writing.",
		RunE: func(cmd *cobra.Command, _ []string) error { return runServe(cmd.Context(), env, env.homeDir(), opts) },
	}
	opts.flags(cmd.Flags(), "127.0.0.1:8080")
	return cmd
}

func runServe(ctx context.Context, env *Env, dir string, opts ServeOptions) error {
	handler, closeAll, err := openPortal(ctx, env, dir)
	if err != nil {
		return err
	}
	return errors.Join(listenAndServe(ctx, env, opts.ListenOptions, handler, "the public pages are"), closeAll())
}

// openPortal opens what the pages are made from, for reading alone.
func openPortal(ctx context.Context, env *Env, dir string) (http.Handler, func() error, error) {
	h, err := readHome(ctx, env, dir)
	if err != nil {
		return nil, nil, err
	}
	n, err := h.institution(ctx)
	if err != nil {
		return nil, nil, errors.Join(err, h.Close())
	}
	policy, err := proof.ParsePolicy([]byte(n.Policy))
	if err != nil {
		return nil, nil, errors.Join(err, h.Close())
	}
	if err := os.MkdirAll(h.path(publicDir), 0o755); err != nil {
		return nil, nil, errors.Join(err, h.Close())
	}
	root, err := os.OpenRoot(h.path(publicDir))
	if err != nil {
		return nil, nil, errors.Join(err, h.Close())
	}
	handler := portal.New(portal.Config{DB: h.db, Public: root, Policy: policy, Institution: n.Name, Notice: n.Notice,
		Log: slog.New(slog.NewTextHandler(env.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	return handler, func() error { return errors.Join(root.Close(), h.Close()) }, nil
}
