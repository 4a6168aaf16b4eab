package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"solferino/evidence"
	"solferino/internal/format"
	"solferino/internal/format/csv"
	"solferino/internal/format/misp"
	"solferino/internal/format/stix"
	"solferino/internal/ledger"
	"solferino/record"
)

func newExhibitCommand(env *Env) *cobra.Command {
	return newNoun("exhibit", "Take evidence in, hand it over, say what it shows",
		newExhibitAddCommand(env), newExhibitOfferCommand(env), newExhibitAcceptCommand(env), newExhibitDeriveCommand(env),
		newExhibitContradictCommand(env), newExhibitListCommand(env), newExhibitShowCommand(env))
}

// ExhibitAddOptions are what "solferino exhibit add" takes.
type ExhibitAddOptions struct {
	Case, File       string
	STIX, MISP, CSV  bool
	Grade, TLP       string
	Consent, Origins []string
	Supplier         string
	Manifest         evidence.Manifest

	content []byte // instead of File
}

func newExhibitAddCommand(env *Env) *cobra.Command {
	var opts ExhibitAddOptions
	cmd := &cobra.Command{
		Use: "add FILE", Short: "Take a file in as an exhibit", Args: cobra.ExactArgs(1),
		Long: "add takes any file in as it is: hashed, encrypted, and received in the name of who acts.\n" +
			"With --stix, --misp or --csv the file is also read, and what it shows is put on record as\n" +
			"derived from it; a file that cannot be read is then not taken in.",
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.File = args[0]
			return withHome(cmd.Context(), env, func(h *home) error {
				added, err := runExhibitAdd(cmd.Context(), h, opts)
				if err != nil {
					return err
				}
				return env.print(added, added.text)
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&opts.Case, "case", "", "id of the case (needed)")
	f.BoolVar(&opts.STIX, "stix", false, "read it as a STIX 2 bundle")
	f.BoolVar(&opts.MISP, "misp", false, "read it as a MISP event")
	f.BoolVar(&opts.CSV, "csv", false, "read it as a table with the columns family, value, note, forgeability, extraction")
	f.StringVar(&opts.Grade, "grade", "F6", "Admiralty grade of source and information, as B2; F6 carries no weight")
	f.StringVar(&opts.TLP, "tlp", "amber", "clear, green, amber, amber+strict or red")
	f.StringSliceVar(&opts.Consent, "consent", []string{"analysis", "review"}, "what the provider allows: analysis, publication, review")
	f.StringSliceVar(&opts.Origins, "origin", nil, "label of an independent original that it tells; may be repeated")
	f.StringVar(&opts.Supplier, "supplier", "", "who handed it in, as org/NAME, person/ID or public/NAME")
	f.StringVar(&opts.Manifest.Title, "title", "", "what it is, in your words")
	f.StringVar(&opts.Manifest.Source, "source", "", "who published it")
	f.StringVar(&opts.Manifest.URL, "url", "", "where the public finds it")
	f.StringVar(&opts.Manifest.Published, "published", "", "when it was published")
	f.StringVar(&opts.Manifest.Note, "note", "", "what else to know")
	return cmd
}

// An added exhibit, as the command prints it.
type added struct {
	Exhibit      string         `json:"exhibit"`
	Case         string         `json:"case"`
	SHA256       record.Digest  `json:"sha256"`
	Size         int64          `json:"size"`
	Entry        int64          `json:"entry"`
	Observations int            `json:"observations"`
	Skipped      []format.Skip  `json:"skipped"`
	Claims       []format.Claim `json:"claims"`
}

func (a added) text() string {
	s := fmt.Sprintf("%s in case %s, SHA-256 %s, %d bytes, entry %d\n", a.Exhibit, a.Case, a.SHA256, a.Size, a.Entry)
	if a.Observations > 0 {
		s += fmt.Sprintf("%d observations derived\n", a.Observations)
	}
	for _, k := range a.Skipped {
		s += fmt.Sprintf("not carried: %d × %s\n", k.Count, k.What)
	}
	for _, c := range a.Claims {
		s += fmt.Sprintf("the file claims: %s (%s); a claim is no evidence here\n", c.Names, c.Basis)
	}
	return s
}

func runExhibitAdd(ctx context.Context, h *home, opts ExhibitAddOptions) (added, error) {
	c, _, err := h.loadCase(ctx, opts.Case)
	if err != nil {
		return added{}, err
	}
	reading, err := opts.read()
	if err != nil {
		return added{}, fmt.Errorf("%s: %w", opts.File, err)
	}
	act, err := opts.received()
	if err != nil {
		return added{}, err
	}
	out := added{Case: c.ID.Name(), Observations: len(reading.Observations),
		Skipped: append([]format.Skip{}, reading.Skipped...), Claims: append([]format.Claim{}, reading.Claims...)}
	receipt, id, err := h.say(ctx, saying{actor: h.actor(), subject: c.ID, act: func(id record.ID) (record.Act, error) {
		return h.takeIn(ctx, id, act, opts)
	}})
	if err != nil {
		return added{}, err
	}
	out.Exhibit, out.Entry = exhibitID(id), receipt.Index
	if err := h.describe(ctx, c.ID, &out); err != nil || len(reading.Observations) == 0 {
		return out, err
	}
	_, err = h.derive(ctx, c.ID, out.Exhibit, opts.tool(), reading.Observations)
	return out, err
}

// describe fills in what the manifest of a received exhibit says.
func (h *home) describe(ctx context.Context, subject record.Subject, out *added) error {
	c, _, err := h.loadCase(ctx, string(subject))
	if err != nil {
		return err
	}
	x, err := c.Shelf.Exhibit(out.Exhibit)
	if err != nil {
		return err
	}
	m, err := h.manifest(ctx, x)
	out.SHA256, out.Size = m.SHA256, m.Size
	return err
}

func (h *home) manifest(ctx context.Context, x *evidence.Exhibit) (m evidence.Manifest, err error) {
	b, err := h.get(ctx)(x.Manifest)
	if err != nil {
		return m, err
	}
	return m, record.Unmarshal(b, &m)
}

func (opts ExhibitAddOptions) open() (io.ReadCloser, error) {
	if opts.content != nil {
		return io.NopCloser(bytes.NewReader(opts.content)), nil
	}
	return os.Open(opts.File)
}

// read derives what the file shows, if it was asked for.
func (opts ExhibitAddOptions) read() (reading format.Reading, err error) {
	decode := map[bool]func(io.Reader) (format.Reading, error){opts.STIX: stix.Decode}
	switch {
	case opts.STIX:
	case opts.MISP:
		decode[true] = misp.Decode
	case opts.CSV:
		decode[true] = csv.Decode
	default:
		return reading, nil
	}
	f, err := opts.open()
	if err != nil {
		return reading, err
	}
	defer f.Close()
	return decode[true](f)
}

func (opts ExhibitAddOptions) tool() string {
	switch {
	case opts.STIX:
		return "solferino stix"
	case opts.MISP:
		return "solferino misp"
	}
	return "solferino csv"
}

// received puts together what the act says of the file.
func (opts ExhibitAddOptions) received() (act evidence.Received, err error) {
	if act.Grade, err = evidence.ParseGrade(opts.Grade); err != nil {
		return act, fmt.Errorf("%w: %w", err, errUsage)
	}
	act.TLP, act.Supplier = evidence.TLP(opts.TLP), record.Subject(opts.Supplier)
	if act.Supplier == "" {
		act.Supplier = "public/unknown"
	}
	act.Consent = []evidence.Use{}
	for _, u := range sorted(opts.Consent) {
		act.Consent = append(act.Consent, evidence.Use(u))
	}
	if act.Origins = sorted(opts.Origins); len(act.Origins) == 0 {
		act.Origins = []string{"unknown"}
	}
	return act, nil
}

// takeIn stores the file and its manifest.
func (h *home) takeIn(ctx context.Context, id record.ID, act evidence.Received, opts ExhibitAddOptions) (_ record.Act, err error) {
	f, err := opts.open()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	sum := newSummer(f)
	act.Exhibit = exhibitID(id)
	if act.Content, err = h.vault.Put(ctx, sum); err != nil {
		return nil, err
	}
	m := opts.Manifest
	m.Name, m.Size, m.SHA256 = filepath.Base(opts.File), sum.size, sum.digest()
	if m.MediaType = mime.TypeByExtension(filepath.Ext(m.Name)); m.MediaType == "" {
		m.MediaType = "application/octet-stream"
	}
	if m.Title == "" {
		m.Title = m.Name
	}
	if m.Basis == "" {
		m.Basis = "seen"
	}
	b, err := record.Marshal(m)
	if err != nil {
		return nil, err
	}
	act.Manifest, err = h.attach(ctx, b)
	return act, err
}

// derive puts on record what an exhibit shows.
func (h *home) derive(ctx context.Context, subject record.Subject, exhibit, tool string, list []evidence.Observation) (ledger.Receipt, error) {
	receipt, _, err := h.say(ctx, saying{actor: h.actor(), subject: subject, act: func(record.ID) (record.Act, error) {
		b, err := evidence.EncodeObservations(list)
		if err != nil {
			return nil, err
		}
		output, err := h.attach(ctx, b)
		return evidence.Derived{Exhibit: exhibit, Tool: tool, Version: version(), Output: output, Count: len(list)}, err
	}})
	return receipt, err
}

// CustodyOptions are what "exhibit offer" and "exhibit accept" take.
type CustodyOptions struct {
	Case, Exhibit, To string
}

func newExhibitOfferCommand(env *Env) *cobra.Command {
	var opts CustodyOptions
	cmd := &cobra.Command{
		Use: "offer EXHIBIT", Short: "Hand an exhibit over; custody passes when it is accepted", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.Exhibit = args[0]
			return withHome(cmd.Context(), env, func(h *home) error { return runExhibitOffer(cmd.Context(), h, opts) })
		},
	}
	cmd.Flags().StringVar(&opts.Case, "case", "", "id of the case (needed)")
	cmd.Flags().StringVar(&opts.To, "to", "", "person who shall take it (needed)")
	return cmd
}

func runExhibitOffer(ctx context.Context, h *home, opts CustodyOptions) error {
	subject, err := caseSubject(opts.Case)
	if err != nil {
		return err
	}
	to, err := subjectOf("person", opts.To)
	if err != nil {
		return err
	}
	return h.sayPlain(ctx, subject, evidence.Offered{Exhibit: opts.Exhibit, To: to})
}

func newExhibitAcceptCommand(env *Env) *cobra.Command {
	var opts CustodyOptions
	cmd := &cobra.Command{
		Use: "accept EXHIBIT", Short: "Take over an exhibit that was offered to you", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.Exhibit = args[0]
			return withHome(cmd.Context(), env, func(h *home) error {
				return runExhibitAccept(cmd.Context(), h, opts)
			})
		},
	}
	cmd.Flags().StringVar(&opts.Case, "case", "", "id of the case (needed)")
	return cmd
}

