// Package evidence holds the rules for exhibits: how they are received with
// their source and grades, how custody passes from hand to hand without a gap,
// and how what was derived from them stays apart from what was observed.
//
// The acts name exhibits by opaque ids. What an exhibit is (its name, hash,
// publisher, text) stands in its [Manifest], an attachment in the vault.
package evidence
