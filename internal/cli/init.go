package cli

import (
	"context"
	"crypto/ed25519"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"filippo.io/age"
	"github.com/spf13/cobra"
	"golang.org/x/crypto/ssh"

	"solferino/casebook"
	"solferino/internal/tlog"
	"solferino/party"
	"solferino/record"
	"solferino/review"
)

// InitOptions are what "solferino init" takes.
type InitOptions struct {
	Name   string
	Notice string
	Me     string
	State  string
	Region string
	Sector string

	// Witnesses outside, each as NAME=VKEY=URL, and how many of them a
	// checkpoint needs; none by default.
	Witnesses []string
	Quorum    int

	statute review.Statute
	roles   []party.Role // of the founder
}

// everything is what a founder who stands alone may do.
var everything = []party.Role{party.Analyst, party.Counsel, party.Custodian, party.Registrar, party.Secretariat, party.Trustee}

// ordinary is the statute of an institution that chose none: nine seats, as
// the founding texts' public-private body would fill them.
var ordinary = review.Statute{
	Name: "public-private", Version: 1, Seats: 9, MinRegions: 5, MaxPerRegion: 3, MaxPerState: 1,
	MinPerSector: 2, MinRoster: 5, Quorum: 9, Majority: 7, NoticeHours: 30 * 24,
}

func newInitCommand(env *Env) *cobra.Command {
	opts := InitOptions{statute: ordinary, roles: everything}
	cmd := &cobra.Command{
		Use: "init", Short: "Make an institution in an empty home, with a key for you",
		Long: "init makes keys, founds the institution in the first record of its log, enters you as a\n" +
			"person with every role but reviewer, and adopts the statute \"public-private\".",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runInit(cmd.Context(), env, opts) },
	}
	f := cmd.Flags()
	f.StringVar(&opts.Name, "name", "Institution of "+hostname(), "name of the institution")
	f.StringVar(&opts.Notice, "notice", "", "words that stand on every page and bundle, as \"DEMONSTRATION\"")
	f.StringVar(&opts.Me, "me", "founder", "your id in the institution")
	f.StringVar(&opts.State, "state", "CH", "your nationality, two letters")
	f.StringVar(&opts.Region, "region", "western-europe-others", "your regional group of the United Nations")
	f.StringVar(&opts.Sector, "sector", "civil-society", "academia, civil-society, government or industry")
	f.StringArrayVar(&opts.Witnesses, "witness", nil, "outside witness as NAME=VKEY=URL, or REGION/NAME=…, of whom a region counts once; may be repeated")
	f.IntVar(&opts.Quorum, "quorum", 0, "how many outside witnesses or regions must have seen a checkpoint (needed with --witness)")
	return cmd
}

func hostname() string {
	if name, err := os.Hostname(); err == nil {
		return name
	}
	return "this machine"
}

// A founding says what init made.
type founding struct {
	Home        string         `json:"home"`
	Institution record.Subject `json:"institution"`
	Me          record.Subject `json:"me"`
	LogKey      string         `json:"log_key"`
}

func runInit(ctx context.Context, env *Env, opts InitOptions) error {
	dir := env.homeDir()
	if founded(ctx, env, dir) {
		return fmt.Errorf("%s: %w", dir, errFounded)
	}
	h, made, err := found(ctx, env, dir, opts)
	if err != nil {
		return err
	}
	if err := h.Close(); err != nil {
		return err
	}
	return env.print(made, func() string {
		return fmt.Sprintf("%s stands in %s\nits log key, by which others pin it: %s\n", opts.Name, dir, made.LogKey)
	})
}

func founded(ctx context.Context, env *Env, dir string) bool {
	h, err := openDir(ctx, env, dir)
	if err != nil {
		return false
	}
	defer h.Close()
	_, err = h.institution(ctx)
	return err == nil
}

// found makes an institution, or goes on where a founding was cut off.
func found(ctx context.Context, env *Env, dir string, opts InitOptions) (_ *home, made founding, err error) {
	if err := makeHome(env, dir, opts); err != nil {
		return nil, made, err
	}
	h, err := openDir(ctx, env, dir)
	if err != nil {
		return nil, made, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.Close())
		}
	}()
	if err := h.sayFounded(ctx, opts); err != nil {
		return nil, made, err
	}
	if err := h.openTree(ctx); err != nil {
		return nil, made, err
	}
	vkey, err := os.ReadFile(h.path(logKeyFile + ".pub"))
	if err != nil {
		return nil, made, err
	}
	return h, founding{dir, h.set.Institution, h.set.Me, string(vkey[:len(vkey)-1])}, nil
}

