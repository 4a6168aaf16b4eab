// Package verify checks a finding bundle offline: with no network, no clock, no
// configuration and no trust in whoever made it but in the keys that it names.
//
// A bundle is a plain tar file of which every byte is accounted for. It holds
// the openings of all records that the finding rests on, their proofs of
// inclusion under one witnessed checkpoint, and the attachments. [Check] walks
// the chain link by link, folds the case again under the same rules that the
// ledger applied, computes the numbers again and composes the finding again.
package verify
