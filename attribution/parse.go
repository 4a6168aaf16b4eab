package attribution

import (
	"fmt"
	"strconv"
	"strings"
)

// header is the first line of the text form. The number rises when a reader
// of the old form would misread the new one.
const header = "solferino knowledge 1"

// ParseKnowledge reads the text form of Knowledge: a header, then one fact a
// line, its fields separated by tabs, each after what it refers to.
//
//	solferino knowledge 1
//	version	WORDS
//	notice	WORDS
//	source	ID	YEAR	NAME	[URL]
//	technique	ID	NAME	[TACTIC]...
//	software	ID	malware|tool	NAME	[ALIAS]...
//	does	SOFTWARE	TECHNIQUE...
//	actor	ID	NAME	[ALIAS]...
//	claim	ACTOR	KIND	VALUE	SOURCE	CONFIDENCE
//	report	ACTOR	SOURCE|-	OBJECT...
//
// Errors wrap ErrKnowledge and begin with the number of the line. What was
// read encodes to the canonical form, which reads back as the same value.
func ParseKnowledge(text []byte) (*Knowledge, error) {
	b := newBuilder()
	for n, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		if n == 0 && line != header {
			return nil, fmt.Errorf("line 1: want %q: %w", header, ErrKnowledge)
		}
		if n == 0 {
			continue
		}
		if err := b.line(strings.Split(line, "\t")); err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
	}
	if b.k.Version == "" {
		return nil, fmt.Errorf("line 1: no version follows: %w", ErrKnowledge)
	}
	return b.finish(), nil
}

// shape says how many fields follow the word that opens a line; most is -1
// where a list ends the line.
type shape struct{ least, most int }

// shapes is the grammar of the text form.
var shapes = map[string]shape{
	"version":   {1, 1},
	"notice":    {1, 1},
	"source":    {3, 4},
	"technique": {2, -1},
	"software":  {3, -1},
	"does":      {2, -1},
	"actor":     {2, -1},
	"claim":     {5, 5},
	"report":    {3, -1},
}

func (b *builder) line(fields []string) error {
	word, f := fields[0], fields[1:]
	s, known := shapes[word]
	if !known {
		return fmt.Errorf("no fact begins with %q: %w", word, ErrKnowledge)
	}
	if len(f) < s.least || s.most >= 0 && len(f) > s.most {
		return fmt.Errorf("%s with %d fields: %w", word, len(f), ErrKnowledge)
	}
	return b.fact(word, f)
}

// fact adds one line, whose number of fields is right.
func (b *builder) fact(word string, f []string) error {
	switch word {
	case "version":
		return b.parseVersion(f[0])
	case "notice":
		b.k.Notices = append(b.k.Notices, f[0])
		return checkText(f[0])
	case "source":
		return b.parseSource(f)
	case "technique":
		return b.addTechnique(Technique{ID: f[0], Name: f[1], Tactics: f[2:]})
	case "software":
		return b.addSoftware(Software{ID: f[0], Type: f[1], Name: f[2], Aliases: f[3:]})
	case "does":
		return b.parseDoes(f[0], f[1:])
	case "actor":
		return b.addActor(Actor{ID: f[0], Name: f[1], Aliases: f[2:]})
	case "claim":
		return b.addClaim(f[0], Claim{Kind: f[1], Value: f[2], Source: f[3], Confidence: f[4]})
	}
	source := f[1]
	if source == uncited {
		source = ""
	} else if source == "" {
		return fmt.Errorf("report about %q names no source; %q says that none is cited: %w", f[0], uncited, ErrKnowledge)
	}
	return b.addReport(Report{Actor: f[0], Source: source, Objects: f[2:]})
}

func (b *builder) parseVersion(version string) error {
	if b.k.Version != "" {
		return fmt.Errorf("a second version: %w", ErrKnowledge)
	}
	b.k.Version = version
	return checkText(version)
}

func (b *builder) parseSource(f []string) error {
	year, err := strconv.Atoi(f[1])
	if err != nil || strconv.Itoa(year) != f[1] {
		return fmt.Errorf("source %q: year %q: %w", f[0], f[1], ErrKnowledge)
	}
	s := Source{ID: f[0], Year: year, Name: f[2]}
	if len(f) == 4 {
		s.URL = f[3]
		if s.URL == "" {
			return fmt.Errorf("source %q: empty address: %w", f[0], ErrKnowledge)
		}
	}
	return b.addSource(s)
}

// parseDoes gives a software the techniques that a line of its own lists.
func (b *builder) parseDoes(software string, techniques []string) error {
	at, known := b.software[software]
	if !known {
		return fmt.Errorf("unknown software %q does something: %w", software, ErrKnowledge)
	}
	if b.k.Software[at].Techniques != nil {
		return fmt.Errorf("software %q does twice: %w", software, ErrKnowledge)
	}
	for _, t := range techniques {
		if _, known := b.techniques[t]; !known {
			return fmt.Errorf("software %q does unknown technique %q: %w", software, t, ErrKnowledge)
		}
	}
	b.k.Software[at].Techniques = sorted(techniques)
	return nil
}
