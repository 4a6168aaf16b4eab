package cli

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/crypto/ssh"

	"solferino/casebook"
	"solferino/internal/stamp"
	"solferino/proof"
	"solferino/record"
	"solferino/verify"
)

// CheckOptions are what "solferino log check" takes.
type CheckOptions struct {
	File, Institution, Policy, Roots, Leaf string
}

func newLogCheckCommand(env *Env) *cobra.Command {
	var opts CheckOptions
	cmd := &cobra.Command{
		Use: "check FILE", Short: "Check a receipt or a .tlog-proof offline, link by link", Args: cobra.ExactArgs(1),
		Long: "check needs no home and no network. It prints one line for each link, then the keys that it believed and\n" +
			"what a file alone cannot show, and last \"verified\", or which link is broken. A forger can invent an\n" +
			"institution and its policy: pin the policy that you mean with --policy, or at least the log with --institution.\n" +
			"A bare .tlog-proof is checked with --leaf and --policy.",
		RunE: func(_ *cobra.Command, args []string) error {
			opts.File = args[0]
			return runLogCheck(env, opts)
		},
	}
	f := cmd.Flags()
	f.StringVar(&opts.Institution, "institution", "", "log key that you trust, its fingerprint, or a file that holds it")
	f.StringVar(&opts.Policy, "policy", "", "file with the policy of the log that you trust")
	f.StringVar(&opts.Roots, "roots", "", "PEM file with the certificates of the timestamp authorities that you trust")
	f.StringVar(&opts.Leaf, "leaf", "", "leaf that a bare .tlog-proof is about, in hexadecimal")
	return cmd
}

func runLogCheck(env *Env, opts CheckOptions) error {
	b, err := readFile(opts.File, maxBundle)
	if err != nil {
		return err
	}
	if key, err := readFile(opts.Institution, 1<<16); err == nil {
		opts.Institution = string(key)
	}
	opts.Institution = strings.TrimSpace(opts.Institution)
	var roots *x509.CertPool
	if opts.Roots != "" {
		text, err := readFile(opts.Roots, 1<<20)
		if err != nil {
			return err
		}
		if roots, err = stamp.ParseRoots(text); err != nil {
			return fmt.Errorf("%s: %w", opts.Roots, err)
		}
	}
	if opts.Policy != "" {
		policy, err := readFile(opts.Policy, 1<<20)
		if err != nil {
			return err
		}
		if len(policy) == 0 {
			return fmt.Errorf("%s is empty: %w", opts.Policy, errUsage)
		}
		opts.Policy = string(policy)
	}
	bare := !bytes.HasPrefix(b, []byte("{"))
	if bare != (opts.Leaf != "") || bare && (opts.Policy == "" || roots != nil) {
		return fmt.Errorf("a .tlog-proof is checked with --leaf and --policy and without --roots, a receipt without --leaf: %w", errUsage)
	}
	check := checkReceipt
	if bare {
		check = checkProof
	}
	r := check(b, opts, roots)
	if err := env.print(r, r.text); err != nil {
		return err
	}
	if !r.Verified {
		return fmt.Errorf("%s: %w: the link %q is broken", opts.File, errNotVerified, r.Broken)
	}
	return nil
}

// A checkReport says what was checked, link by link, and what came out.
type checkReport struct {
	Lines    []verify.Line `json:"lines"`
	Believed []verify.Key  `json:"believed"`
	Unknown  []string      `json:"unknown"` // what the file cannot show
	Verified bool          `json:"verified"`
	Verdict  string        `json:"verdict"`
	Broken   string        `json:"broken"`
}

func (r checkReport) text() string {
	var w strings.Builder
	for _, l := range r.Lines {
		sign := "ok    "
		if !l.OK {
			sign = "BROKEN"
		}
		fmt.Fprintf(&w, "%s  %-12s %s\n", sign, l.Link, l.Says)
	}
	for _, k := range r.Believed {
		fmt.Fprintf(&w, "believed  %s, %s, %s\n", k.Name, k.Origin, k.Fingerprint)
	}
	for _, u := range r.Unknown {
		fmt.Fprintf(&w, "unknown   %s\n", u)
	}
	w.WriteString(r.Verdict + "\n")
	return w.String()
}

