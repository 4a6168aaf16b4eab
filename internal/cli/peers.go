package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"solferino/internal/tlog"
	"solferino/proof"
)

// witnessGrace is how long a publication waits for further witnesses once the
// quorum is there.
const witnessGrace = time.Second

// lockDir waits until this process alone holds a directory, and says so when
// that takes a while.
func lockDir(ctx context.Context, env *Env, dir string) (*os.File, error) {
	type lock struct {
		file *os.File
		err  error
	}
	held := make(chan lock, 1)
	go func() {
		f, err := lockFile(filepath.Join(dir, lockName))
		held <- lock{f, err}
	}()
	for {
		select {
		case l := <-held:
			return l.file, l.err
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(time.Second):
			env.talk("another process holds %s; waiting for it to end", dir)
		}
	}
}

// An outsider is a witness outside the institution, as --witness names it.
type outsider struct {
	name, vkey, url string
}

// parseOutsider reads NAME=VKEY=URL. A vkey may end in "=".
func parseOutsider(text string) (outsider, error) {
	name, rest, ok := strings.Cut(text, "=")
	at := max(strings.LastIndex(rest, "=http://"), strings.LastIndex(rest, "=https://"))
	if !ok || name == "" || at < 1 {
		return outsider{}, fmt.Errorf("witness %.60q: want NAME=VKEY=URL: %w", text, errUsage)
	}
	return outsider{name, rest[:at], rest[at+1:]}, nil
}

// policyText writes the policy of a new log. Without outside witnesses the one
// in the process makes the quorum.
func policyText(logKey, own string, opts InitOptions) (string, error) {
	if len(opts.Witnesses) == 0 && opts.Quorum == 0 {
		return fmt.Sprintf("log %s\nwitness %s %s\nquorum %s\n", logKey, witnessName, own, witnessName), nil
	}
	var outside []outsider
	for _, text := range opts.Witnesses {
		w, err := parseOutsider(text)
		if err != nil {
			return "", err
		}
		outside = append(outside, w)
	}
	return outsidePolicy(logKey, own, outside, opts.Quorum)
}

// outsidePolicy writes the policy of a log with outside witnesses: quorum of
// them must have seen a checkpoint. Those whose names begin with the same
// "REGION/" count once, and so must the keys of one URL. The witness in the
// process cosigns too, and counts for nothing.
func outsidePolicy(logKey, own string, outside []outsider, quorum int) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "log %s\nwitness %s %s\n", logKey, witnessName, own)
	regions := make(map[string][]string)
	at := make(map[string]string) // region of a URL
	var order []string
	for _, w := range outside {
		fmt.Fprintf(&b, "witness %s %s %s\n", w.name, w.vkey, w.url)
		region, _, _ := strings.Cut(w.name, "/")
		if other, ok := at[w.url]; ok && other != region {
			return "", fmt.Errorf("%s and %s are keys of one witness: give both the same REGION/: %w", other, w.name, errUsage)
		}
		if at[w.url] = region; regions[region] == nil {
			order = append(order, region)
		}
		regions[region] = append(regions[region], w.name)
	}
	if quorum < 1 || quorum > len(order) {
		return "", fmt.Errorf("--quorum %d of %d witnesses or regions: %w", quorum, len(order), errUsage)
	}
	for _, region := range order {
		if len(regions[region]) > 1 || regions[region][0] != region {
			fmt.Fprintf(&b, "group %s any %s\n", region, strings.Join(regions[region], " "))
		}
	}
	fmt.Fprintf(&b, "group outside %d %s\nquorum outside\n", quorum, strings.Join(order, " "))
	p, err := proof.ParsePolicy([]byte(b.String()))
	if err == nil {
		_, err = tlog.RemoteWitnesses(p)
	}
	if err != nil {
		return "", fmt.Errorf("%w: %w", err, errUsage)
	}
	return b.String(), nil
}

func newLogPolicyCommand(env *Env) *cobra.Command {
	return &cobra.Command{
		Use: "policy", Short: "Print the policy by which a checkpoint counts, as a C2SP tlog-policy", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withHome(cmd.Context(), env, func(h *home) error {
				n, err := h.institution(cmd.Context())
				if err != nil {
					return err
				}
				return env.print(map[string]string{"policy": n.Policy}, func() string { return n.Policy })
			})
		},
	}
}
