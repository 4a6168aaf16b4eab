package convention

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

var (
	idForm    = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*-[0-9]{4}$`)
	labelForm = regexp.MustCompile(`^[A-Za-z0-9]{1,20}$`)
)

// founding is the instrument whose ten clauses the others are compared with.
const founding ID = "dgc-2017"

// Lint reports everything that is wrong with a list of instruments as one
// joined error, or nil: ids that are malformed, repeated or do not match their
// instrument, dates that are none, unknown words, empty texts, clauses better
// confirmed than their instrument, crosswalks to nowhere or to the clause
// itself, and a clause of the Digital Geneva Convention that is not there.
func Lint(list []Instrument) error {
	var errs []error
	known := map[ClauseID]bool{PillarAccord: true, PillarAttribution: true}
	instruments := map[ID]bool{}
	for _, i := range list {
		errs = append(errs, fault(instruments[i.ID], "instrument %s is there twice", i.ID), lintInstrument(i))
		instruments[i.ID] = true
		for _, c := range i.Clauses {
			errs = append(errs, fault(known[c.ID], "clause %s is there twice", c.ID))
			known[c.ID] = true
		}
	}
	for _, i := range list {
		for _, c := range i.Clauses {
			errs = append(errs, lintClause(c, i), lintCrosswalk(c, known))
		}
	}
	for n := 1; n <= 10; n++ {
		id := ClauseID(fmt.Sprintf("%s#%d", founding, n))
		errs = append(errs, fault(!known[id], "clause %s is missing", id))
	}
	return errors.Join(errs...)
}

func lintInstrument(i Instrument) error {
	var errs []error
	for _, a := range i.Addressees {
		errs = append(errs, fault(!slices.Contains(addressees, a), "instrument %s: unknown addressee %q", i.ID, a))
	}
	empty := blank(i.Title) || blank(i.Short) || blank(i.Status)
	errs = append(errs,
		fault(!idForm.MatchString(string(i.ID)), "instrument id %q is not of the form name-year", i.ID),
		fault(!isDate(i.Date), "instrument %s: date %q is not a day YYYY-MM-DD", i.ID, i.Date),
		fault(i.Force <= None || !i.Force.known(), "instrument %s: a text has a force of its own, not %q", i.ID, i.Force),
		fault(!slices.Contains(bases, i.Basis), "instrument %s: unknown basis %q", i.ID, i.Basis),
		fault(empty, "instrument %s: title, short title or status is empty", i.ID),
		fault(len(i.Addressees) == 0, "instrument %s addresses nobody", i.ID),
		fault(len(i.Clauses) == 0, "instrument %s has no clauses", i.ID))
	return errors.Join(errs...)
}

func lintClause(c Clause, i Instrument) error {
	want := ClauseID(string(i.ID) + "#" + c.Label)
	better := i.Basis == Recall && c.Basis != Recall
	return errors.Join(
		fault(!labelForm.MatchString(c.Label), "clause %s: label %q is not letters and digits", c.ID, c.Label),
		fault(c.ID != want, "clause %s: id should be %s", c.ID, want),
		fault(blank(c.Text), "clause %s: text is empty", c.ID),
		fault(!slices.Contains(clauseKinds, c.Kind), "clause %s: unknown kind %q", c.ID, c.Kind),
		fault(!slices.Contains(bases, c.Basis), "clause %s: unknown basis %q", c.ID, c.Basis),
		fault(better, "clause %s: %q, but its whole instrument is from memory", c.ID, c.Basis))
}

func lintCrosswalk(c Clause, known map[ClauseID]bool) error {
	var errs []error
	seen := map[ClauseID]bool{}
	for _, x := range c.Crosswalk {
		errs = append(errs,
			fault(!known[x.To], "clause %s: crosswalk to %s, which is not there", c.ID, x.To),
			fault(x.To == c.ID, "clause %s: crosswalk to itself", c.ID),
			fault(seen[x.To], "clause %s: two crosswalks to %s", c.ID, x.To),
			fault(!slices.Contains(relations, x.Relation), "clause %s: unknown relation %q", c.ID, x.Relation))
		seen[x.To] = true
	}
	return errors.Join(errs...)
}

// fault returns the error that it words, if it is there.
func fault(there bool, format string, args ...any) error {
	if !there {
		return nil
	}
	return fmt.Errorf(format, args...)
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }

// isDate reports whether s is a day as YYYY-MM-DD. Such days compare as
// strings.
func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}
