package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"solferino/attribution"
	"solferino/internal/format/attack"
	"solferino/internal/format/galaxy"
	"solferino/record"
)

func newKnowledgeCommand(env *Env) *cobra.Command {
	return newNoun("knowledge", "What public sources report about actors", newKnowledgeImportCommand(env), newKnowledgeShowCommand(env))
}

func newKnowledgeImportCommand(env *Env) *cobra.Command {
	return &cobra.Command{
		Use: "import FILE", Short: "Read an ATT&CK bundle (STIX) or a MISP galaxy cluster", Args: cobra.ExactArgs(1),
		Long: "import reads what the file reports about actors and enters it as a knowledge of its own. Names\n" +
			"and countries stay claims with their source; nothing is merged.",
		RunE: func(cmd *cobra.Command, args []string) error {
			return withHome(cmd.Context(), env, func(h *home) error { return runKnowledgeImport(cmd.Context(), h, args[0]) })
		},
	}
}

type knowledgeView struct {
	Version    string        `json:"version"`
	Digest     record.Digest `json:"digest"`
	Actors     int           `json:"actors"`
	Claims     int           `json:"country_claims"`
	Software   int           `json:"software"`
	Techniques int           `json:"techniques"`
	Sources    int           `json:"sources"`
	Reports    int           `json:"reports"`
	Notices    []string      `json:"notices"`
	Skipped    []string      `json:"skipped,omitzero"`
}

func viewKnowledge(k *attribution.Knowledge) knowledgeView {
	v := knowledgeView{Version: k.Version, Digest: record.Digest(k.Digest()), Actors: len(k.Actors), Software: len(k.Software),
		Techniques: len(k.Techniques), Sources: len(k.Sources), Reports: len(k.Reports), Notices: k.Notices}
	for _, a := range k.Actors {
		v.Claims += len(a.Claims)
	}
	return v
}

func (v knowledgeView) text() string {
	text := table([]string{"version", v.Version}, []string{"SHA-256", string(v.Digest)}, []string{"actors", fmt.Sprint(v.Actors)},
		[]string{"claims of a country", fmt.Sprint(v.Claims)}, []string{"software", fmt.Sprint(v.Software)},
		[]string{"techniques", fmt.Sprint(v.Techniques)}, []string{"sources", fmt.Sprint(v.Sources)}, []string{"reports", fmt.Sprint(v.Reports)})
	for _, s := range v.Skipped {
		text += "not carried: " + s + "\n"
	}
	for _, n := range v.Notices {
		text += n + "\n"
	}
	return text
}

func runKnowledgeImport(ctx context.Context, h *home, file string) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	k, skipped, err := readKnowledge(b)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	digest := record.Digest(k.Digest())
	if _, _, err := h.say(ctx, saying{actor: h.actor(), subject: knowledgeSubject(digest), act: func(record.ID) (record.Act, error) {
		content, err := h.attach(ctx, k.Encode())
		return attribution.Imported{Version: k.Version, Digest: digest, Content: content, Source: "SHA-256 " + string(record.Sum(b))}, err
	}}); err != nil {
		return err
	}
	v := viewKnowledge(k)
	v.Skipped = skipped
	return h.env.print(v, v.text)
}

// readKnowledge tells the two formats apart by what only one of them has: a
// STIX bundle says that it is one.
func readKnowledge(b []byte) (*attribution.Knowledge, []string, error) {
	var left []string
	if bytes.Contains(b[:min(len(b), 4096)], []byte(`"bundle"`)) {
		k, omitted, err := attack.Decode(b)
		for _, o := range omitted {
			left = append(left, fmt.Sprintf("%d × %s", o.Count, o.What))
		}
		return k, left, err
	}
	k, omitted, err := galaxy.Decode(b)
	for _, o := range omitted {
		left = append(left, fmt.Sprintf("%d × %s", o.Count, o.What))
	}
	return k, left, err
}

func newKnowledgeShowCommand(env *Env) *cobra.Command {
	var digest, output string
	cmd := &cobra.Command{
		Use: "show [ACTOR]", Short: "Show a knowledge, or what it says of one actor", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if digest == "" {
				k, err := attribution.Embedded()
				if err != nil {
					return err
				}
				return showKnowledge(env, k, output, args)
			}
			return withHome(cmd.Context(), env, func(h *home) error {
				k, err := h.knowledge(cmd.Context(), digest)
				if err != nil {
					return err
				}
				return showKnowledge(env, k, output, args)
			})
		},
	}
	cmd.Flags().StringVar(&output, "output", "", "write the whole knowledge to this file, as \"verify --knowledge\" takes it")
	cmd.Flags().StringVar(&digest, "knowledge", "", "digest of an imported knowledge; without it the embedded one")
	return cmd
}

func showKnowledge(env *Env, k *attribution.Knowledge, output string, args []string) error {
	if output != "" {
		if err := os.WriteFile(output, k.Encode(), 0o644); err != nil {
			return err
		}
	}
	if len(args) == 0 {
		v := viewKnowledge(k)
		return env.print(v, v.text)
	}
	for _, a := range k.Actors {
		if a.ID == args[0] {
			return env.print(a, func() string { return actorText(a) })
		}
	}
	return fmt.Errorf("actor %s: %w", args[0], errNotFound)
}

func actorText(a attribution.Actor) string {
	text := fmt.Sprintf("%s  %s\n", a.ID, a.Name)
	for _, name := range a.Aliases {
		text += "also called: " + name + "\n"
	}
	for _, c := range a.Claims {
		text += fmt.Sprintf("claim, not fact: %s says %s %s (%s)\n", c.Source, c.Kind, c.Value, c.Confidence)
	}
	return text
}
