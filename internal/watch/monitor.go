package watch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/crypto/ssh"

	"solferino/internal/tlog"
	"solferino/proof"
	"solferino/record"
)

// A Peer is somebody else who has seen the log: a witness or a mirror.
type Peer struct {
	Source  *tlog.Source
	Witness bool // it shows what it has seen below the hash of the origin
}

// A MonitorConfig says what a monitor watches and what it remembers.
type MonitorConfig struct {
	Dir    string // of what it remembers, and of evidence
	Log    *tlog.Source
	Policy *proof.Policy
	Peers  []Peer
	Now    func() time.Time
	// MaxAge is how old the youngest cosignature of the published checkpoint
	// may be, and MaxLag for how long a peer may have seen more than the log
	// shows. 0 means for ever.
	MaxAge, MaxLag time.Duration
	// Key is the key of a person who wants to know of every published act
	// under it; nil for nobody. Journal lists the acts that they know of.
	Key     ssh.PublicKey
	Journal func() (map[record.ID]bool, error)
	// Sweep is how many sealed entries are asked for again in one round; 0 for
	// all.
	Sweep int
}

// A Monitor compares what a log shows with all that was ever seen of it. It is
// not for several goroutines.
type Monitor struct {
	c     MonitorConfig
	sweep sweep
	asked int64 // entries below this one were asked for
	last  sight // the largest that the log itself has shown; zero at first
}

// An Alarm is a reason to call a person.
type Alarm struct {
	Kind     string `json:"kind"`     // split, rollback, quorum, signature, unproven, stale, opening, act
	Says     string `json:"says"`     // the same as long as the reason is
	Evidence string `json:"evidence"` // directory with what others can check, or ""
}

// String is the line for people.
func (a Alarm) String() string {
	if a.Evidence == "" {
		return fmt.Sprintf("alarm: %s: %s", a.Kind, a.Says)
	}
	return fmt.Sprintf("alarm: %s: %s; evidence in %s", a.Kind, a.Says, a.Evidence)
}

// A Round is what a monitor saw at one time.
type Round struct {
	Origin   string   `json:"origin"`
	Size     int64    `json:"size"` // that the log shows; -1 if it shows none that its key signed
	Root     string   `json:"root"`
	SeenBy   []string `json:"seen_by"` // witnesses whose cosignatures the log shows
	Peers    []Seen   `json:"peers"`
	Openings int      `json:"openings"` // that were read in this round
	Alarms   []Alarm  `json:"alarms"`
	Trouble  []string `json:"trouble"` // who could not be asked, and why
}

// A Seen says what a peer has seen of the log.
type Seen struct {
	URL  string `json:"url"`
	Size int64  `json:"size"`
}

// The files of a monitor.
const (
	lastFile     = "checkpoint"
	aheadDir     = "ahead"
	evidenceDir  = "evidence"
	explainedMap = "explained"
)

// OpenMonitor makes or opens a monitor with what it remembers.
func OpenMonitor(c MonitorConfig) (*Monitor, error) {
	m := &Monitor{c: c, sweep: sweep{each: c.Sweep}}
	if err := os.MkdirAll(filepath.Join(c.Dir, aheadDir), 0o755); err != nil {
		return nil, err
	}
	note, err := os.ReadFile(filepath.Join(c.Dir, lastFile))
	if errors.Is(err, os.ErrNotExist) {
		return m, nil
	}
	if err == nil {
		m.last, err = m.sight("the log, earlier,", note)
	}
	if err != nil {
		return nil, fmt.Errorf("monitor %s: %s: %w: %w", c.Dir, lastFile, tlog.ErrDamaged, err)
	}
	return m, nil
}

// A sight is a checkpoint that the log's key has signed, and who showed it.
type sight struct {
	proof.Checkpoint
	note []byte // nil: nothing was seen
	by   string
	at   time.Time // of the youngest cosignature of the policy; may be zero
}

// sight reads a note for the log's signature, and for the times of those
// witnesses that the policy knows.
func (m *Monitor) sight(by string, note []byte) (sight, error) {
	c, err := tlog.ParseSigned(note, m.c.Policy)
	if err != nil {
		return sight{}, err
	}
	s := sight{Checkpoint: c, note: note, by: by}
	for _, w := range m.cosigners(note) {
		if w.At.After(s.at) {
			s.at = w.At
		}
	}
	return s, nil
}

// Round asks everybody once. The error is of the monitor itself: what others
// do wrong is an [Alarm], and who does not answer is a trouble.
func (m *Monitor) Round(ctx context.Context) (Round, error) {
	r := &round{Monitor: m, Round: Round{Origin: m.c.Policy.Origin(), Size: -1, SeenBy: []string{}, Peers: []Seen{}, Alarms: []Alarm{}, Trouble: []string{}}}
	for _, do := range []func(context.Context) error{r.watchLog, r.watchPeers, r.watchActs} {
		if err := do(ctx); err != nil {
			return r.Round, fmt.Errorf("monitor %s: %w", r.Origin, err)
		}
		if err := ctx.Err(); err != nil {
			return r.Round, err
		}
	}
	return r.Round, nil
}

// A round is one in the making.
type round struct {
	*Monitor
	Round
	now  sight      // what the log shows; zero if nothing that its key signed
	view *tlog.View // of the log at now; nil if it does not prove it
}

// alarm raises an alarm, with the notes that show the reason to others.
func (r *round) alarm(kind, says string, files map[string][]byte) error {
	a := Alarm{Kind: kind, Says: says}
	if slices.ContainsFunc(r.Alarms, func(b Alarm) bool { return b.Kind == kind && b.Says == says }) {
		return nil
	}
	var err error
	if len(files) > 0 {
		a.Evidence, err = tlog.Evidence{Kind: kind, Why: says, Files: files}.Keep(filepath.Join(r.c.Dir, evidenceDir))
	}
	r.Alarms = append(r.Alarms, a)
	return err
}

func (r *round) trouble(err error) { r.Trouble = append(r.Trouble, err.Error()) }
