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

	"github.com/spf13/cobra"

	"solferino/evidence"
	"solferino/internal/format"
	"solferino/internal/format/csv"
	"solferino/internal/format/misp"
	"solferino/internal/format/stix"
	"solferino/internal/ledger"
	"solferino/record"
)

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
				if err != nil && !errors.Is(err, errPartly) {
					return err
				}
				return errors.Join(err, env.print(added, added.text))
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
	if _, err = h.derive(ctx, c.ID, out.Exhibit, opts.tool(), reading.Observations); err != nil {
		out.Observations = 0
		return out, fmt.Errorf("%s is taken in, what it shows is not on record: %w: %w", out.Exhibit, errPartly, err)
	}
	return out, nil
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