// A link is one step of a check: what it says when it holds.
type link struct {
	name string
	do   func() (string, error)
}

// checkReceipt checks a receipt. The policy in the options is its text.
func checkReceipt(b []byte, o CheckOptions, roots *x509.CertPool) checkReport {
	c := &receiptChecker{options: o, roots: roots}
	return c.run(
		link{"receipt", func() (string, error) { return c.receipt(b) }},
		link{"institution", c.institution}, link{"checkpoint", c.checkpoint}, link{"inclusion", c.inclusion},
		link{"record", c.record}, link{"signature", c.signature}, link{"stamp", c.stamp},
	)
}

// checkProof checks a bare tlog-proof of the leaf that the options name.
func checkProof(b []byte, o CheckOptions, _ *x509.CertPool) checkReport {
	c := &receiptChecker{options: o, leaf: record.Digest(o.Leaf)}
	c.file.Proof, c.file.Policy = b, []byte(o.Policy)
	return c.run(
		link{"proof", func() (string, error) {
			err := c.decodeProof()
			c.unknown("what the leaf commits to: only an opening, as in a receipt, shows that")
			return fmt.Sprintf("of entry %d, in the one encoding of a tlog-proof", c.path.Index), err
		}},
		link{"institution", c.institution}, link{"checkpoint", c.checkpoint}, link{"inclusion", c.inclusion},
	)
}

// A receiptChecker holds what the links before have shown.
type receiptChecker struct {
	options CheckOptions
	roots   *x509.CertPool
	report  checkReport

	file   proof.Receipt
	path   proof.Inclusion
	leaf   record.Digest
	note   []byte
	policy *proof.Policy
	tip    proof.Checkpoint
	actor  record.Subject
}

func (c *receiptChecker) run(links ...link) checkReport {
	c.report.Lines, c.report.Believed, c.report.Unknown = []verify.Line{}, []verify.Key{}, []string{}
	for _, l := range links {
		says, err := l.do()
		if err != nil {
			c.report.Lines = append(c.report.Lines, verify.Line{Link: l.name, Says: err.Error()})
			c.report.Broken, c.report.Verdict = l.name, "not verified: "+l.name
			return c.report
		}
		c.report.Lines = append(c.report.Lines, verify.Line{Link: l.name, OK: true, Says: says})
	}
	c.report.Verified, c.report.Verdict = true, "verified"
	switch {
	case c.options.Policy != "":
	case c.options.Institution != "":
		c.report.Verdict = "verified (policy not pinned)"
	default:
		c.report.Verdict = "verified (institution not pinned)"
	}
	return c.report
}

func (c *receiptChecker) unknown(format string, args ...any) {
	c.report.Unknown = append(c.report.Unknown, fmt.Sprintf(format, args...))
}

func (c *receiptChecker) receipt(b []byte) (string, error) {
	var err error
	if c.file, err = proof.DecodeReceipt(b); err != nil {
		return "", err
	}
	if err := c.decodeProof(); err != nil {
		return "", err
	}
	if c.path.Index != c.file.Opening.Index {
		return "", fmt.Errorf("it is of entry %d, the proof in it of entry %d", c.file.Opening.Index, c.path.Index)
	}
	c.leaf = c.file.Opening.Leaf()
	return fmt.Sprintf("of entry %d, in the one encoding of a receipt", c.path.Index), nil
}

func (c *receiptChecker) decodeProof() (err error) {
	c.path, c.note, err = proof.DecodeProof(c.file.Proof)
	return err
}

