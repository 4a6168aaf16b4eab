package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"

	"solferino/internal/portal"
	"solferino/proof"
)

// ServeOptions are what "solferino serve" takes.
type ServeOptions struct {
	Listen string
}

func newServeCommand(env *Env) *cobra.Command {
	var opts ServeOptions
	cmd := &cobra.Command{
		Use: "serve", Short: "Serve the public pages", Args: cobra.NoArgs,
		Long: "serve shows what is published and nothing else. It reads; other commands may go on writing.",
		RunE: func(cmd *cobra.Command, _ []string) error { return runServe(cmd.Context(), env, env.homeDir(), opts) },
	}
	cmd.Flags().StringVar(&opts.Listen, "listen", "127.0.0.1:8080", "HOST:PORT; port 0 takes a free one")
	return cmd
}

// Time-outs of the server, so that a slow visitor holds nothing up.
const (
	headerTimeout   = 5 * time.Second
	readTimeout     = 15 * time.Second
	writeTimeout    = 2 * time.Minute // a bundle over a slow line
	idleTimeout     = time.Minute
	maxHeader       = 16 << 10
	shutdownTimeout = 5 * time.Second
)

func runServe(ctx context.Context, env *Env, dir string, opts ServeOptions) error {
	handler, closeAll, err := openPortal(ctx, env, dir)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", opts.Listen)
	if err != nil {
		return errors.Join(fmt.Errorf("%w: %w", err, errUsage), closeAll())
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout,
		WriteTimeout: writeTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader}
	env.talk("the public pages are at http://%s/ until you press Ctrl-C", listener.Addr())
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
		defer cancel()
		stopped <- server.Shutdown(late)
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return errors.Join(err, closeAll())
	}
	return errors.Join(<-stopped, closeAll())
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
