package cli

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/spf13/cobra"

	"solferino/internal/stamp"
	"solferino/proof"
)

// The files of timestamps. The note that was stamped stands beside its tokens,
// because witnesses may cosign the same checkpoint again later, in other bytes.
const (
	authoritiesFile = "authorities.json"
	stampDir        = "public/stamp"
)

// corroborates is said wherever an authority's time is shown.
const corroborates = "an authority's time corroborates: order is the index, time is the witnesses'"

// An authorityLine is one member of authorities.json.
type authorityLine struct {
	Name  string `json:"name"`
	URL   string `json:"url"`
	Roots string `json:"roots"` // PEM file, relative to the home
}

var authorityForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)

func newLogStampCommand(env *Env) *cobra.Command {
	return &cobra.Command{
		Use: "stamp", Short: "Have the present checkpoint stamped by the authorities of " + authoritiesFile, Args: cobra.NoArgs,
		Long: "stamp sends the SHA-256 of the present checkpoint to each RFC 3161 authority that the home's " + authoritiesFile + "\n" +
			"lists, checks the answer, and keeps it as " + stampDir + "/SIZE.tsr beside the note it is about. That is\n" +
			"the first authority's; those of the others are SIZE.NAME.tsr. What is there stays.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withHome(cmd.Context(), env, func(h *home) error { return runLogStamp(cmd.Context(), h) })
		},
	}
}

type stampLine struct {
	Authority string `json:"authority"`
	State     string `json:"state"` // "stamped", "kept" or "failed"
	File      string `json:"file"`
	At        string `json:"at"`
	By        string `json:"by"`
	Why       string `json:"why"`
}

func runLogStamp(ctx context.Context, h *home) error {
	authorities, _, err := h.authorities()
	if err != nil {
		return err
	}
	if len(authorities) == 0 {
		return fmt.Errorf("%s names no authority: %w", h.path(authoritiesFile), errNotFound)
	}
	cp, note, err := h.stampedNote(ctx)
	if err != nil {
		return err
	}
	lines, failed := []stampLine{}, []error{}
	for i, a := range authorities {
		files := []string{h.stampFile(cp.Size, "."+a.Name+".tsr")}
		if i == 0 {
			files = []string{h.stampFile(cp.Size, ".tsr"), files[0]} // where the list was in another order, its own
		}
		line, err := h.stampBy(ctx, a, files, note)
		if err != nil {
			line = stampLine{Authority: a.Name, State: "failed", Why: err.Error()}
			failed = append(failed, err)
		}
		lines = append(lines, line)
	}
	if err := h.env.print(map[string]any{"size": cp.Size, "stamps": lines}, func() string { return stampText(cp.Size, lines) }); err != nil {
		return err
	}
	return stampOutcome(len(lines), failed)
}

func stampText(size int64, lines []stampLine) string {
	rows := [][]string{}
	for _, l := range lines {
		if l.State == "failed" {
			rows = append(rows, []string{l.State, l.Authority, l.Why})
			continue
		}
		rows = append(rows, []string{l.State, l.Authority, fmt.Sprintf("size %d at %s by %q, %s", size, l.At, l.By, l.File)})
	}
	return table(rows...) + corroborates + "\n"
}

// stampOutcome says with which error a round of questions ends: partly done,
// unreachable if nobody answered, and otherwise what was wrong.
func stampOutcome(asked int, failed []error) error {
	if len(failed) == 0 {
		return nil
	}
	if len(failed) < asked {
		return fmt.Errorf("%d of %d authorities did not stamp: %w: %w", len(failed), asked, errPartly, errors.Join(failed...))
	}
	for _, err := range failed {
		if !errors.Is(err, stamp.ErrUnreachable) {
			return err
		}
	}
	return errors.Join(failed...)
}

// authorities reads the home's list, and all their roots together.
func (h *home) authorities() ([]stamp.Authority, *x509.CertPool, error) {
	b, err := readFile(h.path(authoritiesFile), 1<<20)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	var lines []authorityLine
	if err := json.Unmarshal(b, &lines, json.RejectUnknownMembers(true)); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", h.path(authoritiesFile), err)
	}
	var out []stamp.Authority
	var all []byte
	seen := map[string]bool{}
	for _, l := range lines {
		a, roots, err := h.authority(l)
		if err == nil && seen[l.Name] {
			err = errors.New("named twice")
		}
		if err != nil {
			return nil, nil, fmt.Errorf("%s: authority %q: %w", h.path(authoritiesFile), l.Name, err)
		}
		seen[l.Name] = true
		out, all = append(out, a), append(append(all, roots...), '\n')
	}
	if len(out) == 0 {
		return nil, nil, nil
	}
	pool, err := stamp.ParseRoots(all)
	return out, pool, err
}

