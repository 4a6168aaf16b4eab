package watch

import (
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"

	"solferino/internal/tlog"
)

// aheadFile names the file of a sight that the log has not borne out yet.
func (m *Monitor) aheadFile(s sight) string {
	return filepath.Join(m.c.Dir, aheadDir, fmt.Sprintf("%d-%x", s.Size, s.Root[:8]))
}

// wait remembers a sight until the log bears it out.
func (m *Monitor) wait(s sight) error {
	if _, err := os.Stat(m.aheadFile(s)); err == nil {
		return nil
	}
	return tlog.Replace(m.aheadFile(s), s.note)
}

// forget drops a sight that the log has borne out: what the monitor saw last
// has it as its beginning.
func (m *Monitor) forget(s sight) error {
	err := os.Remove(m.aheadFile(s))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// ahead returns what others have seen in earlier rounds and the log has not
// borne out.
func (m *Monitor) ahead() ([]sight, error) {
	all, err := os.ReadDir(filepath.Join(m.c.Dir, aheadDir))
	if err != nil {
		return nil, err
	}
	var out []sight
	for _, f := range all {
		if filepath.Ext(f.Name()) == ".tmp" {
			continue
		}
		note, err := os.ReadFile(filepath.Join(m.c.Dir, aheadDir, f.Name()))
		if err != nil {
			return nil, err
		}
		s, err := m.sight("somebody, earlier,", note)
		if err != nil {
			return nil, fmt.Errorf("%s: %w: %w", f.Name(), tlog.ErrDamaged, err)
		}
		out = append(out, s)
	}
	return out, nil
}

// explained returns one bit for each entry whose opening was read and needs no
// second reading.
func (m *Monitor) explained() (*big.Int, error) {
	b, err := os.ReadFile(filepath.Join(m.c.Dir, explainedMap))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	return new(big.Int).SetBytes(b), nil
}

func (m *Monitor) saveExplained(bits *big.Int) error {
	return tlog.Replace(filepath.Join(m.c.Dir, explainedMap), bits.Bytes())
}
