// Package fingerprint decides whether the inputs of a command are still what
// they were.
//
// An [Identity] names a command; its [Key] is the digest under which results
// are kept. A [Dependency] is an input that is looked at again at every
// lookup; a [Fingerprint] is the recorded state of one dependency. A [Taker]
// takes fingerprints and checks recorded ones, stat first and content only
// where the stat differs or can't be trusted (git's racy-clean rule).
//
// Everything that a decision looks at outside memo's own store goes through a
// [World]. It keeps an account of what was consulted, from which a recall
// record is written: an input that goes around the World would be an input
// that recall does not check.
package fingerprint
