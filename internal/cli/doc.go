// Package cli is the command line, one file a command, and the only place that
// constructs: it opens the home directory and wires the ledger, the vault, the
// public log and the portal together. Standard output is data, standard error
// is talk.
package cli
