package tlog

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"solferino/proof"
)

// OriginHash names a log in the addresses of witnesses and mirrors.
// See https://c2sp.org/tlog-witness#monitor-retrieval-mechanism.
func OriginHash(origin string) string {
	sum := sha256.Sum256([]byte(origin))
	return hex.EncodeToString(sum[:])
}

// A WitnessServerConfig says who a witness is. What it knows stands in Dir:
// "logs" has one vkey of a log on each line, "<origin hash>/checkpoint" is what
// it remembers, "evidence" holds proofs of forks.
type WitnessServerConfig struct {
	Dir   string
	Keys  []string // secret, from NewWitnessKey and NewMLDSAWitnessKey
	Now   func() time.Time
	Steps func(name string)         // see WitnessConfig
	Fail  func(r string, err error) // told of what is the witness's own fault; or nil
}

// A WitnessServer is a witness of several logs over HTTP, as
// https://c2sp.org/tlog-witness describes it. One process at a time may serve
// a directory.
type WitnessServer struct {
	c   WitnessServerConfig
	mux *http.ServeMux

	mu        sync.Mutex
	witnesses map[string]*Witness // by origin hash; mu
	read      time.Time           // when the file of logs that was read was written; mu
}

// NewWitnessServer opens the witness and all that it remembers.
func NewWitnessServer(c WitnessServerConfig) (*WitnessServer, error) {
	s := &WitnessServer{c: c, mux: http.NewServeMux(), witnesses: make(map[string]*Witness)}
	if s.c.Fail == nil {
		s.c.Fail = func(string, error) {}
	}
	s.mux.HandleFunc("POST /add-checkpoint", s.addCheckpoint)
	s.mux.HandleFunc("GET /{hash}/checkpoint", s.checkpoint)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s, s.load()
}

// ServeHTTP answers logs and monitors.
func (s *WitnessServer) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// load opens a witness for each log that came in since. Its caller holds the
// lock. A second key of a log that is there counts after a restart.
func (s *WitnessServer) load() error {
	info, err := os.Stat(filepath.Join(s.c.Dir, logsFile))
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.ModTime().Equal(s.read) {
		return nil
	}
	if err != nil {
		return err
	}
	logs, err := readLogs(s.c.Dir)
	if err != nil {
		return err
	}
	for origin, vkeys := range logs {
		hash := OriginHash(origin)
		if s.witnesses[hash] != nil {
			continue
		}
		if s.witnesses[hash], err = s.open(hash, vkeys); err != nil {
			delete(s.witnesses, hash)
			return err
		}
	}
	s.read = info.ModTime()
	return nil
}

func (s *WitnessServer) open(hash string, vkeys []string) (*Witness, error) {
	dir := filepath.Join(s.c.Dir, hash)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	return NewWitness(WitnessConfig{Keys: s.c.Keys, Logs: vkeys, File: filepath.Join(dir, "checkpoint"), Now: s.c.Now,
		Evidence: filepath.Join(s.c.Dir, "evidence"), Steps: s.c.Steps})
}

// errUnknownLog means that the witness was told of no such log.
var errUnknownLog = errors.New("this witness knows no such log, or has seen nothing of it")

// witness returns the witness of the log with this hash.
func (s *WitnessServer) witness(hash string) (*Witness, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.witnesses[hash] == nil {
		if err := s.load(); err != nil {
			return nil, err
		}
	}
	if s.witnesses[hash] == nil {
		return nil, errUnknownLog
	}
	return s.witnesses[hash], nil
}

// addCheckpoint answers a log.
func (s *WitnessServer) addCheckpoint(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxQuestion))
	var lines []byte
	if err == nil {
		lines, err = s.answer(r, body)
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write(lines) // who is gone by now asks again
}

func (s *WitnessServer) answer(r *http.Request, body []byte) ([]byte, error) {
	old, p, signed, err := decodeQuestion(body)
	if err != nil {
		return nil, err
	}
	witness, err := s.witness(OriginHash(originOf(signed)))
	if err != nil {
		return nil, err
	}
	return witness.Cosign(r.Context(), old, p, signed)
}

// checkpoint answers a monitor.
func (s *WitnessServer) checkpoint(w http.ResponseWriter, r *http.Request) {
	witness, err := s.witness(r.PathValue("hash"))
	var seen []byte
	if err == nil {
		seen, err = witness.Last(r.Context())
	}
	if err == nil && seen == nil {
		err = errUnknownLog // nothing to show yet
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=5")
	_, _ = w.Write(seen)
}

// refuse answers with the status that the protocol has for an error.
func (s *WitnessServer) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var conflict *Conflict
	if errors.As(err, &conflict) && !conflict.Disproved {
		w.Header().Set("Content-Type", sizeType)
		w.WriteHeader(http.StatusConflict)
		fmt.Fprintf(w, "%d\n", conflict.Size)
		return
	}
	code := statusOf(err)
	if code == http.StatusInternalServerError {
		s.c.Fail(r.Method+" "+r.URL.Path, err)
		err = errors.New("the witness is not well") // what exactly is not for strangers
	}
	http.Error(w, err.Error(), code)
}

// sizeType is the media type of the answer that the witness has seen another
// size.
const sizeType = "text/x.tlog.size"

// statusOf is the one table of this door.
func statusOf(err error) int {
	var conflict *Conflict
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, ErrDamaged): // also says what is wrong with its file
		return http.StatusInternalServerError
	case errors.As(err, &conflict):
		return http.StatusUnprocessableEntity
	case errors.As(err, &tooLarge):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, errUnknownLog):
		return http.StatusNotFound
	case errors.Is(err, proof.ErrBadSignature):
		return http.StatusForbidden
	case errors.Is(err, proof.ErrMalformed), errors.Is(err, io.ErrUnexpectedEOF):
		return http.StatusBadRequest
	}
	return http.StatusInternalServerError
}
