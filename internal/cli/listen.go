package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/pflag"
)

// ListenOptions say where a server listens.
type ListenOptions struct {
	Listen      string
	AddressFile string
}

func (o *ListenOptions) flags(f *pflag.FlagSet, usual string) {
	f.StringVar(&o.Listen, "listen", usual, "HOST:PORT; port 0 takes a free one")
	f.StringVar(&o.AddressFile, "address-file", "", "write the address to this file once it is served")
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

// listenAndServe serves until the context ends. what says what is there.
func listenAndServe(ctx context.Context, env *Env, opts ListenOptions, handler http.Handler, what string) error {
	listener, err := net.Listen("tcp", opts.Listen)
	if err != nil {
		return fmt.Errorf("%w: %w", err, errUsage)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout,
		WriteTimeout: writeTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader}
	if opts.AddressFile != "" {
		if err := writeNew(opts.AddressFile, []byte(listener.Addr().String()+"\n")); err != nil {
			return errors.Join(err, listener.Close())
		}
	}
	env.talk("%s at http://%s/ until you press Ctrl-C", what, listener.Addr())
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // also when serving fails
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
		defer cancel()
		stopped <- server.Shutdown(late)
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}
