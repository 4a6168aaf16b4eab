package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"

	"filippo.io/age"
	"golang.org/x/mod/sumdb/note"

	"solferino/casebook"
	"solferino/internal/blob"
	"solferino/internal/ledger"
	"solferino/internal/store"
	"solferino/internal/tlog"
	"solferino/party"
	"solferino/proof"
	"solferino/record"
)

// The files of a home directory.
const (
	settingsFile = "solferino.json"
	ledgerFile   = "ledger.db"
	vaultDir     = "vault"
	publicDir    = "public"
	keyDir       = "keys"
	ballotDir    = "ballots"
	vaultKeyFile = "keys/vault.key"
	logKeyFile   = "keys/log.key"
	witnessFile  = "keys/witness.key"
	hostKeyFile  = "keys/host"
	witnessState = "witness"
	guardFile    = "guard"
	evidenceDir  = "evidence"
	lockName     = "lock"
)

// witnessName is the name of the witness that lives in the process, in the
// log's policy. It shows that a head was seen once; it is not independent.
const witnessName = "in-process"

// settings is what a home must know before it can read its ledger.
type settings struct {
	Institution record.Subject `json:"institution"`
	Origin      string         `json:"origin"` // of the log
	Me          record.Subject `json:"me"`     // who acts where nobody is named
}

// A home is the directory of one institution, open.
type home struct {
	env    *Env
	dir    string
	set    settings
	db     *store.DB
	vault  *blob.Vault
	ledger *ledger.Ledger
	tree   *tlog.Tree // nil before the institution is founded
	lock   *os.File   // held while this process may write
	folds  *casebook.Book
}

// homeDir returns the directory that the flags and the environment name.
func (env *Env) homeDir() string {
	if env.home != "" {
		return env.home
	}
	if dir := env.Getenv("SOLFERINO_HOME"); dir != "" {
		return dir
	}
	return "solferino-home"
}

// openHome opens an institution that was founded.
func openHome(ctx context.Context, env *Env) (*home, error) {
	h, err := openDir(ctx, env, env.homeDir())
	if err != nil {
		return nil, err
	}
	if err := h.openTree(ctx); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

// openDir opens the directory of an institution, founded or about to be, to
// write. One process at a time writes; another waits its turn.
func openDir(ctx context.Context, env *Env, dir string) (_ *home, err error) {
	h, err := readHome(ctx, env, dir)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			h.Close()
		}
	}()
	if h.lock, err = lockFile(h.path(lockName)); err != nil {
		return nil, err
	}
	if h.vault, err = openVault(h.path(vaultDir), h.path(vaultKeyFile), env.Random); err != nil {
		return nil, err
	}
	if _, err := h.vault.Sweep(); err != nil {
		return nil, err
	}
	h.ledger, err = ledger.Open(ctx, ledger.Config{DB: h.db, Institution: h.set.Institution, Random: env.Random, Step: env.step()})
	return h, err
}

