// Package ledger is the one door. [Ledger.Submit] admits a signed record or
// refuses it with a reason; what it admits has its index in the public log, its
// place in the chain of its subject and its rows, all in one transaction. State
// is the fold of records; the rows can be dropped and built again.
package ledger