func runExhibitAccept(ctx context.Context, h *home, opts CustodyOptions) error {
	subject, err := caseSubject(opts.Case)
	if err != nil {
		return err
	}
	return h.sayPlain(ctx, subject, evidence.Accepted{Exhibit: opts.Exhibit})
}

// ExhibitDeriveOptions are what "solferino exhibit derive" takes.
type ExhibitDeriveOptions struct {
	Case, Exhibit, File string
}

func newExhibitDeriveCommand(env *Env) *cobra.Command {
	var opts ExhibitDeriveOptions
	cmd := &cobra.Command{
		Use: "derive EXHIBIT FILE", Short: "Put on record what an exhibit shows, from a table of observations", Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.Exhibit, opts.File = args[0], args[1]
			return withHome(cmd.Context(), env, func(h *home) error { return runExhibitDerive(cmd.Context(), h, opts) })
		},
	}
	cmd.Flags().StringVar(&opts.Case, "case", "", "id of the case (needed)")
	return cmd
}

func runExhibitDerive(ctx context.Context, h *home, opts ExhibitDeriveOptions) error {
	subject, err := caseSubject(opts.Case)
	if err != nil {
		return err
	}
	reading, err := ExhibitAddOptions{File: opts.File, CSV: true}.read()
	if err != nil {
		return fmt.Errorf("%s: %w", opts.File, err)
	}
	receipt, err := h.derive(ctx, subject, opts.Exhibit, "reader", reading.Observations)
	if err != nil {
		return err
	}
	return h.printReceipt(receipt)
}

