package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"solferino/casebook"
	"solferino/convention"
	"solferino/evidence"
	"solferino/internal/blob"
	"solferino/internal/format"
	"solferino/internal/ledger"
	"solferino/internal/stamp"
	"solferino/internal/store"
	"solferino/internal/tlog"
	"solferino/party"
	"solferino/record"
	"solferino/review"
)

// The exit codes; docs/exit-codes.md explains them to users.
const (
	exitOK           = 0
	exitFailed       = 1
	exitNotVerified  = 3
	exitRefused      = 4
	exitNotPermitted = 5
	exitNotFound     = 6
	exitUnreachable  = 7
	exitPartly       = 8
	exitUsage        = 64
)

var (
	errNotVerified = errors.New("not verified")
	errUsage       = errors.New("wrong usage")
	errNoHome      = errors.New("no institution here")
	errPartly      = errors.New("partly done")
	errFounded     = errors.New("an institution stands here already")
	errNotFound    = errors.New("not found")
	errBallot      = errors.New("no ballot was sealed here")
)

// An outcome maps a sentinel to an exit code and to what the person may do
// next.
type outcome struct {
	is   error
	code int
	hint string
}

// outcomes is the one table of the door. The first match counts.
var outcomes = []outcome{
	{errNotVerified, exitNotVerified, ""},
	{errUsage, exitUsage, "\"solferino help\" lists the commands, \"solferino help COMMAND\" explains one"},
	{errPartly, exitPartly, ""},
	{errNoHome, exitNotFound, "\"solferino init\" makes an institution; --home or SOLFERINO_HOME names its directory"},
	{errFounded, exitRefused, "one home is one institution; --home names another directory"},
	{party.ErrNotPermitted, exitNotPermitted, "--as PERSON acts for somebody else whose key is here; \"solferino party list\" shows the roles"},
	{party.ErrUnknownKey, exitNotPermitted, ""},
	{review.ErrRecused, exitNotPermitted, ""},
	{review.ErrNotSeated, exitNotPermitted, "\"solferino panel show\" lists the members"},
	{casebook.ErrStale, exitRefused, "the subject moved on; look again and repeat"},
	{casebook.ErrOutOfStep, exitRefused, "\"solferino case show\" says how far the case has come"},
	{review.ErrOutOfStep, exitRefused, "\"solferino panel show\" says how far the review has come"},
	{casebook.ErrUnknownVersion, exitNotFound, ""},
	{evidence.ErrUnknownExhibit, exitNotFound, "\"solferino exhibit list\" shows the exhibits of a case"},
	{evidence.ErrBrokenCustody, exitRefused, "only who holds an exhibit acts on it; \"solferino exhibit show\" says who does"},
	{evidence.ErrNoConsent, exitRefused, ""},
	{evidence.ErrTwice, exitRefused, ""},
	{party.ErrTwice, exitRefused, ""},
	{party.ErrNobody, exitNotFound, ""},
	{review.ErrInfeasible, exitRefused, "the statute asks for more than the roster can give once the recused are out"},
	{review.ErrRoster, exitRefused, ""},
	{review.ErrWrongLot, exitRefused, ""},
	{review.ErrSpoilt, exitRefused, ""},
	{convention.ErrUnknownInstrument, exitNotFound, "\"solferino convention list\" shows the instruments"},
	{convention.ErrUnknownClause, exitNotFound, "\"solferino convention show INSTRUMENT\" lists its clauses"},
	{convention.ErrNotAState, exitRefused, ""},
	{convention.ErrNotAddressed, exitRefused, ""},
	{convention.ErrBeforeInstrument, exitRefused, ""},
	{convention.ErrNothingToWithdraw, exitRefused, ""},
	{convention.ErrNothingToReserve, exitRefused, ""},
	{casebook.ErrReplayed, exitRefused, ""},
	{ledger.ErrConflict, exitRefused, ""},
	{record.ErrMalformed, exitRefused, ""},
	{record.ErrBadSignature, exitNotPermitted, ""},
	{format.ErrUnreadable, exitFailed, "without --stix, --misp or --csv any file is taken as it is"},
	{tlog.ErrPending, exitUnreachable, "entries are safe; they are published once the witnesses answer"},
	{stamp.ErrUnreachable, exitUnreachable, "the checkpoint stands without it; ask again later"},
	{tlog.ErrUnreachable, exitUnreachable, ""},
	{tlog.ErrMissing, exitNotFound, "the URL is that of an institution's public pages, or of a mirror"},
	{tlog.ErrForked, exitFailed, "do not write: the log says something else than it has signed; see docs/threat-model.md"},
	{tlog.ErrDamaged, exitFailed, "do not write: stored bytes changed; restore them from a mirror or a backup"},
	{blob.ErrDamaged, exitFailed, "do not write: stored bytes changed; restore them from a mirror or a backup"},
	{store.ErrNotFound, exitNotFound, ""},
	{errNotFound, exitNotFound, ""},
	{errBallot, exitNotFound, "a ballot is opened where it was sealed, with --as and the same --home"},
	{fs.ErrNotExist, exitNotFound, ""},
}

// report says what went wrong and returns the exit code.
func report(w io.Writer, err error) int {
	if err == nil {
		return exitOK
	}
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(w, "solferino: interrupted")
		return exitFailed
	}
	fmt.Fprintf(w, "solferino: %v\n", err)
	for _, o := range outcomes {
		if !errors.Is(err, o.is) {
			continue
		}
		if o.hint != "" {
			fmt.Fprintf(w, "hint: %s\n", o.hint)
		}
		return o.code
	}
	return exitFailed
}
