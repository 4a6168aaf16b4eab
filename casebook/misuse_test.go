package casebook_test

import (
	"errors"
	"testing"

	"solferino/casebook"
	"solferino/record"
	"solferino/review"
)

// A cite of another case would publish that case together with this one.
func TestNoRecordCitesACase(t *testing.T) {
	h := story(t).at(t, "claimed")
	h.say(secretary, "case/secret", casebook.Opened{Title: h.attach("x"), Date: "2026-03-01", Victims: []string{}, Parties: []string{}})
	if err := h.submit(h.draft(secretary, inquiry, claim("A blog", ""), "case/secret")); !errors.Is(err, record.ErrMalformed) {
		t.Errorf("a claim that cites another case: %v, want ErrMalformed", err)
	}
}

// Whoever dislikes how a panel voted cannot give its round up.
func TestARoundThatCanConcludeIsNotGivenUp(t *testing.T) {
	h := story(t).at(t, "concluded")
	act := review.Ended{Round: 1, Reason: "I like it not"}
	if err := h.submit(h.draft(secretary, inquiry, act)); !errors.Is(err, review.ErrOutOfStep) {
		t.Errorf("the end of a round that can conclude: %v, want ErrOutOfStep", err)
	}
}
