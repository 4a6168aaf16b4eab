package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"solferino/internal/store"
	"solferino/internal/tlog"
	"solferino/proof"
)

// PublishOptions are what "solferino log publish" takes.
type PublishOptions struct {
	Every, Refresh time.Duration
}

func newLogPublishCommand(env *Env) *cobra.Command {
	var opts PublishOptions
	cmd := &cobra.Command{
		Use: "publish", Short: "Publish what is on record, and what waited for witnesses", Args: cobra.NoArgs,
		Long: "publish signs a checkpoint, asks the witnesses, and does the rest for findings that were issued while\n" +
			"too few witnesses were there. With --every it does so again and again, until you press Ctrl-C; other\n" +
			"commands may work in between. When the youngest cosignature is older than --refresh it asks for new\n" +
			"ones, so that who watches sees that the log is alive.",
		RunE: func(cmd *cobra.Command, _ []string) error { return runLogPublish(cmd.Context(), env, opts) },
	}
	cmd.Flags().DurationVar(&opts.Every, "every", 0, "how long to rest between two times, as 10s; 0 publishes once")
	cmd.Flags().DurationVar(&opts.Refresh, "refresh", time.Hour, "how old the youngest cosignature may become; 0 for any age")
	return cmd
}

func runLogPublish(ctx context.Context, env *Env, opts PublishOptions) error {
	once := func() (made publication, err error) {
		err = withHome(ctx, env, func(h *home) error {
			made, err = h.publishAll(ctx, opts.Refresh)
			return err
		})
		return made, err
	}
	if opts.Every <= 0 {
		made, err := once()
		if err != nil {
			return err
		}
		return env.print(made, made.text)
	}
	for last := ""; ; {
		made, err := once()
		if err != nil && !errors.Is(err, tlog.ErrPending) {
			return err
		}
		now := fmt.Sprintf("published is size %d", made.Size)
		if err != nil {
			now = err.Error()
		}
		if now != last {
			env.talk("%s", now)
			last = now
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(opts.Every):
		}
	}
}

// A publication says what "solferino log publish" brought.
type publication struct {
	Size    int64    `json:"size"`
	Root    string   `json:"root"`
	Bundles []string `json:"bundles"` // written now
}

func (p publication) text() string {
	return fmt.Sprintf("published is size %d, root %s\n", p.Size, p.Root) + strings.Join(append(slices.Clone(p.Bundles), ""), "\n")
}

func (h *home) publishAll(ctx context.Context, refresh time.Duration) (publication, error) {
	_, signed, err := h.tree.Publish(ctx)
	if err == nil {
		err = h.refresh(ctx, signed, refresh)
	}
	if err != nil {
		return publication{}, err
	}
	bundles, err := h.finishFindings(ctx)
	if err != nil {
		return publication{}, err
	}
	cp, _, err := h.tree.Checkpoint()
	return publication{Size: cp.Size, Root: fmt.Sprintf("%x", cp.Root), Bundles: bundles}, err
}

// refresh asks for new cosignatures when the youngest is too old.
func (h *home) refresh(ctx context.Context, signed []byte, after time.Duration) error {
	n, err := h.institution(ctx)
	if err != nil || after <= 0 {
		return err
	}
	policy, err := proof.ParsePolicy([]byte(n.Policy))
	if err != nil {
		return err
	}
	_, by, err := proof.ParseCheckpoint(signed, policy)
	if err != nil || slices.ContainsFunc(by, func(w proof.Cosigner) bool { return h.env.Now().Sub(w.At) <= after }) {
		return err
	}
	return h.tree.Refresh(ctx)
}

// finishFindings publishes the findings that were issued and have no bundle:
// the witnesses were away, or the process ended in between.
func (h *home) finishFindings(ctx context.Context) ([]string, error) {
	made := []string{}
	for after := (store.FindingKey{}); ; {
		page, err := h.db.Findings(ctx, after, 100)
		if err != nil {
			return nil, err
		}
		for _, row := range page {
			after = row.Key()
			file := h.bundleFile(row.Case, row.Version)
			if _, err := os.Stat(file); err == nil {
				continue
			}
			c, _, err := h.loadCase(ctx, string(row.Case))
			if err != nil {
				return nil, err
			}
			if err := h.publish(ctx, c, c.Findings[row.Version-1]); err != nil {
				return nil, err
			}
			made = append(made, file)
		}
		if len(page) < 100 {
			return made, nil
		}
	}
}