// readHome opens the directory of an institution to read what is on record.
func readHome(ctx context.Context, env *Env, dir string) (_ *home, err error) {
	h := &home{env: env, dir: dir}
	b, err := os.ReadFile(h.path(settingsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", dir, errNoHome)
	}
	if err != nil {
		return nil, err
	}
	if err := record.Unmarshal(bytes.TrimSpace(b), &h.set); err != nil {
		return nil, fmt.Errorf("%s: %w", h.path(settingsFile), err)
	}
	h.db, err = store.Open(ctx, h.path(ledgerFile))
	return h, err
}

// step ends the process at the n-th passing of a named step of what must
// survive a crash: SOLFERINO_FAILPOINT=name:n, for tests.
func (env *Env) step() func(string) {
	name, count, _ := strings.Cut(env.Getenv("SOLFERINO_FAILPOINT"), ":")
	if name == "" {
		return nil
	}
	left, err := strconv.Atoi(count)
	if err != nil {
		left = 1
	}
	var passed atomic.Int64
	return func(at string) {
		if at == name && passed.Add(1) == int64(left) {
			os.Exit(137)
		}
	}
}

func openVault(dir, keyFile string, random io.Reader) (*blob.Vault, error) {
	text, err := os.ReadFile(keyFile)
	if err != nil {
		return nil, err
	}
	identity, err := age.ParseX25519Identity(string(bytes.TrimSpace(text)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", keyFile, err)
	}
	return blob.New(blob.Config{Dir: dir, Recipients: []age.Recipient{identity.Recipient()},
		Identities: []age.Identity{identity}, Random: random})
}

// openTree opens the public log as the founding record describes it.
func (h *home) openTree(ctx context.Context) error {
	n, err := h.institution(ctx)
	if err != nil {
		return err
	}
	policy, err := proof.ParsePolicy([]byte(n.Policy))
	if err != nil {
		return err
	}
	signer, err := noteSigner(h.path(logKeyFile))
	if err != nil {
		return err
	}
	witnesses, err := tlog.RemoteWitnesses(policy)
	if err != nil {
		return err
	}
	if witnesses[witnessName], err = h.openWitness(policy); err != nil {
		return err
	}
	h.tree, err = tlog.Open(ctx, tlog.Config{
		Dir: h.path(publicDir), Store: ledger.Leaves{DB: h.db}, Policy: policy, Signer: signer, Witnesses: witnesses,
		Guard: h.path(guardFile), Evidence: h.path(evidenceDir), Grace: witnessGrace, Steps: h.env.step(),
	})
	return err
}

func (h *home) openWitness(policy *proof.Policy) (*tlog.Witness, error) {
	key, err := os.ReadFile(h.path(witnessFile))
	if err != nil {
		return nil, err
	}
	return tlog.NewWitness(tlog.WitnessConfig{Keys: []string{string(bytes.TrimSpace(key))}, Logs: []string{policy.LogKey()},
		File: h.path(witnessState), Now: h.env.Now})
}

func noteSigner(file string) (note.Signer, error) {
	key, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	signer, err := note.NewSigner(string(bytes.TrimSpace(key)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return signer, nil
}

// Close ends the writer and closes the database.
func (h *home) Close() error {
	if h.ledger != nil {
		h.ledger.Close()
	}
	var err error
	if h.db != nil {
		err = h.db.Close()
	}
	if h.lock != nil {
		err = errors.Join(err, h.lock.Close())
	}
	return err
}

func (h *home) path(name string) string { return filepath.Join(h.dir, name) }

// book returns the home's book over what is on record. It keeps what it has
// folded, and folds on from there.
func (h *home) book(ctx context.Context) *casebook.Book {
	if h.folds == nil {
		h.folds = ledger.NewBook(ctx, h.db, h.set.Institution)
	}
	return h.folds
}

func (h *home) institution(ctx context.Context) (*party.Institution, error) {
	f, err := h.book(ctx).Now(h.set.Institution)
	if err != nil {
		return nil, err
	}
	n := f.Institution()
	if n.ID == "" {
		return nil, fmt.Errorf("%s is not founded yet: %w", h.dir, errNoHome)
	}
	return n, nil
}

// loadCase folds a case as it stands.
func (h *home) loadCase(ctx context.Context, id string) (*casebook.Case, *casebook.Book, error) {
	s, err := caseSubject(id)
	if err != nil {
		return nil, nil, err
	}
	book := h.book(ctx)
	f, err := book.Now(s)
	if err != nil {
		return nil, nil, err
	}
	if f.Len == 0 {
		return nil, nil, fmt.Errorf("case %s: %w", id, errNotFound)
	}
	return f.Case(), book, nil
}

// caseSubject takes "2026-001" as well as "case/2026-001".
func caseSubject(id string) (record.Subject, error) { return subjectOf("case", id) }

func subjectOf(noun, id string) (record.Subject, error) {
	s := record.Subject(id)
	if s.Noun() != noun {
		s = record.Subject(noun + "/" + id)
	}
	if err := s.Validate(); err != nil {
		return "", fmt.Errorf("%w: %w", err, errUsage)
	}
	return s, nil
}

// get reads an attachment out of the vault.
func (h *home) get(ctx context.Context) casebook.Contents {
	return func(a record.Attachment) ([]byte, error) {
		_, content, err := h.vault.Get(ctx, a, maxAttachment)
		return content, err
	}
}

// maxAttachment bounds an attachment that is read into memory, in bytes.
const maxAttachment = 256 << 20
