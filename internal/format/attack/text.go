package attack

import (
	"strconv"
	"strings"
	"unicode"

	"solferino/internal/format"
)

// aliases are the other names, each on one line; ATT&CK lists the name too.
func aliases(name string, all []string) []string {
	var list []string
	for _, a := range all {
		if a = format.Clean(a); a != "" && a != name {
			list = append(list, a)
		}
	}
	return list
}

// slug makes an id of a name: letters and digits in lower case, all else a
// hyphen between them.
func slug(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) == 0 {
		return "source"
	}
	return strings.Join(words, "-")
}

// year gives the first number of four digits, from 1980 to 2099, in words
// such as "Dragos. (2020, February 3). EKANS Ransomware"; 0 when none is.
func year(description string) int {
	for _, word := range strings.FieldsFunc(description, func(r rune) bool { return !unicode.IsDigit(r) }) {
		if n, err := strconv.Atoi(word); err == nil && len(word) == 4 && n >= 1980 && n <= 2099 {
			return n
		}
	}
	return 0
}
