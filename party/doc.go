// Package party holds who takes part: the institution itself, and the people
// who act for it, with their keys, roles, mandates and the interests that
// recuse them.
//
// A person is known by an opaque id and by what makes them diverse or partial:
// the state they belong to, its region, their sector and employer. Whether a
// key was valid is decided by its place in the log, never by a clock.
package party
