package cli

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"solferino/internal/store"
	"solferino/proof"
)

func newLogReceiptCommand(env *Env) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use: "receipt INDEX", Short: "Write the receipt of an entry, which \"log check\" verifies offline", Args: cobra.ExactArgs(1),
		Long: "receipt writes what was said and the proof that it stands in the log, as one file. It takes the newest\n" +
			"stamped checkpoint that covers the entry, or else the present one. The receipt shows the record to whoever\n" +
			"holds it: keep it as you would keep the record.",
		RunE: func(cmd *cobra.Command, args []string) error {
			index, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil {
				return fmt.Errorf("index %q is no number: %w", args[0], errUsage)
			}
			return withHome(cmd.Context(), env, func(h *home) error { return runLogReceipt(cmd.Context(), h, index, output) })
		},
	}
	cmd.Flags().StringVar(&output, "output", "", "file to write; without it the receipt goes to standard output")
	return cmd
}

func runLogReceipt(ctx context.Context, h *home, index int64, output string) error {
	r, roots, err := h.receipt(ctx, index)
	if err != nil {
		return err
	}
	b, err := r.Encode()
	if err != nil {
		return err
	}
	if c := checkReceipt(b, CheckOptions{}, roots); !c.Verified {
		return fmt.Errorf("the receipt of entry %d does not verify: %s: %s", index, c.Broken, c.Lines[len(c.Lines)-1].Says)
	}
	if output == "" {
		_, err := h.env.Stdout.Write(b)
		return err
	}
	if err := writeNew(output, b); err != nil {
		return err
	}
	h.env.talk("receipt of entry %d in %s", index, output)
	return nil
}

// receipt puts the receipt of an entry together. It returns with it the roots
// that its stamp leads to, if it has one.
func (h *home) receipt(ctx context.Context, index int64) (proof.Receipt, *x509.CertPool, error) {
	e, err := h.db.At(ctx, index)
	if err != nil {
		return proof.Receipt{}, nil, err
	}
	n, err := h.institution(ctx)
	if err != nil {
		return proof.Receipt{}, nil, err
	}
	policy, err := proof.ParsePolicy([]byte(n.Policy))
	if err != nil {
		return proof.Receipt{}, nil, err
	}
	_, roots, err := h.authorities()
	if err != nil {
		return proof.Receipt{}, nil, err
	}
	r := proof.Receipt{Opening: e.Opening, Policy: []byte(n.Policy)}
	if r.Proof, r.Stamp, err = h.stampedProof(ctx, e, policy, roots); err != nil || r.Proof != nil {
		return r, roots, err
	}
	_, note, err := h.tree.Publish(ctx)
	if err != nil {
		return proof.Receipt{}, nil, err
	}
	r.Proof, err = h.prove(ctx, e, note, policy)
	return r, nil, err
}

// prove returns the tlog-proof of an entry under a cosigned note.
func (h *home) prove(ctx context.Context, e store.Entry, note []byte, policy *proof.Policy) ([]byte, error) {
	cp, _, err := proof.ParseCheckpoint(note, policy)
	if err != nil {
		return nil, err
	}
	p, err := h.tree.Inclusion(ctx, e.Index, cp.Size)
	if err != nil {
		return nil, err
	}
	if err := p.Verify(e.Leaf, cp); err != nil {
		return nil, err
	}
	return proof.EncodeProof(p, note), nil
}

// stampedProof proves an entry under the newest stamped checkpoint that covers
// it, if there is one. It passes over what does not hold, and says so.
func (h *home) stampedProof(ctx context.Context, e store.Entry, policy *proof.Policy, roots *x509.CertPool) (p, token []byte, err error) {
	sizes, err := h.stampedSizes()
	if err != nil {
		return nil, nil, err
	}
	for _, size := range sizes {
		if size <= e.Index {
			break
		}
		note, err := os.ReadFile(h.stampFile(size, ".checkpoint"))
		if err == nil {
			p, err = h.prove(ctx, e, note, policy)
		}
		if err != nil {
			h.env.talk("stamped checkpoint of size %d is passed over: %v", size, err)
			continue
		}
		if token = h.tokenFor(size, note, roots); token != nil {
			return p, token, nil
		}
	}
	return nil, nil, ctx.Err()
}

// stampedSizes returns the sizes of the checkpoints that were stamped, or were
// about to be, the newest first.
func (h *home) stampedSizes() ([]int64, error) {
	files, err := os.ReadDir(h.path(stampDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var sizes []int64
	for _, f := range files {
		name, ok := strings.CutSuffix(f.Name(), ".checkpoint")
		if size, err := strconv.ParseInt(name, 10, 64); ok && err == nil {
			sizes = append(sizes, size)
		}
	}
	slices.SortFunc(sizes, func(a, b int64) int { return cmp.Compare(b, a) })
	return sizes, nil
}

// tokenFor returns a token of a note that the roots vouch for, of the first
// authority that made one, or nil.
func (h *home) tokenFor(size int64, note []byte, roots *x509.CertPool) []byte {
	files, _ := os.ReadDir(h.path(stampDir))
	names := []string{fmt.Sprintf("%d.tsr", size)}
	for _, f := range files {
		if strings.HasPrefix(f.Name(), fmt.Sprintf("%d.", size)) && strings.HasSuffix(f.Name(), ".tsr") && f.Name() != names[0] {
			names = append(names, f.Name())
		}
	}
	for _, name := range names {
		token, _, err := readToken(h.path(filepath.Join(stampDir, name)), note, roots)
		if err == nil {
			return token
		}
		if !errors.Is(err, fs.ErrNotExist) {
			h.env.talk("stamp %s is passed over: %v", name, err)
		}
	}
	return nil
}
