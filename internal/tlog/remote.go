package tlog

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"solferino/proof"
)

// askTimeout bounds one question to a witness, from dialling to the last byte.
const askTimeout = 10 * time.Second

// A RemoteWitness asks a witness over HTTP. It may be used by several
// goroutines.
type RemoteWitness struct {
	url    string // prefix, for questions and for what it shows to monitors
	origin string
	keys   []string // vkeys by which it signs
	client *http.Client
}

// NewRemoteWitness returns the witness at a URL, which signs for the log named
// origin with the keys.
func NewRemoteWitness(address, origin string, vkeys ...string) (*RemoteWitness, error) {
	prefix, err := parsePrefix(address)
	if err != nil {
		return nil, fmt.Errorf("witness: %w", err)
	}
	return &RemoteWitness{prefix, origin, vkeys, newClient()}, nil
}

// newClient returns a client that waits for nobody and follows nobody: a
// witness is where its policy says.
func newClient() *http.Client {
	return &http.Client{Timeout: askTimeout, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
}

// RemoteWitnesses returns the witnesses of a policy that have a URL, by name.
// Two names with one URL are two keys of one witness, which is asked once.
func RemoteWitnesses(policy *proof.Policy) (map[string]Cosigner, error) {
	at := make(map[string]*RemoteWitness)
	out := make(map[string]Cosigner)
	for _, w := range policy.Witnesses() {
		if w.URL == "" {
			continue
		}
		if at[w.URL] == nil {
			r, err := NewRemoteWitness(w.URL, policy.Origin())
			if err != nil {
				return nil, fmt.Errorf("policy, %s: %w", w.Name, err)
			}
			at[w.URL] = r
		}
		at[w.URL].keys = append(at[w.URL].keys, w.Key())
		out[w.Name] = at[w.URL]
	}
	return out, nil
}

// Cosign implements [Cosigner] by https://c2sp.org/tlog-witness#add-checkpoint.
// It returns the lines of those keys that it knows.
func (w *RemoteWitness) Cosign(ctx context.Context, old int64, p proof.Consistency, signed []byte) ([]byte, error) {
	text, _, _ := strings.Cut(string(signed), "\n\n")
	now, err := parseClaim(text + "\n")
	if err != nil {
		return nil, err
	}
	code, body, err := w.do(ctx, http.MethodPost, "add-checkpoint", encodeQuestion(old, p, signed))
	if err != nil {
		return nil, err
	}
	switch code {
	case http.StatusOK:
		return w.known(body)
	case http.StatusConflict:
		return nil, w.conflict(ctx, now, body)
	case http.StatusUnprocessableEntity:
		c := &Conflict{Size: old, Why: say(code, body), Disproved: true}
		c.Note, _ = w.Last(ctx) // whoever shows nothing has proved nothing
		return nil, c
	}
	return nil, fmt.Errorf("%s: %s", w.url, say(code, body))
}

// conflict reads the size that the witness has seen. When that is beyond ours
// it has something to show, or proves nothing.
func (w *RemoteWitness) conflict(ctx context.Context, now proof.Checkpoint, body []byte) error {
	size, ok := parseSize(strings.TrimSuffix(string(body), "\n"))
	if !ok {
		return fmt.Errorf("%s: %s", w.url, say(http.StatusConflict, body))
	}
	c := &Conflict{Size: size, Why: fmt.Sprintf("asked to cosign %d", now.Size)}
	if size > now.Size {
		c.Note, _ = w.Last(ctx)
	}
	return c
}

// known returns the lines of an answer that are by keys of the witness.
// Lines of others are left out, as the protocol asks for.
func (w *RemoteWitness) known(body []byte) ([]byte, error) {
	var out []byte
	for line := range bytes.Lines(body) {
		if slices.ContainsFunc(w.keys, func(vkey string) bool { return isBy(string(line), vkey) }) {
			out = append(out, line...)
		}
	}
	if out == nil {
		return nil, fmt.Errorf("%s: no line of its answer is by a key of the policy", w.url)
	}
	return out, nil
}

// isBy reports whether a signature line claims to be by a key.
func isBy(line, vkey string) bool {
	name, rest, _ := strings.Cut(vkey, "+")
	id, _, _ := strings.Cut(rest, "+")
	text, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "\u2014 "+name+" ")
	sig, err := base64.StdEncoding.DecodeString(text)
	return ok && err == nil && len(sig) > 4 && fmt.Sprintf("%x", sig[:4]) == id
}

// Last returns the checkpoint of the log that the witness cosigned last, or nil
// if it has seen none. Nothing of it is verified.
// See https://c2sp.org/tlog-witness#monitor-retrieval-mechanism.
func (w *RemoteWitness) Last(ctx context.Context) ([]byte, error) {
	code, body, err := w.do(ctx, http.MethodGet, OriginHash(w.origin)+"/checkpoint", nil)
	switch {
	case err != nil:
		return nil, err
	case code == http.StatusNotFound:
		return nil, nil
	case code != http.StatusOK:
		return nil, fmt.Errorf("%s: %s", w.url, say(code, body))
	}
	return body, nil
}

func (w *RemoteWitness) do(ctx context.Context, method, path string, question []byte) (code int, body []byte, err error) {
	r, err := http.NewRequestWithContext(ctx, method, w.url+"/"+path, bytes.NewReader(question))
	if err != nil {
		return 0, nil, err
	}
	answer, err := w.client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	body, err = io.ReadAll(io.LimitReader(answer.Body, maxQuestion+1))
	if err == nil && len(body) > maxQuestion {
		err = errors.New("an answer without end")
	}
	if err != nil {
		return 0, nil, fmt.Errorf("%s: %w", w.url, err)
	}
	return answer.StatusCode, body, nil
}

// say tells of an answer in one line. Its words are a stranger's.
func say(code int, body []byte) string {
	return fmt.Sprintf("it answers %d, %.200q", code, bytes.TrimSpace(body))
}
