package verify

import (
	"fmt"
	"strings"

	"solferino/finding"
	"solferino/record"
)

// A Report says what was checked, link by link, and what came out.
type Report struct {
	Lines    []Line           `json:"lines"`
	Believed []Key            `json:"believed"` // the keys on whose word the rest stands
	Pinned   bool             `json:"pinned"`   // the reader named the institution's key
	Verified bool             `json:"verified"`
	Case     record.Subject   `json:"case"`
	Version  int              `json:"version"`
	Document finding.Document `json:"document"`
}

// A Line is one link of the chain.
type Line struct {
	Link string `json:"link"`
	OK   bool   `json:"ok"`
	Says string `json:"says"`
}

// A Key is one that was believed, with where it comes from.
type Key struct {
	Name        string `json:"name"`
	Origin      string `json:"origin"` // how the key came to be believed
	Fingerprint string `json:"fingerprint"`
}

// Broken returns the link that does not hold, or "".
func (r Report) Broken() string {
	for _, l := range r.Lines {
		if !l.OK {
			return l.Link
		}
	}
	return ""
}

// Verdict is the last line for people.
func (r Report) Verdict() string {
	switch {
	case !r.Verified:
		return "not verified: " + r.Broken()
	case !r.Pinned:
		return "verified (institution not pinned)"
	}
	return "verified"
}

// Text writes the report, one line a link and the verdict last.
func (r Report) Text() string {
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
	w.WriteString(r.Verdict() + "\n")
	return w.String()
}