// institution finds the policy and with it the keys to believe.
func (c *receiptChecker) institution() (string, error) {
	var err error
	if c.policy, err = proof.ParsePolicy(c.file.Policy); err != nil {
		return "", err
	}
	origin := "from the receipt itself"
	if pin := c.options.Institution; pin != "" {
		if pin != c.policy.LogKey() && pin != string(c.policy.LogFingerprint()) {
			return "", fmt.Errorf("it speaks for log key %s, not for the pinned %s", c.policy.LogKey(), pin)
		}
		origin = "pinned by the reader"
	}
	witnesses := "named by the receipt's own policy"
	if c.options.Policy != "" {
		if c.options.Policy != string(c.file.Policy) {
			return "", errors.New("its policy is not the one that the reader pinned")
		}
		origin, witnesses = "pinned by the reader", "pinned by the reader"
	} else {
		c.unknown("whether the institution published this policy: its founding record in the log says so; pin it with --policy")
	}
	c.report.Believed = append(c.report.Believed, verify.Key{Name: "log " + c.policy.Origin(), Origin: origin, Fingerprint: string(c.policy.LogFingerprint())})
	for _, w := range c.policy.Witnesses() {
		c.report.Believed = append(c.report.Believed, verify.Key{Name: "witness " + w.Name, Origin: witnesses, Fingerprint: string(w.Fingerprint())})
	}
	return fmt.Sprintf("log %s, %s", c.policy.Origin(), origin), nil
}

func (c *receiptChecker) checkpoint() (string, error) {
	var seen []proof.Cosigner
	var err error
	if c.tip, seen, err = proof.ParseCheckpoint(c.note, c.policy); err != nil {
		return "", err
	}
	var names []string
	for _, w := range seen {
		names = append(names, fmt.Sprintf("%s at %s", w.Name, w.At.UTC().Format(time.RFC3339)))
	}
	if len(names) == 0 {
		names = []string{"no witness, as the policy asks for none"}
	}
	return fmt.Sprintf("log of size %d, signed and seen by %s", c.tip.Size, strings.Join(names, ", ")), nil
}

func (c *receiptChecker) inclusion() (string, error) {
	if err := c.path.Verify(c.leaf, c.tip); err != nil {
		return "", err
	}
	return fmt.Sprintf("leaf %s is entry %d, by %d hashes", c.leaf.Short(), c.path.Index, len(c.path.Hashes)), nil
}

// record reads what was said. The leaf has shown already that it is this.
func (c *receiptChecker) record() (string, error) {
	r, err := casebook.Kinds().Decode(c.file.Opening.Record)
	if err != nil {
		return "", err
	}
	e, err := c.file.Opening.DecodeEnvelope()
	if err != nil {
		return "", err
	}
	if e.Subject != r.Subject {
		return "", fmt.Errorf("the envelope is about %s, the record about %s", e.Subject, r.Subject)
	}
	c.actor = r.Actor
	return fmt.Sprintf("%s, record %d of %s, said by %s at %s by their own clock", r.Act.Kind(), e.Position, e.Subject, r.Actor, r.At.UTC().Format(time.RFC3339)), nil
}

// signature verifies the record under the key that stands in the signature.
func (c *receiptChecker) signature() (string, error) {
	o := c.file.Opening
	key, err := record.Signer(o.Signature)
	if err != nil {
		return "", err
	}
	if key, err = record.ParseKey(record.FormatKey(key)); err != nil {
		return "", err
	}
	if err := record.Verify(o.Record, o.Signature, key); err != nil {
		return "", err
	}
	print := ssh.FingerprintSHA256(key)
	c.report.Believed = append(c.report.Believed, verify.Key{Name: string(c.actor), Origin: "from the receipt itself", Fingerprint: print})
	c.unknown("whose key %s is: the log's records of %s say so", print, c.actor)
	c.unknown("whether the rules admitted the record, and what was said after it: the other records of its subject say so")
	return "by the key " + print, nil
}

func (c *receiptChecker) stamp() (string, error) {
	if len(c.file.Stamp) == 0 {
		if c.roots != nil {
			return "", errors.New("there is no stamp, and the reader named roots for one")
		}
		return "none: the time is the witnesses' word", nil
	}
	t, err := stamp.Verify(c.file.Stamp, c.note, c.roots)
	if err != nil {
		return "", err
	}
	says := fmt.Sprintf("the checkpoint was there by %s, says %q; %s", t.At.Format(time.RFC3339), t.By, corroborates)
	if t.Pinned {
		return says, nil
	}
	c.unknown("whether %q is a timestamp authority: pin its root with --roots", t.By)
	return says + "; authority not pinned", nil
}
