package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"solferino/internal/tlog"
)

// WitnessOptions are what the commands of a witness take.
type WitnessOptions struct {
	Dir   string
	Name  string
	MLDSA bool
	ListenOptions
}

// The files of a witness.
const (
	ed25519KeyFile = "ed25519.key"
	mldsaKeyFile   = "mldsa.key"
)

func newWitnessCommand(env *Env) *cobra.Command {
	return newNoun("witness", "Cosign other institutions' logs as long as they only grow",
		newWitnessInitCommand(env), newWitnessAddLogCommand(env), newWitnessServeCommand(env))
}

func witnessDir(cmd *cobra.Command, opts *WitnessOptions) {
	cmd.Flags().StringVar(&opts.Dir, "dir", "solferino-witness", "directory of the witness")
}

func newWitnessInitCommand(env *Env) *cobra.Command {
	var opts WitnessOptions
	cmd := &cobra.Command{
		Use: "init", Short: "Make the keys of a witness and print them as logs take them", Args: cobra.NoArgs,
		Long: "init makes an Ed25519 key and, with --mldsa, an ML-DSA-44 key that quantum computers do not break.\n" +
			"Printed is the public part, as C2SP vkeys: give them to the logs that are to be witnessed. Keep the\n" +
			"directory on a machine of its own and in no backup: it is the memory that a restored log is held to.",
		RunE: func(*cobra.Command, []string) error { return runWitnessInit(env, opts) },
	}
	witnessDir(cmd, &opts)
	cmd.Flags().StringVar(&opts.Name, "name", "", "name of the witness, a URL without scheme, as \"witness.example/w1\" (needed)")
	cmd.Flags().BoolVar(&opts.MLDSA, "mldsa", false, "make an ML-DSA-44 key, too")
	return cmd
}

func runWitnessInit(env *Env, opts WitnessOptions) error {
	if opts.Name == "" {
		return fmt.Errorf("--name is needed: %w", errUsage)
	}
	if err := os.MkdirAll(opts.Dir, 0o700); err != nil {
		return err
	}
	draw := func() (string, string, error) { return tlog.NewWitnessKey(opts.Name, env.Random) }
	vkeys := []string{}
	for _, file := range []string{ed25519KeyFile, mldsaKeyFile} {
		if file == mldsaKeyFile {
			if !opts.MLDSA {
				break
			}
			draw = func() (string, string, error) { return tlog.NewMLDSAWitnessKey(opts.Name) }
		}
		vkey, err := witnessKey(filepath.Join(opts.Dir, file), draw)
		if err != nil {
			return err
		}
		vkeys = append(vkeys, vkey)
	}
	return env.print(map[string]any{"dir": opts.Dir, "name": opts.Name, "keys": vkeys}, func() string {
		return strings.Join(vkeys, "\n") + "\n"
	})
}

// witnessKey draws a key into a file and returns its public part, or that of
// the key which is there.
func witnessKey(file string, draw func() (skey, vkey string, err error)) (string, error) {
	if vkey, err := publicKey(file); err == nil {
		return vkey, nil
	}
	skey, vkey, err := draw()
	if err != nil {
		return "", fmt.Errorf("%w: %w", err, errUsage)
	}
	if err := writeNew(file, []byte(skey+"\n")); err != nil {
		return "", err
	}
	return vkey, writeNew(file+".pub", []byte(vkey+"\n")) // last: with it the key counts
}

func newWitnessAddLogCommand(env *Env) *cobra.Command {
	var opts WitnessOptions
	cmd := &cobra.Command{
		Use: "add-log VKEY", Short: "Cosign a log from now on", Args: cobra.ExactArgs(1),
		Long: "add-log takes the key of a log as a C2SP vkey; \"solferino log show\" prints that of an institution.\n" +
			"A witness that is being served finds out by itself. A second key of a log, while it changes one for\n" +
			"the other, counts when the witness is served anew.",
		RunE: func(_ *cobra.Command, args []string) error {
			if _, err := os.Stat(opts.Dir); err != nil {
				return err
			}
			origin, err := tlog.AddLog(opts.Dir, args[0])
			if err != nil {
				return err
			}
			return env.print(map[string]string{"origin": origin, "path": tlog.OriginHash(origin) + "/checkpoint"}, func() string {
				return fmt.Sprintf("%s\nmonitors find it at /%s/checkpoint\n", origin, tlog.OriginHash(origin))
			})
		},
	}
	witnessDir(cmd, &opts)
	return cmd
}

func newWitnessServeCommand(env *Env) *cobra.Command {
	var opts WitnessOptions
	cmd := &cobra.Command{
		Use: "serve", Short: "Answer logs and monitors over HTTP", Args: cobra.NoArgs,
		Long: "serve speaks C2SP tlog-witness: POST /add-checkpoint cosigns, GET /HASH/checkpoint shows what was\n" +
			"cosigned last. What it has seen is on disk before it answers.",
		RunE: func(cmd *cobra.Command, _ []string) error { return runWitnessServe(cmd.Context(), env, opts) },
	}
	witnessDir(cmd, &opts)
	opts.flags(cmd.Flags(), "127.0.0.1:8081")
	return cmd
}

func runWitnessServe(ctx context.Context, env *Env, opts WitnessOptions) error {
	keys, err := witnessKeys(opts.Dir)
	if err != nil {
		return err
	}
	lock, err := lockDir(ctx, env, opts.Dir)
	if err != nil {
		return err
	}
	defer lock.Close()
	server, err := tlog.NewWitnessServer(tlog.WitnessServerConfig{Dir: opts.Dir, Keys: keys, Now: env.Now, Steps: env.step(),
		Fail: func(what string, err error) { env.talk("%s: %v", what, err) }})
	if err != nil {
		return err
	}
	return listenAndServe(ctx, env, opts.ListenOptions, server, "the witness is")
}

// witnessKeys reads the secret keys of a witness, Ed25519 first.
func witnessKeys(dir string) ([]string, error) {
	var keys []string
	for _, name := range []string{ed25519KeyFile, mldsaKeyFile} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		keys = append(keys, string(bytes.TrimSpace(b)))
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("%s holds no key of a witness: %w", dir, fs.ErrNotExist)
	}
	return keys, nil
}
