package tlog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// logsFile lists the logs of a witness, one vkey on each line.
const logsFile = "logs"

// readLogs returns the vkeys of each log, by origin.
func readLogs(dir string) (map[string][]string, error) {
	text, err := os.ReadFile(filepath.Join(dir, logsFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	logs := make(map[string][]string)
	for _, vkey := range strings.Fields(string(text)) {
		v, err := logVerifiers([]string{vkey})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Join(dir, logsFile), err)
		}
		logs[v[0].Name()] = append(logs[v[0].Name()], vkey)
	}
	return logs, nil
}

// AddLog tells the witness of a directory to cosign a log from now on, and
// returns the log's origin. A running server finds out by itself.
func AddLog(dir, vkey string) (origin string, err error) {
	v, err := logVerifiers([]string{vkey})
	if err != nil {
		return "", err
	}
	logs, err := readLogs(dir)
	if err != nil || slices.Contains(logs[v[0].Name()], vkey) {
		return v[0].Name(), err
	}
	name := filepath.Join(dir, logsFile)
	text, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	return v[0].Name(), Replace(name, append(text, vkey+"\n"...))
}
