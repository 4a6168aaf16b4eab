package tlog

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Evidence is what shows others that a log or a witness did what it must not:
// signed notes, byte for byte, with a sentence for people.
type Evidence struct {
	Kind  string            // one word, as "fork"
	Why   string            // a sentence
	Files map[string][]byte // by name
}

// The kinds of evidence of this package.
const (
	forkKind    = "fork"    // a log signed two trees
	refusalKind = "refusal" // a witness did not believe us, and proves nothing
)

// maxRefusals bounds how many refusals are kept: a witness can make them up.
const maxRefusals = 100

// Keep writes the evidence into a directory of its own under dir and returns
// that directory. The same files are kept once.
func (e Evidence) Keep(dir string) (string, error) {
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(e.Files)) {
		fmt.Fprintf(sum, "%s %d\n%s", name, len(e.Files[name]), e.Files[name])
	}
	path := filepath.Join(dir, fmt.Sprintf("%s-%x", e.Kind, sum.Sum(nil)[:8]))
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	temp, err := os.MkdirTemp(dir, ".tmp-")
	if err != nil {
		return "", err
	}
	if err := e.write(temp); err != nil {
		return "", errors.Join(err, os.RemoveAll(temp))
	}
	if err := os.Rename(temp, path); err != nil {
		err = errors.Join(err, os.RemoveAll(temp))
		if _, there := os.Stat(path); there != nil { // nobody else was quicker
			return "", err
		}
	}
	return path, syncDir(dir)
}

func (e Evidence) write(dir string) error {
	err := Replace(filepath.Join(dir, "why"), []byte(e.Why+"\n"))
	for name, content := range e.Files {
		err = errors.Join(err, Replace(filepath.Join(dir, name), content))
	}
	return errors.Join(err, os.Chmod(dir, 0o755))
}

// kept lists the directories under dir that hold evidence of a kind.
func kept(dir, kind string) ([]string, error) {
	if dir == "" {
		return nil, nil
	}
	all, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	var out []string
	for _, d := range all {
		if d.IsDir() && strings.HasPrefix(d.Name(), kind+"-") {
			out = append(out, filepath.Join(dir, d.Name()))
		}
	}
	return out, err
}
