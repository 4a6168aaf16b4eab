package proof

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// maxPolicy bounds the text of a policy, in bytes.
const maxPolicy = 1 << 20

// ParsePolicy reads a policy with exactly one log, as
// https://c2sp.org/tlog-policy describes it. It is stricter in what other
// readers take differently: keywords are no names, a comment has its own line,
// space is a blank or a tab, and the last line ends like the others. The error
// names the line.
func ParsePolicy(text []byte) (*Policy, error) {
	if len(text) > maxPolicy || !bytes.HasSuffix(text, []byte("\n")) {
		return nil, fmt.Errorf("policy of %d bytes: %w: want lines that end in a newline, at most %d bytes", len(text), ErrMalformed, maxPolicy)
	}
	r := policyReader{members: make(map[string]bool)}
	r.p.groups = make(map[string]group)
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		if err := r.line(strings.TrimSuffix(line, "\n")); err != nil {
			return nil, fmt.Errorf("policy line %d: %w", number, err)
		}
	}
	if r.p.log.Verifier == nil || r.p.quorum == "" {
		return nil, fmt.Errorf("policy: %w: want one line \"log\" and one line \"quorum\"", ErrMalformed)
	}
	return &r.p, nil
}

// A policyReader has read the lines above the present one.
type policyReader struct {
	p       Policy
	members map[string]bool // names that a group has taken
}

func (r *policyReader) line(line string) error {
	control := func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }
	if strings.IndexFunc(line, control) >= 0 {
		return fmt.Errorf("%w: control character", ErrMalformed)
	}
	line = strings.Trim(line, " \t")
	if line == "" || line[0] == '#' {
		return nil
	}
	space := func(c rune) bool { return unicode.IsSpace(c) && c != ' ' && c != '\t' || c == '#' }
	if strings.IndexFunc(line, space) >= 0 {
		return fmt.Errorf("%w: a \"#\" or a space that is neither blank nor tab", ErrMalformed)
	}
	switch word := strings.Fields(line); word[0] {
	case "log":
		return r.log(word)
	case "witness":
		return r.witness(word)
	case "group":
		return r.group(word)
	case "quorum":
		return r.quorum(word)
	default:
		return fmt.Errorf("%w: unknown word %q", ErrMalformed, word[0])
	}
}

func (r *policyReader) log(word []string) (err error) {
	if len(word) != 2 && len(word) != 3 {
		return fmt.Errorf("%w: want \"log vkey [url]\"", ErrMalformed)
	}
	if r.p.log.Verifier != nil {
		return fmt.Errorf("%w: a second log", ErrMalformed)
	}
	if len(word) == 3 {
		r.p.logURL = word[2]
	}
	if r.p.log, err = parseLogKey(word[1]); err != nil {
		return err
	}
	return r.checkKeys()
}

func (r *policyReader) witness(word []string) error {
	if len(word) != 3 && len(word) != 4 {
		return fmt.Errorf("%w: want \"witness name vkey [url]\"", ErrMalformed)
	}
	if err := r.newName(word[1]); err != nil {
		return err
	}
	k, err := parseWitnessKey(word[2])
	if err != nil {
		return err
	}
	w := Witness{Name: word[1], key: k}
	if len(word) == 4 {
		w.URL = word[3]
	}
	r.p.witnesses = append(r.p.witnesses, w)
	return r.checkKeys()
}

// checkKeys keeps one key from standing in for two parties.
func (r *policyReader) checkKeys() error {
	seen := make(map[string]bool)
	if r.p.log.Verifier != nil {
		seen[string(r.p.log.public)] = true
	}
	for _, w := range r.p.witnesses {
		if seen[string(w.key.public)] {
			return fmt.Errorf("%w: the key of %q stands twice", ErrMalformed, w.Name)
		}
		seen[string(w.key.public)] = true
	}
	return nil
}

func (r *policyReader) group(word []string) error {
	if len(word) < 4 {
		return fmt.Errorf("%w: want \"group name k member…\"", ErrMalformed)
	}
	if err := r.newName(word[1]); err != nil {
		return err
	}
	members := word[3:]
	for _, m := range members {
		if !r.known(m) || r.members[m] {
			return fmt.Errorf("%w: member %q is not defined above, or in a group already", ErrMalformed, m)
		}
		r.members[m] = true
	}
	k, err := threshold(word[2], len(members))
	if err != nil {
		return err
	}
	r.p.groups[word[1]] = group{k, members}
	return nil
}

func threshold(word string, n int) (int, error) {
	switch word {
	case "any":
		return 1, nil
	case "all":
		return n, nil
	}
	k, err := strconv.Atoi(word)
	if err != nil || strconv.Itoa(k) != word || k < 1 || k > n {
		return 0, fmt.Errorf("%w: threshold %q of %d members", ErrMalformed, word, n)
	}
	return k, nil
}

func (r *policyReader) quorum(word []string) error {
	if len(word) != 2 || r.p.quorum != "" {
		return fmt.Errorf("%w: want one \"quorum name\"", ErrMalformed)
	}
	if word[1] != none && !r.known(word[1]) {
		return fmt.Errorf("%w: quorum %q is not defined above", ErrMalformed, word[1])
	}
	r.p.quorum = word[1]
	return nil
}

func (r *policyReader) newName(name string) error {
	keywords := []string{"log", "witness", "group", "quorum", "any", "all", none}
	if r.known(name) || slices.Contains(keywords, name) {
		return fmt.Errorf("%w: name %q is taken", ErrMalformed, name)
	}
	return nil
}

func (r *policyReader) known(name string) bool {
	_, ok := r.p.groups[name]
	return ok || slices.ContainsFunc(r.p.witnesses, func(w Witness) bool { return w.Name == name })
}
