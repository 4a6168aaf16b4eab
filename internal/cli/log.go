package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"solferino/internal/tlog"
	"solferino/proof"
	"solferino/record"
)

func newLogCommand(env *Env) *cobra.Command {
	return newNoun("log", "The public log", newLogShowCommand(env), newLogProveCommand(env),
		newLogPublishCommand(env), newLogPolicyCommand(env),
		newLogReceiptCommand(env), newLogCheckCommand(env), newLogStampCommand(env))
}

func newLogShowCommand(env *Env) *cobra.Command {
	return &cobra.Command{
		Use: "show [INDEX]", Short: "Show the head of the log, or one entry", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withHome(cmd.Context(), env, func(h *home) error {
				if len(args) == 0 {
					return runLogShow(cmd.Context(), h)
				}
				index, err := strconv.ParseInt(args[0], 10, 64)
				if err != nil {
					return fmt.Errorf("index %q is no number: %w", args[0], errUsage)
				}
				return runLogEntry(cmd.Context(), h, index)
			})
		},
	}
}

type logView struct {
	Origin     string   `json:"origin"`
	Key        string   `json:"key"`
	Entries    int64    `json:"entries"`
	Size       int64    `json:"size"` // of the checkpoint
	Root       string   `json:"root"`
	Witnesses  []string `json:"witnesses"`
	Checkpoint string   `json:"checkpoint"`
	// Pending is the number of entries that are not published yet; the absent
	// witnesses are those it waits for.
	Pending int64          `json:"pending"`
	Absent  []tlog.Absence `json:"absent"`
}

func runLogShow(ctx context.Context, h *home) error {
	n, err := h.institution(ctx)
	if err != nil {
		return err
	}
	policy, err := proof.ParsePolicy([]byte(n.Policy))
	if err != nil {
		return err
	}
	_, _, err = h.tree.Publish(ctx)
	var pending *tlog.Pending
	if err != nil && !errors.As(err, &pending) {
		return err
	}
	v, err := h.logView(ctx, policy, pending)
	if err != nil {
		return err
	}
	return h.env.print(v, v.text)
}

// logView says how far the log is published. pending says for whom the rest
// waits; nil if it does not.
func (h *home) logView(ctx context.Context, policy *proof.Policy, pending *tlog.Pending) (logView, error) {
	v := logView{Origin: policy.Origin(), Key: policy.LogKey(), Witnesses: []string{}, Absent: []tlog.Absence{}}
	cp, signed, err := h.tree.Checkpoint()
	if errors.Is(err, tlog.ErrPending) {
		cp, err = proof.Empty(v.Origin), nil
	}
	if err == nil {
		v.Entries, err = h.db.Size(ctx)
	}
	if err != nil {
		return v, err
	}
	v.Size, v.Root, v.Checkpoint, v.Pending = cp.Size, fmt.Sprintf("%x", cp.Root), string(signed), v.Entries-cp.Size
	if pending != nil {
		v.Absent = pending.Absent
	}
	if signed == nil {
		return v, nil
	}
	_, seen, err := proof.ParseCheckpoint(signed, policy)
	for _, w := range seen {
		v.Witnesses = append(v.Witnesses, fmt.Sprintf("%s at %s", w.Name, w.At.UTC().Format("2006-01-02T15:04:05Z")))
	}
	return v, err
}

func (v logView) text() string {
	rows := [][]string{{"origin", v.Origin}, {"key", v.Key}, {"entries", fmt.Sprint(v.Entries)},
		{"checkpoint", fmt.Sprintf("size %d, root %s", v.Size, v.Root)}, {"seen by", orNone(v.Witnesses)}}
	if v.Pending > 0 {
		rows = append(rows, []string{"pending", fmt.Sprintf("publication of %d entries", v.Pending)})
	}
	for _, a := range v.Absent {
		rows = append(rows, []string{"absent", a.Name + ": " + a.Why})
	}
	return table(rows...)
}

type entryView struct {
	Index    int64          `json:"index"`
	Leaf     record.Digest  `json:"leaf"`
	Subject  record.Subject `json:"subject"`
	Position int            `json:"position"`
	Kind     string         `json:"kind"`
	Actor    record.Subject `json:"actor"`
	At       string         `json:"at"`
	Public   bool           `json:"public"`
	Record   string         `json:"record"`
}

func runLogEntry(ctx context.Context, h *home, index int64) error {
	e, err := h.db.At(ctx, index)
	if err != nil {
		return err
	}
	public, err := h.db.IsPublished(ctx, index)
	if err != nil {
		return err
	}
	v := entryView{e.Index, e.Leaf, e.Subject, e.Position, e.Kind, e.Actor, e.At.Format("2006-01-02T15:04:05Z"), public, string(e.Record)}
	return h.env.print(v, func() string {
		return table([]string{"entry", fmt.Sprint(v.Index)}, []string{"leaf", string(v.Leaf)},
			[]string{"subject", fmt.Sprintf("%s, record %d", v.Subject, v.Position)}, []string{"kind", v.Kind},
			[]string{"actor", string(v.Actor)}, []string{"at", v.At}, []string{"public", fmt.Sprint(v.Public)}) + v.Record + "\n"
	})
}

func newLogProveCommand(env *Env) *cobra.Command {
	return &cobra.Command{
		Use: "prove INDEX", Short: "Print a proof of inclusion of an entry, as a C2SP tlog-proof", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			index, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil {
				return fmt.Errorf("index %q is no number: %w", args[0], errUsage)
			}
			return withHome(cmd.Context(), env, func(h *home) error { return runLogProve(cmd.Context(), h, index) })
		},
	}
}

func runLogProve(ctx context.Context, h *home, index int64) error {
	e, err := h.db.At(ctx, index)
	if err != nil {
		return err
	}
	cp, signed, err := h.tree.Publish(ctx)
	if err != nil {
		return err
	}
	p, err := h.tree.Inclusion(ctx, index, cp.Size)
	if err != nil {
		return err
	}
	if err := p.Verify(e.Leaf, cp); err != nil {
		return err
	}
	text := string(proof.EncodeProof(p, signed))
	return h.env.print(map[string]any{"index": index, "leaf": e.Leaf, "size": cp.Size, "proof": text}, func() string { return text })
}
