package portal

import (
	"net/url"
	"strconv"
)

// wholeNumber reads a number in its one spelling.
func wholeNumber(text string) (int64, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil && n >= 0 && strconv.FormatInt(n, 10) == text
}

// place reads where in a list a page begins; without one it is otherwise.
func place(q url.Values, name string, otherwise int64) (int64, error) {
	if !q.Has(name) {
		return otherwise, nil
	}
	n, ok := wholeNumber(q.Get(name))
	if !ok {
		return 0, errBadPage
	}
	return n, nil
}
