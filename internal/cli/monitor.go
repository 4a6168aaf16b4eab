package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/crypto/ssh"

	"solferino/internal/tlog"
	"solferino/internal/watch"
	"solferino/proof"
	"solferino/record"
)

// MonitorOptions are what "solferino monitor" takes.
type MonitorOptions struct {
	Dir, Log, Policy   string
	Key, Journal       string
	Witnesses, Mirrors []string
	Once               bool
	Every              time.Duration
	MaxAge, MaxLag     time.Duration
}

// errAlarm means that a monitor saw what must not be.
var errAlarm = errors.New("alarm")

func newMonitorCommand(env *Env) *cobra.Command {
	var opts MonitorOptions
	cmd := &cobra.Command{
		Use: "monitor", Short: "Watch a log from outside and raise an alarm when it is not one growing log", Args: cobra.NoArgs,
		Long: "monitor compares what the log shows with what it has shown before, and with what witnesses and\n" +
			"mirrors have seen. It raises an alarm on a split view, a rollback, a checkpoint without its quorum,\n" +
			"an old one, or one that the log's files do not prove. With --key and --journal it also does on any\n" +
			"published act under that key which the journal does not list. Each alarm is one line \"alarm: …\", with\n" +
			"a directory of evidence that others can check; with one the exit code is 1.",
		RunE: func(cmd *cobra.Command, _ []string) error { return runMonitor(cmd.Context(), env, opts) },
	}
	f := cmd.Flags()
	f.StringVar(&opts.Dir, "dir", "solferino-monitor", "directory of what the monitor remembers, and of evidence")
	f.StringVar(&opts.Log, "log", "", "URL of the institution (needed)")
	f.StringVar(&opts.Policy, "policy", "", "file with the log's policy, a C2SP tlog-policy (needed)")
	f.StringArrayVar(&opts.Witnesses, "witness", nil, "URL of a further witness, besides those of the policy; may be repeated")
	f.StringArrayVar(&opts.Mirrors, "mirror", nil, "URL of a mirror; may be repeated")
	f.StringVar(&opts.Key, "key", "", "file with the public key of a person, as OpenSSH writes it")
	f.StringVar(&opts.Journal, "journal", "", "file with the ids of the records that this person signed, one on each line")
	f.BoolVar(&opts.Once, "once", false, "look once, and end")
	f.DurationVar(&opts.Every, "every", time.Minute, "how long to rest between two looks")
	f.DurationVar(&opts.MaxAge, "max-age", 24*time.Hour, "how old the youngest cosignature may be; 0 for any age")
	f.DurationVar(&opts.MaxLag, "max-lag", 10*time.Minute, "for how long others may have seen more than the log shows; 0 for ever")
	return cmd
}

func runMonitor(ctx context.Context, env *Env, opts MonitorOptions) error {
	c, err := monitorConfig(env, opts)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(opts.Dir, 0o755); err != nil {
		return err
	}
	lock, err := lockDir(ctx, env, opts.Dir)
	if err != nil {
		return err
	}
	defer lock.Close()
	m, err := watch.OpenMonitor(c)
	if err != nil {
		return err
	}
	if opts.Once {
		return lookOnce(ctx, env, m)
	}
	return keepLooking(ctx, env, m, opts.Every)
}

func monitorConfig(env *Env, opts MonitorOptions) (watch.MonitorConfig, error) {
	source, policy, err := outside(opts.Log, opts.Policy)
	if err != nil {
		return watch.MonitorConfig{}, err
	}
	c := watch.MonitorConfig{Dir: opts.Dir, Log: source, Policy: policy, Now: env.Now, MaxAge: opts.MaxAge, MaxLag: opts.MaxLag}
	if !opts.Once {
		c.Sweep = mirrorSweep
	}
	if c.Peers, err = peersOf(policy, opts); err != nil {
		return c, err
	}
	if (opts.Key == "") != (opts.Journal == "") {
		return c, fmt.Errorf("--key and --journal go together: %w", errUsage)
	}
	if opts.Key == "" {
		return c, nil
	}
	c.Journal = func() (map[record.ID]bool, error) { return readJournal(opts.Journal) }
	c.Key, err = readPublicKey(opts.Key)
	return c, err
}

