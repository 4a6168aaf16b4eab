package tlog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

var (
	// ErrMissing means that a source says it has no such file.
	ErrMissing = errors.New("no such file there")
	// ErrUnreachable means that a source did not answer, or not with a file.
	ErrUnreachable = errors.New("cannot be reached")
)

// fileTimeout bounds the reading of one file, from dialling to the last byte.
const fileTimeout = time.Minute

// A Source reads the public files of a log from where somebody serves them.
// It may be used by several goroutines.
type Source struct {
	url    string
	client *http.Client
}

// NewSource returns the log, mirror or witness that is served below a URL.
func NewSource(address string) (*Source, error) {
	prefix, err := parsePrefix(address)
	if err != nil {
		return nil, err
	}
	return &Source{prefix, &http.Client{Timeout: fileTimeout}}, nil
}

// parsePrefix reads a URL that paths are put behind.
func parsePrefix(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("%q is no URL that begins with http:// or https://", address)
	}
	return strings.TrimRight(address, "/"), nil
}

// URL returns where the source is.
func (s *Source) URL() string { return s.url }

// Get returns a file of at most limit bytes. Nothing of it is verified. The
// error wraps [ErrMissing] or [ErrUnreachable].
func (s *Source) Get(ctx context.Context, name string, limit int64) ([]byte, error) {
	fail := func(err error) ([]byte, error) {
		return nil, fmt.Errorf("%s/%s %w: %w", s.url, name, ErrUnreachable, err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/"+name, nil)
	if err != nil {
		return fail(err)
	}
	answer, err := s.client.Do(r)
	if err != nil {
		return fail(err)
	}
	defer answer.Body.Close()
	switch answer.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound, http.StatusGone:
		return nil, fmt.Errorf("%s/%s: %w", s.url, name, ErrMissing)
	default:
		return fail(fmt.Errorf("it answers %s", answer.Status))
	}
	b, err := io.ReadAll(io.LimitReader(answer.Body, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = fmt.Errorf("more than %d bytes", limit)
	}
	if err != nil {
		return fail(err)
	}
	return b, nil
}

// shelf reads the files of a tree from the source. A partial tile may have
// given way to the full one. See https://c2sp.org/tlog-tiles#partial-tiles.
func (s *Source) shelf(ctx context.Context) shelf {
	return func(name string, size int) ([]byte, error) {
		data, err := s.Get(ctx, name, int64(size))
		if full, _, ok := strings.Cut(name, ".p/"); ok && errors.Is(err, ErrMissing) {
			const widest = tileWidth * (2 + hashSize)
			if data, err = s.Get(ctx, full, widest); len(data) > size {
				data = data[:size]
			}
		}
		if err == nil && len(data) != size {
			err = fmt.Errorf("%s/%s: %w: %d bytes, want %d", s.url, name, ErrDamaged, len(data), size)
		}
		return data, err
	}
}