func (h *home) authority(l authorityLine) (a stamp.Authority, roots []byte, err error) {
	if !authorityForm.MatchString(l.Name) {
		return a, nil, fmt.Errorf("its name is not of the form %s", authorityForm)
	}
	u, err := url.Parse(l.URL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return a, nil, fmt.Errorf("url %q is not one of http or https", l.URL)
	}
	file := l.Roots
	if !filepath.IsAbs(file) {
		file = h.path(file)
	}
	if roots, err = readFile(file, 1<<20); err != nil {
		return a, nil, err
	}
	pool, err := stamp.ParseRoots(roots)
	return stamp.Authority{Name: l.Name, URL: l.URL, Roots: pool}, roots, err
}

// stampedNote returns the note to be stamped for the present checkpoint: the
// one that was stamped already, or the one that is published, which it keeps.
func (h *home) stampedNote(ctx context.Context) (proof.Checkpoint, []byte, error) {
	cp, note, err := h.tree.Publish(ctx)
	if err != nil {
		return proof.Checkpoint{}, nil, err
	}
	file := h.stampFile(cp.Size, ".checkpoint")
	old, err := readFile(file, 1<<20)
	if errors.Is(err, fs.ErrNotExist) {
		return cp, note, h.writePublic(file, note)
	}
	if err != nil {
		return proof.Checkpoint{}, nil, err
	}
	policy, err := h.policy(ctx)
	if err != nil {
		return proof.Checkpoint{}, nil, err
	}
	again, _, err := proof.ParseCheckpoint(old, policy)
	if err == nil && again != cp {
		err = errors.New("it is not the checkpoint that the log signed")
	}
	if err != nil {
		return proof.Checkpoint{}, nil, fmt.Errorf("%s: %w", file, err)
	}
	return cp, old, nil
}

func (h *home) policy(ctx context.Context) (*proof.Policy, error) {
	n, err := h.institution(ctx)
	if err != nil {
		return nil, err
	}
	return proof.ParsePolicy([]byte(n.Policy))
}

func (h *home) stampFile(size int64, ending string) string {
	return h.path(filepath.Join(stampDir, fmt.Sprintf("%d%s", size, ending)))
}

// stampBy keeps the authority's token of a note, in the first of the files that
// holds one, or has it made for the first that is free.
func (h *home) stampBy(ctx context.Context, a stamp.Authority, files []string, note []byte) (stampLine, error) {
	free, taken := "", error(nil)
	for _, file := range files {
		_, t, err := readToken(file, note, a.Roots)
		switch {
		case err == nil:
			return newStampLine(a, "kept", file, t), nil
		case !errors.Is(err, fs.ErrNotExist):
			taken = err
		case free == "":
			free = file
		}
	}
	if free == "" {
		return stampLine{}, taken
	}
	answer, t, err := stamp.Client{Random: h.env.Random}.Ask(ctx, a, note)
	if err != nil {
		return stampLine{}, err
	}
	return newStampLine(a, "stamped", free, t), h.writePublic(free, answer)
}

func newStampLine(a stamp.Authority, state, file string, t stamp.Token) stampLine {
	return stampLine{Authority: a.Name, State: state, File: file, At: t.At.Format(time.RFC3339), By: t.By}
}

// readToken reads an answer that was kept and verifies its token.
func readToken(file string, note []byte, roots *x509.CertPool) ([]byte, stamp.Token, error) {
	answer, err := os.ReadFile(file)
	if err != nil {
		return nil, stamp.Token{}, err
	}
	token, err := stamp.Extract(answer)
	if err != nil {
		return nil, stamp.Token{}, fmt.Errorf("%s: %w", file, err)
	}
	t, err := stamp.Verify(token, note, roots)
	if err != nil {
		return nil, stamp.Token{}, fmt.Errorf("%s: %w", file, err)
	}
	return token, t, nil
}
