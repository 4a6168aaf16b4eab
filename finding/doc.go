// Package finding holds what the institution says in the end: whether clauses
// were met or broken, element by element, and the document of a finding with
// its words of likelihood, its confidence apart from them, its dissent and what
// would change it.
//
// A [Document] is composed from the records of a case and from nothing else,
// the same bytes for everybody, so that a reader can compose it again.
package finding
