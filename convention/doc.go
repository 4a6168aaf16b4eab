// Package convention holds the instruments that speak to states and companies
// about cyber operations, clause by clause, and answers which clause bound
// which state on which day, at which force.
//
// The instruments are data in texts/, read by [Load] and looked up in a
// [Register]; every text is a paraphrase and says whether it was compared with
// its source ([Clause.Mark]). What a state did about an instrument is an act,
// [Adhered] or [Reserved]; the fold of those acts is a [State], and
// [State.InForce] reads it on a date. No breach is ever inferred here: the
// crosswalk between clauses is for readers, and each instrument is judged by
// its own words and its own force.
package convention