// ContradictOptions are what "solferino exhibit contradict" takes.
type ContradictOptions struct {
	Case, Exhibit, Observation, By, Reason string
}

func newExhibitContradictCommand(env *Env) *cobra.Command {
	var opts ContradictOptions
	cmd := &cobra.Command{
		Use: "contradict EXHIBIT OBSERVATION", Short: "Say that an observation does not fit other evidence; it loses its weight",
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.Exhibit, opts.Observation = args[0], args[1]
			return withHome(cmd.Context(), env, func(h *home) error { return runContradict(cmd.Context(), h, opts) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&opts.Case, "case", "", "id of the case (needed)")
	f.StringVar(&opts.By, "by", "", "exhibit that shows it (needed)")
	f.StringVar(&opts.Reason, "reason", "", "why they do not fit (needed)")
	return cmd
}

func runContradict(ctx context.Context, h *home, opts ContradictOptions) error {
	subject, err := caseSubject(opts.Case)
	if err != nil {
		return err
	}
	if opts.Reason == "" {
		return fmt.Errorf("--reason is needed: %w", errUsage)
	}
	receipt, _, err := h.say(ctx, saying{actor: h.actor(), subject: subject, act: func(record.ID) (record.Act, error) {
		reason, err := h.attach(ctx, []byte(opts.Reason))
		return evidence.Contradicted{Exhibit: opts.Exhibit, Observation: opts.Observation, By: opts.By, Reason: reason}, err
	}})
	if err != nil {
		return err
	}
	return h.printReceipt(receipt)
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
