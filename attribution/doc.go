// Package attribution ranks who may be behind an incident, from graded
// observations and from what public sources have reported about actors, and
// says how far its own answer may be trusted.
//
// [Rank] is the whole of it: a [Knowledge] and a [Question] go in, a [Result]
// comes out, and the same input gives the same bytes on every machine. It
// reads no file, no clock and no chance that it was not handed. What it gives
// is agreement with public reporting, not truth: a name is refused unless the
// evidence passes the gates, and a refusal is a success that is shown as one.
//
// How the numbers come about, so that they can be recomputed on paper:
//
//   - Every observation e speaks about an actor g by a bounded ratio,
//     (1−ρ) + ρ·p(e|g)/p₀(e), where ρ says how far the observation is relied
//     on. See [Item] for ρ, profile.go and weigh.go for p(e|g).
//   - Techniques are one family, whose logarithms are added and divided by √n
//     because they depend on one another; software, the breadth of an actor's
//     documentation and an analyst's own judgements are terms of their own.
//   - A softmax over all actors and over "none of the listed" gives P.
//   - Intervals come from resampling the reports that make up each profile;
//     leaving out each item, origin and family, and counting how few planted
//     observations would have sufficed, gives the sensitivity.
//
// Confidence stands beside P and is never derived from it.
//
// Source of the method, its constants and its measurements: the project's
// docs/method.md.
package attribution
