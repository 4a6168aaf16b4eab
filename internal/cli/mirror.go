package cli

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"solferino/internal/tlog"
	"solferino/internal/watch"
	"solferino/proof"
)

// MirrorOptions are what the commands of a mirror take.
type MirrorOptions struct {
	Dir, Log, Policy string
	Whole            bool
	Every            time.Duration
	ListenOptions
}

// mirrorSweep is how many sealed entries a mirror that serves asks for again
// in one round.
const mirrorSweep = 1000

func newMirrorCommand(env *Env) *cobra.Command {
	return newNoun("mirror", "Keep a full copy of another institution's log and of what it publishes",
		newMirrorSyncCommand(env), newMirrorServeCommand(env))
}

func mirrorFlags(cmd *cobra.Command, opts *MirrorOptions) {
	f := cmd.Flags()
	f.StringVar(&opts.Dir, "dir", "solferino-mirror", "directory of the mirror")
	f.StringVar(&opts.Log, "log", "", "URL of the institution, or of another mirror (needed)")
	f.StringVar(&opts.Policy, "policy", "", "file with the log's policy, a C2SP tlog-policy (needed)")
	f.BoolVar(&opts.Whole, "whole", false, "first copy everything again, and repair what was damaged here")
}

func newMirrorSyncCommand(env *Env) *cobra.Command {
	var opts MirrorOptions
	cmd := &cobra.Command{
		Use: "sync", Short: "Copy what is new, once", Args: cobra.NoArgs,
		Long: "sync takes nothing over that does not hash to a checkpoint which meets the policy and follows from\n" +
			"all that the mirror has seen. A fork is refused, and both signed notes are kept as evidence.",
		RunE: func(cmd *cobra.Command, _ []string) error { return runMirrorSync(cmd.Context(), env, opts) },
	}
	mirrorFlags(cmd, &opts)
	return cmd
}

func newMirrorServeCommand(env *Env) *cobra.Command {
	var opts MirrorOptions
	cmd := &cobra.Command{
		Use: "serve", Short: "Copy what is new again and again, and serve it under the same paths", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runMirrorServe(cmd.Context(), env, opts) },
	}
	mirrorFlags(cmd, &opts)
	cmd.Flags().DurationVar(&opts.Every, "every", 10*time.Second, "how long to rest between two copies")
	opts.flags(cmd.Flags(), "127.0.0.1:8082")
	return cmd
}

// A mirrored is what one round of a mirror brought.
type mirrored struct {
	Origin   string   `json:"origin"`
	From     int64    `json:"from"`
	Size     int64    `json:"size"`
	Root     string   `json:"root"`
	Repaired []string `json:"repaired"`
	watch.Copied
}

func (m mirrored) text() string {
	rows := [][]string{{"mirror of", m.Origin}, {"size", fmt.Sprintf("%d, before it was %d", m.Size, m.From)}, {"root", m.Root},
		{"copied", fmt.Sprintf("%d openings, %d bundles, %d attachments; %d entries are sealed", m.Openings, m.Bundles, m.Attachments, m.Sealed)}}
	for _, name := range m.Repaired {
		rows = append(rows, []string{"repaired", name})
	}
	for _, why := range m.Refused {
		rows = append(rows, []string{"refused", why})
	}
	return table(rows...)
}

// A double is a mirror and the copy of what is published beside the log.
type double struct {
	mirror *tlog.Mirror
	copy   *watch.Copy
	origin string
	lock   *os.File
}

// The directories of a mirror, besides its lock: what it serves, and what it
// has caught others at.
const mirrorEvidence = "evidence"

func openMirror(ctx context.Context, env *Env, opts MirrorOptions, sweep int) (*double, error) {
	source, policy, err := outside(opts.Log, opts.Policy)
	if err != nil {
		return nil, err
	}
	public, evidence := filepath.Join(opts.Dir, publicDir), filepath.Join(opts.Dir, mirrorEvidence)
	if err := os.MkdirAll(public, 0o755); err != nil {
		return nil, err
	}
	d := &double{origin: policy.Origin()}
	if d.lock, err = lockDir(ctx, env, opts.Dir); err != nil {
		return nil, err
	}
	d.mirror, err = tlog.OpenMirror(tlog.MirrorConfig{Dir: public, Evidence: evidence, Source: source, Policy: policy, Whole: opts.Whole})
	if err == nil {
		d.copy, err = watch.OpenCopy(watch.CopyConfig{Dir: public, Evidence: evidence, Source: source, Policy: policy, Sweep: sweep})
	}
	if err != nil {
		d.lock.Close()
		return nil, err
	}
	return d, nil
}

// outside reads the flags that name somebody else's log.
func outside(url, policyFile string) (*tlog.Source, *proof.Policy, error) {
	if url == "" || policyFile == "" {
		return nil, nil, fmt.Errorf("--log and --policy are needed: %w", errUsage)
	}
	source, err := tlog.NewSource(url)
	if err != nil {
		return nil, nil, fmt.Errorf("--log: %w: %w", err, errUsage)
	}
	text, err := readFile(policyFile, 1<<20)
	if err != nil {
		return nil, nil, err
	}
	policy, err := proof.ParsePolicy(text)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w: %w", policyFile, err, errUsage)
	}
	return source, policy, nil
}

func (d *double) sync(ctx context.Context) (mirrored, error) {
	step, err := d.mirror.Sync(ctx)
	if err != nil {
		return mirrored{}, err
	}
	m := mirrored{Origin: d.origin, From: step.From.Size, Size: step.To.Size, Root: fmt.Sprintf("%x", step.To.Root), Repaired: append([]string{}, step.Repaired...)}
	m.Copied, err = d.copy.Sync(ctx, step.To, step.Note)
	return m, err
}

func runMirrorSync(ctx context.Context, env *Env, opts MirrorOptions) error {
	d, err := openMirror(ctx, env, opts, 0)
	if err != nil {
		return err
	}
	defer d.lock.Close()
	m, err := d.sync(ctx)
	if err != nil {
		return err
	}
	if err := env.print(m, m.text); err != nil {
		return err
	}
	if len(m.Refused) > 0 {
		return fmt.Errorf("%d files of %s were not taken over: %w", len(m.Refused), opts.Log, errPartly)
	}
	return nil
}

func runMirrorServe(ctx context.Context, env *Env, opts MirrorOptions) error {
	d, err := openMirror(ctx, env, opts, mirrorSweep)
	if err != nil {
		return err
	}
	defer d.lock.Close()
	root, err := os.OpenRoot(filepath.Join(opts.Dir, publicDir))
	if err != nil {
		return err
	}
	defer root.Close()
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		d.follow(ctx, env, opts.Every)
	}()
	err = listenAndServe(ctx, env, opts.ListenOptions, http.Handler(tlog.NewFileServer(root)), "the mirror is")
	cancel()
	<-done
	return err
}

// follow copies what is new until the context ends. What it holds is served
// whatever the log does; what has changed is said once.
func (d *double) follow(ctx context.Context, env *Env, every time.Duration) {
	for last := ""; ; {
		m, err := d.sync(ctx)
		now := fmt.Sprintf("mirrored is size %d", m.Size)
		if err != nil {
			now = err.Error()
		}
		for _, why := range m.Refused {
			now += "; refused " + why
		}
		if now != last && ctx.Err() == nil {
			env.talk("%s", now)
			last = now
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(max(every, time.Second)):
		}
	}
}
