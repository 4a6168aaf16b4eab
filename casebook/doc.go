// Package casebook folds a case from its records, from the first exhibit to
// the signed finding, and says who may do what next. Its [Book] is the whole
// of the institution's rules in one place: given the chain of records of every
// subject, it says of one more record whether it is admitted. The ledger asks
// it before it writes; a verifier asks it again, offline, years later.
package casebook
