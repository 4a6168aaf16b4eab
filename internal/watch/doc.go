// Package watch looks at an institution from outside, with nothing but its
// policy: a [Copy] keeps what it publishes beside the log, and a [Monitor]
// compares what it shows to different people at different times, and raises an
// alarm when that cannot be one growing log.
//
// What is published beside the log are files under the same address: openings
// of entries, bundles, attachments, and the status list. An opening that is not
// there belongs to an entry that is sealed. Nothing is believed that the log
// does not bear out.
package watch

import "errors"

// ErrRefuted means that a published file is not what the log bears out.
var ErrRefuted = errors.New("the log does not bear it out")
