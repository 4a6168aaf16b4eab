package casebook

import (
	"fmt"
	"slices"

	"solferino/evidence"
	"solferino/record"
)

// Publishable reports whether an exhibit may be opened to everybody: its mark
// is TLP:CLEAR and its provider allows publication.
func Publishable(x *evidence.Exhibit) bool {
	return x.TLP == evidence.Clear && slices.Contains(x.Consent, evidence.ForPublication)
}

// public reports whether the case rests on nothing that must stay closed, so
// that everybody can compute its numbers again.
func (c *Case) public() error {
	for _, x := range c.Shelf.Exhibits {
		if len(x.Derived) > 0 && !Publishable(x) {
			return fmt.Errorf("a public finding cannot rest on exhibit %s, TLP %s with consent %v: %w",
				x.Received.Exhibit, x.TLP, x.Consent, evidence.ErrNoConsent)
		}
	}
	return nil
}

// Attachments returns what a public bundle of the case holds, sorted by
// commitment, each once: everything but exhibits that must stay closed.
func (c *Case) Attachments() []record.Attachment {
	list := []record.Attachment{c.Title}
	for _, x := range c.Shelf.Exhibits {
		list = append(list, ofExhibit(x)...)
	}
	for _, e := range c.Excluded {
		list = append(list, e.Reason)
	}
	for _, a := range c.Analyses {
		list = append(list, a.Question, a.Result)
	}
	for _, n := range c.Notices {
		list = append(list, n.Text)
		if n.Reply != nil {
			list = append(list, n.Reply.Text)
		}
	}
	for _, b := range c.Benches {
		for _, d := range b.Dissents {
			list = append(list, d.Opinion)
		}
	}
	for _, f := range c.Findings {
		list = append(list, f.Document)
	}
	return sortedOnce(list)
}

func ofExhibit(x *evidence.Exhibit) []record.Attachment {
	if !Publishable(x) {
		return nil
	}
	list := []record.Attachment{x.Content, x.Manifest}
	for _, d := range x.Derived {
		list = append(list, d.Output)
	}
	for _, k := range x.Contradicted {
		list = append(list, k.Reason)
	}
	return list
}

func sortedOnce(list []record.Attachment) []record.Attachment {
	slices.SortFunc(list, func(a, b record.Attachment) int {
		switch {
		case a.Commit < b.Commit:
			return -1
		case a.Commit > b.Commit:
			return 1
		}
		return 0
	})
	return slices.CompactFunc(list, func(a, b record.Attachment) bool { return a.Commit == b.Commit })
}
