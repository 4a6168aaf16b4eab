package stix

import (
	"strings"
	"unicode"
)

// A token of a pattern. Its kind is 'w' for a word (keyword or part of a
// path), 's' for a string without its quotes and escapes, 'c' for a constant
// of another type, 'o' for an operator, 'e' for the end, '!' for a fault, and
// for brackets and the like the character itself.
type token struct {
	kind byte
	text string
}

type lexer struct{ rest string }

const (
	digits  = "0123456789"
	letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
)

// next cuts the next token off.
func (l *lexer) next() token {
	l.rest = strings.TrimLeftFunc(l.rest, unicode.IsSpace)
	if l.rest == "" {
		return token{kind: 'e'}
	}
	switch c := l.rest[0]; {
	case strings.IndexByte("[]().:,*", c) >= 0:
		l.rest = l.rest[1:]
		return token{kind: c}
	case c == '\'':
		return l.quoted('s')
	case strings.IndexByte("=!<>", c) >= 0:
		return l.operator()
	case strings.IndexByte("+-"+digits, c) >= 0:
		return token{'c', l.cut("+-." + digits)}
	case strings.IndexByte(letters, c) >= 0:
		return l.wordOrTyped()
	}
	return token{kind: '!'}
}

// wordOrTyped reads a word, or a constant that begins with its type, as
// t'2016-01-01T00:00:00Z', h'ff' and b'aGk='.
func (l *lexer) wordOrTyped() token {
	word := l.cut(letters + digits + "-")
	if (word == "t" || word == "h" || word == "b") && strings.HasPrefix(l.rest, "'") {
		return l.quoted('c')
	}
	return token{'w', word}
}

// cut takes the longest beginning that consists of the characters.
func (l *lexer) cut(chars string) string {
	word := l.rest[:len(l.rest)-len(strings.TrimLeft(l.rest, chars))]
	l.rest = l.rest[len(word):]
	return word
}

func (l *lexer) operator() token {
	for _, op := range []string{"==", "!=", "<>", "<=", ">=", "=", "<", ">"} {
		if rest, ok := strings.CutPrefix(l.rest, op); ok {
			l.rest = rest
			return token{'o', op}
		}
	}
	return token{kind: '!'}
}

// quoted reads a string. Only the quote and the backslash may and must be
// escaped; anything else behind a backslash is a fault.
func (l *lexer) quoted(kind byte) token {
	var b strings.Builder
	for i := 1; i < len(l.rest); i++ {
		switch c := l.rest[i]; {
		case c == '\'':
			l.rest = l.rest[i+1:]
			return token{kind, b.String()}
		case c == '\\' && i+1 < len(l.rest) && strings.IndexByte(`'\`, l.rest[i+1]) >= 0:
			i++
			b.WriteByte(l.rest[i])
		case c == '\\':
			return token{kind: '!'}
		default:
			b.WriteByte(c)
		}
	}
	return token{kind: '!'}
}
