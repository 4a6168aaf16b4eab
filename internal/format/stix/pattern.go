package stix

import (
	"errors"
	"strings"
)

// A term is one comparison of a pattern that says "this is that": an object
// path and the string that it equals.
type term struct{ path, value string }

// maxNesting bounds the parentheses of a pattern.
const maxNesting = 32

// What makes a pattern unfit to be read. A sequence or a qualifier says more
// than its parts: the order or the time makes it, and the parts alone may be
// harmless.
var (
	errSyntax    = errors.New("pattern with a fault in it")
	errSequence  = errors.New("pattern with FOLLOWEDBY")
	errQualifier = errors.New("pattern with WITHIN, REPEATS or START")
)

// parsePattern reads a pattern (STIX 2.1, section 9; STIX 2.0, part 5) and
// returns the comparisons by = and IN with strings, whether AND or OR joins
// them: each names something that the author says belongs to the matter. Of
// other comparisons (LIKE, MATCHES, !=, NOT, numbers) it returns what they are,
// for the count of what was left.
func parsePattern(s string) (terms []term, left []string, err error) {
	p := parser{lexer: lexer{rest: s}}
	p.next()
	p.observations(0)
	if p.err == nil && p.tok.kind != 'e' {
		p.err = errSyntax
	}
	if p.err != nil {
		return nil, nil, p.err
	}
	return p.terms, p.left, nil
}

// A parser stops at the first fault: err is set, and all later tokens are the
// end.
type parser struct {
	lexer
	tok   token
	terms []term
	left  []string
	err   error
}

func (p *parser) next() {
	if p.err == nil {
		p.tok = p.lexer.next()
	}
	if p.tok.kind == '!' {
		p.fail(errSyntax)
	}
}

func (p *parser) fail(err error) {
	if p.err == nil {
		p.err = err
	}
	p.tok = token{kind: 'e'}
}

// take passes over a token of the kind, or fails.
func (p *parser) take(kind byte) string {
	text := p.tok.text
	if p.tok.kind != kind {
		p.fail(errSyntax)
		return ""
	}
	p.next()
	return text
}

// word reports whether the token is one of the keywords. They are written in
// capitals, but the published grammar takes both.
func (p *parser) word(keywords ...string) bool {
	for _, k := range keywords {
		if p.tok.kind == 'w' && strings.EqualFold(p.tok.text, k) {
			return true
		}
	}
	return false
}

// observations reads observation expressions joined by AND or OR.
func (p *parser) observations(depth int) {
	for {
		p.observation(depth)
		if p.word("FOLLOWEDBY") {
			p.fail(errSequence)
		}
		if p.word("WITHIN", "REPEATS", "START") {
			p.fail(errQualifier)
		}
		if !p.word("AND", "OR") {
			return
		}
		p.next()
	}
}

func (p *parser) observation(depth int) {
	if depth > maxNesting {
		p.fail(errSyntax)
		return
	}
	if p.tok.kind == '(' {
		p.next()
		p.observations(depth + 1)
		p.take(')')
		return
	}
	p.take('[')
	p.comparisons(depth + 1)
	p.take(']')
}

// comparisons reads comparison expressions joined by AND or OR.
func (p *parser) comparisons(depth int) {
	for {
		p.comparison(depth)
		if !p.word("AND", "OR") {
			return
		}
		p.next()
	}
}

func (p *parser) comparison(depth int) {
	switch {
	case depth > maxNesting:
		p.fail(errSyntax)
	case p.tok.kind == '(':
		p.next()
		p.comparisons(depth + 1)
		p.take(')')
	case p.word("EXISTS"):
		p.next()
		p.path()
		p.left = append(p.left, "EXISTS")
	default:
		p.test()
	}
}

// test reads a path, an operator and what it is compared with.
func (p *parser) test() {
	path := p.path()
	negated := p.word("NOT")
	if negated {
		p.next()
	}
	switch {
	case p.word("IN"):
		p.next()
		p.set(path, negated)
	case p.tok.kind == 'o':
		p.constant(path, p.take('o'), negated)
	case p.word("LIKE", "MATCHES", "ISSUBSET", "ISSUPERSET"):
		p.constant(path, strings.ToUpper(p.take('w')), negated)
	default:
		p.fail(errSyntax)
	}
}

func (p *parser) set(path string, negated bool) {
	p.take('(')
	for p.tok.kind != ')' && p.err == nil {
		p.constant(path, "=", negated)
		if p.tok.kind != ')' {
			p.take(',')
		}
	}
	p.take(')')
}

// constant reads one constant and keeps the comparison, or says what it was.
func (p *parser) constant(path, operator string, negated bool) {
	kind, text := p.tok.kind, p.tok.text
	if kind != 's' && kind != 'c' && !p.word("true", "false") {
		p.fail(errSyntax)
		return
	}
	p.next()
	switch {
	case negated:
		p.left = append(p.left, "NOT")
	case operator != "=" && operator != "==":
		p.left = append(p.left, operator)
	case kind != 's':
		p.left = append(p.left, "a constant that is no string")
	default:
		p.terms = append(p.terms, term{path, text})
	}
}

// path reads an object path and writes it without quotes, indexes as "[*]".
func (p *parser) path() string {
	path := []string{p.take('w'), ":"}
	p.take(':')
	path = append(path, p.step())
	for p.err == nil {
		switch p.tok.kind {
		case '.':
			p.next()
			path = append(path, ".", p.step())
		case '[':
			p.next()
			if p.tok.kind != '*' && p.tok.kind != 'c' {
				p.fail(errSyntax)
			}
			p.next()
			p.take(']')
			path = append(path, "[*]")
		default:
			return strings.Join(path, "")
		}
	}
	return ""
}

func (p *parser) step() string {
	if p.tok.kind == 's' {
		return p.take('s')
	}
	return p.take('w')
}