// makeHome writes the keys and then the settings, each file once and whole.
func makeHome(env *Env, dir string, opts InitOptions) error {
	if err := os.MkdirAll(filepath.Join(dir, keyDir), 0o700); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, settingsFile)); err == nil {
		return nil
	}
	id, err := record.NewID(env.Random)
	if err != nil {
		return err
	}
	set := settings{Institution: record.Subject("institution/" + id[:12]), Origin: "solferino.invalid/" + string(id[:12]) + "/log/1",
		Me: record.Subject("person/" + opts.Me)}
	if err := makeKeys(env, dir, set); err != nil {
		return err
	}
	b, err := record.Marshal(set)
	if err != nil {
		return err
	}
	return writeNew(filepath.Join(dir, settingsFile), append(b, '\n'))
}

func makeKeys(env *Env, dir string, set settings) error {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return err
	}
	logKey, logPublic, err := tlog.NewKey(set.Origin, env.Random)
	if err != nil {
		return err
	}
	witness, witnessPublic, err := tlog.NewWitnessKey("witness."+set.Origin, env.Random)
	if err != nil {
		return err
	}
	for name, text := range map[string]string{
		vaultKeyFile: identity.String(), logKeyFile: logKey, logKeyFile + ".pub": logPublic,
		witnessFile: witness, witnessFile + ".pub": witnessPublic,
	} {
		if err := writeNew(filepath.Join(dir, name), []byte(text+"\n")); err != nil {
			return err
		}
	}
	return errors.Join(newPersonKey(env, filepath.Join(dir, hostKeyFile)),
		newPersonKey(env, filepath.Join(dir, keyDir, "person-"+set.Me.Name())))
}

// newPersonKey writes an Ed25519 key as ssh-keygen does, unless there is one.
func newPersonKey(env *Env, file string) error {
	if _, err := os.Stat(file); err == nil {
		return nil
	}
	public, private, err := ed25519.GenerateKey(env.Random)
	if err != nil {
		return err
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		return err
	}
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		return err
	}
	if err := writeNew(file+".pub", []byte(record.FormatKey(key)+"\n")); err != nil {
		return err
	}
	return writeNew(file, pem.EncodeToMemory(block))
}

// writeNew writes a file that only its owner reads, whole or not at all.
func writeNew(name string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

func publicKey(file string) (string, error) {
	b, err := os.ReadFile(file + ".pub")
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("no key %s: %w", file, err)
	}
	if err != nil {
		return "", err
	}
	return string(b[:len(b)-1]), nil
}

// sayFounded says the first three records, as far as they are not said yet.
func (h *home) sayFounded(ctx context.Context, opts InitOptions) error {
	if _, _, found, err := h.db.SubjectHead(ctx, h.set.Institution); err != nil {
		return err
	} else if !found {
		act, err := h.foundingAct(opts)
		if err != nil {
			return err
		}
		if _, _, err := h.say(ctx, saying{actor: h.set.Me, subject: h.set.Institution, act: just(act)}); err != nil {
			return err
		}
	}
	if err := h.register(ctx, h.set.Me, party.Registered{State: opts.State, Region: opts.Region, Sector: opts.Sector,
		Interests: []string{}, Roles: opts.roles}); err != nil {
		return err
	}
	if _, _, found, err := h.db.SubjectHead(ctx, review.Subject); err != nil || found {
		return err
	}
	_, _, err := h.say(ctx, saying{actor: h.set.Me, subject: review.Subject, act: just(review.Adopted{Statute: opts.statute})})
	return err
}

func (h *home) foundingAct(opts InitOptions) (record.Act, error) {
	host, err := publicKey(h.path(hostKeyFile))
	if err != nil {
		return nil, err
	}
	me, err := publicKey(h.keyFile(h.set.Me))
	if err != nil {
		return nil, err
	}
	logKey, err := publicKey(h.path(logKeyFile))
	if err != nil {
		return nil, err
	}
	witness, err := publicKey(h.path(witnessFile))
	if err != nil {
		return nil, err
	}
	policy, err := policyText(logKey, witness, opts)
	if err != nil {
		return nil, err
	}
	return party.Founded{Name: opts.Name, Notice: opts.Notice, Policy: policy, Host: host, Founder: me, Grants: casebook.Grants()}, nil
}

// register enters a person with a new key on this machine, unless they are
// entered.
func (h *home) register(ctx context.Context, id record.Subject, act party.Registered) error {
	if _, _, found, err := h.db.SubjectHead(ctx, id); err != nil || found {
		return err
	}
	if act.Key == "" {
		if err := newPersonKey(h.env, h.keyFile(id)); err != nil {
			return err
		}
		key, err := publicKey(h.keyFile(id))
		if err != nil {
			return err
		}
		act.Key = key
	}
	_, _, err := h.say(ctx, saying{actor: h.set.Me, subject: id, act: just(act)})
	return err
}
