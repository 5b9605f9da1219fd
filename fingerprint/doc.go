// Package fingerprint decides whether the inputs of a command have changed.
//
// An [Identity] identifies a command; its [Key] is the digest under which
// results are stored. A [Dependency] is an input that every lookup checks; a
// [Fingerprint] is the recorded state of one dependency. A [Taker] takes
// fingerprints and checks recorded ones. It compares stats first, and content
// only if a stat differs or can't be trusted (git's racy-clean rule).
//
// Decisions consult everything outside of memo's store through a [World]. It
// lists what was consulted, and that list becomes a recall record: recall would
// not check an input that bypasses the World.
package fingerprint