// peersOf lists the witnesses of the policy and of the flags, each once, and
// the mirrors.
func peersOf(policy *proof.Policy, opts MonitorOptions) ([]watch.Peer, error) {
	var urls []string
	for _, w := range policy.Witnesses() {
		if w.URL != "" {
			urls = append(urls, w.URL)
		}
	}
	witnesses := len(urls) + len(opts.Witnesses)
	urls = append(append(urls, opts.Witnesses...), opts.Mirrors...)
	seen := make(map[string]bool)
	var peers []watch.Peer
	for i, url := range urls {
		source, err := tlog.NewSource(url)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", err, errUsage)
		}
		if seen[source.URL()] {
			continue
		}
		seen[source.URL()] = true
		peers = append(peers, watch.Peer{Source: source, Witness: i < witnesses})
	}
	return peers, nil
}

// readPublicKey reads a key as OpenSSH writes it, with or without its comment.
func readPublicKey(file string) (ssh.PublicKey, error) {
	b, err := readFile(file, 1<<16)
	if err != nil {
		return nil, err
	}
	key, _, _, _, err := ssh.ParseAuthorizedKey(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", file, err, errUsage)
	}
	return key, nil
}

// readJournal reads one id on each line. Empty lines and those that begin with
// "#" say nothing.
func readJournal(file string) (map[record.ID]bool, error) {
	b, err := readFile(file, 1<<30)
	if err != nil {
		return nil, err
	}
	ids := make(map[record.ID]bool)
	for lines := bufio.NewScanner(bytes.NewReader(b)); lines.Scan(); {
		if id := strings.TrimSpace(lines.Text()); id != "" && id[0] != '#' {
			ids[record.ID(id)] = true
		}
	}
	return ids, nil
}

func lookOnce(ctx context.Context, env *Env, m *watch.Monitor) error {
	r, err := m.Round(ctx)
	if err != nil {
		return err
	}
	if err := env.print(r, func() string { return roundText(r) }); err != nil {
		return err
	}
	if len(r.Alarms) > 0 {
		return fmt.Errorf("%d times: %w", len(r.Alarms), errAlarm)
	}
	if r.Size < 0 {
		return fmt.Errorf("%s: %w", strings.Join(r.Trouble, "; "), tlog.ErrUnreachable)
	}
	return nil
}

// roundText is what a person reads of one look.
func roundText(r watch.Round) string {
	rows := [][]string{{"log", r.Origin}}
	if r.Size >= 0 {
		rows = append(rows, []string{"shows", fmt.Sprintf("size %d, root %s", r.Size, r.Root)}, []string{"seen by", orNone(r.SeenBy)})
	}
	for _, p := range r.Peers {
		rows = append(rows, []string{"peer", fmt.Sprintf("%s has seen size %d", p.URL, p.Size)})
	}
	for _, why := range r.Trouble {
		rows = append(rows, []string{"trouble", why})
	}
	text := table(rows...)
	for _, a := range r.Alarms {
		text += a.String() + "\n"
	}
	return text
}

// keepLooking prints each alarm once, as long as its reason lasts, and ends
// with the context; then it fails if there was any.
func keepLooking(ctx context.Context, env *Env, m *watch.Monitor, every time.Duration) error {
	alarms := 0
	said := make(map[string]bool)
	for {
		r, err := m.Round(ctx)
		if ctx.Err() != nil {
			break
		}
		if err != nil {
			return err
		}
		now := make(map[string]bool)
		for _, a := range r.Alarms {
			if now[a.String()] = true; !said[a.String()] {
				alarms++
				fmt.Fprintln(env.Stdout, a)
			}
		}
		for _, why := range r.Trouble {
			if now[why] = true; !said[why] {
				env.talk("%s", why)
			}
		}
		said = now
		select {
		case <-ctx.Done():
		case <-time.After(max(every, time.Second)):
		}
	}
	if alarms > 0 {
		return fmt.Errorf("%d times: %w", alarms, errAlarm)
	}
	return nil
}
