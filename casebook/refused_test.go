package casebook_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"solferino/casebook"
	"solferino/evidence"
	"solferino/party"
	"solferino/record"
	"solferino/review"
)

// A refusal is a record that must not be admitted.
type refusal struct {
	name  string
	at    string // mark of the story
	wraps error
	try   func(h *house) *draft
}

// refused tries every refusal at its place in the story and sees that nothing
// has changed.
func refused(t *testing.T, tests []refusal) {
	names := map[string]bool{}
	for _, tt := range tests {
		if names[tt.name] {
			t.Errorf("%q stands twice in the table", tt.name)
		}
		names[tt.name] = true
		t.Run(tt.name, func(t *testing.T) {
			h := story(t).at(t, tt.at)
			d := tt.try(h)
			if err := h.submit(d); !errors.Is(err, tt.wraps) {
				t.Fatalf("Check() = %v, want %v", err, tt.wraps)
			}
			h.unchanged(d.Subject, d.Actor, inquiry, institution)
		})
	}
}

// unchanged compares what the book holds in its cache with what a book that
// never saw the refused record makes of the chains.
func (h *house) unchanged(subjects ...record.Subject) {
	h.t.Helper()
	fresh := h.newBook(0)
	for _, s := range subjects {
		if len(h.chain[s]) == 0 {
			continue // the host, and those who are nobody
		}
		want, err := fresh.Now(s)
		h.check(err)
		if diff := same(want, h.folded(s)); diff != "" {
			h.t.Errorf("%s is not what its chain gives (-chain +book):\n%s", s, diff)
		}
	}
}

// says drafts an act in one line.
func says(by, about record.Subject, act record.Act, cites ...record.Subject) func(*house) *draft {
	return func(h *house) *draft { return h.draft(by, about, act, cites...) }
}

// bent drafts what the custodian might honestly say, and bends it.
func bent(bend func(h *house, d *draft)) func(*house) *draft {
	return func(h *house) *draft {
		d := h.draft(custodian, inquiry, h.received(memo, evidence.Clear, "press"))
		bend(h, d)
		return d
	}
}

// headless takes the head from a record whose kind must name it.
func headless(try func(*house) *draft) func(*house) *draft {
	return func(h *house) *draft {
		d := try(h)
		d.Expect = ""
		return d
	}
}

// without takes one citation away.
func without(s record.Subject, try func(*house) *draft) func(*house) *draft {
	return func(h *house) *draft {
		d := try(h)
		d.Cites = slices.DeleteFunc(d.Cites, func(c record.Cite) bool { return c.Subject == s })
		return d
	}
}

// No sentinel says these; the words do.
func TestWhatNoRoomKnows(t *testing.T) {
	for name, tt := range map[string]struct {
		try  func(*house) *draft
		says string
	}{
		"a subject of no room":         {says(secretary, "vessel/1", claim("A vessel", "XA")), "no room keeps subjects like vessel/1"},
		"evidence about a person":      {says(custodian, analyst, evidence.Accepted{Exhibit: letter}), "a person knows no act"},
		"a key of a statute":           {says(trustee, statute, party.KeyAdded{Key: lineOf("x")}), "a statute knows no act"},
		"a key of a knowledge":         {says(trustee, "knowledge/attack", party.KeyAdded{Key: lineOf("x")}), "a knowledge knows no act"},
		"a key of a state":             {says(trustee, "state/XA", party.KeyAdded{Key: lineOf("x")}), "knows no act"},
		"a key of an institution":      {says(trustee, institution, party.KeyAdded{Key: lineOf("x")}), "an institution knows no act"},
		"a key of a publication":       {says(trustee, "publication/1", party.KeyAdded{Key: lineOf("x")}), "a publication is one act"},
		"published twice in one place": {says(host, "publication/2026-001-1", casebook.Published{Finding: inquiry, Version: 1, Entries: []int64{1}}), "a publication is one act"},
		"a statute in a case":          {says(trustee, inquiry, review.Adopted{Statute: rules(1)}), "review.adopted/1"},
	} {
		t.Run(name, func(t *testing.T) {
			h := story(t).at(t, "issued")
			d := tt.try(h)
			if err := h.submit(d); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("Check() = %v, want words %q", err, tt.says)
			}
			h.unchanged(inquiry, institution)
		})
	}
}
