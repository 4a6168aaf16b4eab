package proof

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func sampleStatus() Status {
	return Status{
		Checkpoint: sample(),
		At:         time.Date(2026, 11, 22, 1, 2, 3, 0, time.UTC),
		Versions: []Version{
			{"finding/2026-001", 1, Superseded},
			{"finding/2026-001", 2, Issued},
			{"finding/2026-001", 10, Withdrawn},
			{"finding/2026-002", 1, Withdrawn},
		},
	}
}

func TestParseStatusTakesWhatIsSigned(t *testing.T) {
	h := newHouse(t, 1, nil, "quorum w0\n")
	for name, want := range map[string]Status{
		"with findings":    sampleStatus(),
		"without findings": {Checkpoint: Empty(origin), At: sampleStatus().At},
	} {
		got, err := ParseStatus(h.sign(t, want.Text()), h.policy)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: ParseStatus() = %v (-want +got):\n%s", name, err, diff)
		}
	}
	if got := strings.Count(sampleStatus().Text(), "\n"); got != 9 {
		t.Errorf("Text() has %d lines, want 9", got)
	}
}

func TestStatusOfAVersion(t *testing.T) {
	s := sampleStatus()
	for _, v := range s.Versions {
		if got, ok := s.State(v.Finding, v.Number); !ok || got != v.State {
			t.Errorf("State(%s, %d) = %s, %v", v.Finding, v.Number, got, ok)
		}
	}
	if got, ok := s.State("finding/2026-001", 3); ok {
		t.Errorf("State(unknown version) = %s", got)
	}
}

func TestEveryBitOfAStatusCounts(t *testing.T) {
	h := newHouse(t, 0, nil, "quorum none\n")
	good := h.sign(t, sampleStatus().Text())
	for i := range good {
		for bit := range 8 {
			bad := bytes.Clone(good)
			bad[i] ^= 1 << bit
			if _, err := ParseStatus(bad, h.policy); err == nil {
				t.Errorf("bit %d of byte %d (%q) does not count", bit, i, good[i])
			}
		}
	}
}

func TestParseStatusRefuses(t *testing.T) {
	h := newHouse(t, 1, nil, "quorum none\n")
	good := sampleStatus().Text()
	change := func(old, new string) []byte {
		if !strings.Contains(good, old) {
			t.Fatalf("the sample has no %q", old)
		}
		return h.sign(t, strings.Replace(good, old, new, 1))
	}
	for name, tt := range map[string]struct {
		in    []byte
		wraps error
	}{
		"a checkpoint":           {h.sign(t, sample().Text()), ErrMalformed},
		"other version of form":  {change("status/v1", "status/v2"), ErrMalformed},
		"other log":              {change(origin, "example.org/log/2"), ErrMalformed},
		"cosigned":               {h.sign(t, good, 0), ErrBadSignature},
		"a witness's only":       {withoutLog(h.sign(t, good, 0)), ErrBadSignature},
		"unsorted findings":      {change("2026-002 1", "2025-002 1"), ErrMalformed},
		"unsorted versions":      {change(" 10 ", " 1 "), ErrMalformed},
		"version twice":          {change(" 10 ", " 2 "), ErrMalformed},
		"version zero":           {change("001 1 ", "001 0 "), ErrMalformed},
		"version with zero":      {change(" 10 ", " 010 "), ErrMalformed},
		"unknown state":          {change("issued", "draft"), ErrMalformed},
		"state in capitals":      {change("issued", "Issued"), ErrMalformed},
		"two blanks":             {change(" issued", "  issued"), ErrMalformed},
		"no finding":             {change("finding/2026-001 1", " 1"), ErrMalformed},
		"finding in other marks": {change("finding/2026-001 1", "finding/é 1"), ErrMalformed},
		"empty line":             {change("finding/2026-002", "\nfinding/2026-002"), ErrMalformed},
		"other time zone":        {change("01:02:03Z", "02:02:03+01:00"), ErrMalformed},
		"parts of a second":      {change("01:02:03Z", "01:02:03.5Z"), ErrMalformed},
		"no such day":            {change("11-22", "11-31"), ErrMalformed},
	} {
		if _, err := ParseStatus(tt.in, h.policy); !errors.Is(err, tt.wraps) {
			t.Errorf("%s: ParseStatus() = %v, want %v", name, err, tt.wraps)
		}
	}
}

// withoutLog takes the first signature from a note.
func withoutLog(signed []byte) []byte {
	at := bytes.Index(signed, []byte("\n\n")) + 2
	end := at + bytes.IndexByte(signed[at:], '\n') + 1
	return append(bytes.Clone(signed[:at]), signed[end:]...)
}
