package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"solferino/evidence"
	"solferino/record"
)

func newExhibitCommand(env *Env) *cobra.Command {
	return newNoun("exhibit", "Take evidence in, hand it over, say what it shows",
		newExhibitAddCommand(env), newExhibitOfferCommand(env), newExhibitAcceptCommand(env), newExhibitDeriveCommand(env),
		newExhibitContradictCommand(env), newExhibitListCommand(env), newExhibitShowCommand(env))
}

func newExhibitListCommand(env *Env) *cobra.Command {
	var id string
	cmd := &cobra.Command{
		Use: "list", Short: "List the exhibits of a case", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withHome(cmd.Context(), env, func(h *home) error { return runExhibitList(cmd.Context(), h, id) })
		},
	}
	cmd.Flags().StringVar(&id, "case", "", "id of the case (needed)")
	return cmd
}

type exhibitLine struct {
	ID           string            `json:"id"`
	Title        string            `json:"title"`
	Source       string            `json:"source"`
	SHA256       record.Digest     `json:"sha256"`
	Grade        string            `json:"grade"`
	TLP          evidence.TLP      `json:"tlp"`
	Consent      []evidence.Use    `json:"consent"`
	Origins      []string          `json:"origins"`
	Holder       record.Subject    `json:"holder"`
	InTransitTo  record.Subject    `json:"in_transit_to"`
	Hands        []record.Subject  `json:"hands"`
	Derived      int               `json:"derived"`
	Content      record.Attachment `json:"content"`
	Contradicted []string          `json:"contradicted"`
}

func (h *home) exhibitLine(ctx context.Context, x *evidence.Exhibit) (exhibitLine, error) {
	m, err := h.manifest(ctx, x)
	line := exhibitLine{ID: x.Received.Exhibit, Title: m.Title, Source: m.Source, SHA256: m.SHA256, Grade: x.Grade.String(), TLP: x.TLP,
		Consent: x.Consent, Origins: x.Origins, Holder: x.Holder, InTransitTo: x.InTransitTo, Hands: slices.Clone(x.Hands),
		Content: x.Content, Contradicted: []string{}}
	for _, d := range x.Derived {
		line.Derived += d.Count
	}
	for _, c := range x.Contradicted {
		line.Contradicted = append(line.Contradicted, c.Observation)
	}
	return line, err
}

func runExhibitList(ctx context.Context, h *home, id string) error {
	c, _, err := h.loadCase(ctx, id)
	if err != nil {
		return err
	}
	list := []exhibitLine{}
	for _, x := range c.Shelf.Exhibits {
		line, err := h.exhibitLine(ctx, x)
		if err != nil {
			return err
		}
		list = append(list, line)
	}
	return h.env.print(list, func() string {
		rows := [][]string{{"exhibit", "grade", "TLP", "holder", "shows", "title"}}
		for _, x := range list {
			holder := string(x.Holder)
			if x.InTransitTo != "" {
				holder += " → " + string(x.InTransitTo)
			}
			rows = append(rows, []string{x.ID, x.Grade, string(x.TLP), holder, fmt.Sprint(x.Derived), x.Title})
		}
		return table(rows...)
	})
}

func newExhibitShowCommand(env *Env) *cobra.Command {
	var id string
	cmd := &cobra.Command{
		Use: "show EXHIBIT", Short: "Show an exhibit with its custody", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withHome(cmd.Context(), env, func(h *home) error { return runExhibitShow(cmd.Context(), h, id, args[0]) })
		},
	}
	cmd.Flags().StringVar(&id, "case", "", "id of the case (needed)")
	return cmd
}

func runExhibitShow(ctx context.Context, h *home, id, exhibit string) error {
	c, _, err := h.loadCase(ctx, id)
	if err != nil {
		return err
	}
	x, err := c.Shelf.Exhibit(exhibit)
	if err != nil {
		return err
	}
	line, err := h.exhibitLine(ctx, x)
	if err != nil {
		return err
	}
	return h.env.print(line, func() string {
		hands := make([]string, len(line.Hands))
		for i, p := range line.Hands {
			hands[i] = string(p)
		}
		return table(
			[]string{"exhibit", line.ID}, []string{"title", line.Title}, []string{"source", line.Source},
			[]string{"SHA-256", string(line.SHA256)}, []string{"grade", line.Grade + ", " + x.Grade.Words()},
			[]string{"TLP", string(line.TLP)}, []string{"origins", strings.Join(line.Origins, " ")},
			[]string{"custody", strings.Join(hands, " then ")}, []string{"in transit", string(line.InTransitTo)},
			[]string{"shows", fmt.Sprintf("%d observations, %d contradicted", line.Derived, len(line.Contradicted))})
	})
}
