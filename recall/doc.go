// Package recall makes a hit as cheap as starting /bin/true.
//
// Starting the Go runtime and its libraries takes longer than the rest of a hit.
// So Go writes down its decision: a [Record] says "this exact invocation, in
// this environment, with these files in this state, is a fresh hit with this
// output". On the next call, a constructor in recall.c, which runs before the Go
// runtime starts, compares the record with the current state. If everything
// matches, it prints the output and ends the process. Otherwise it returns, and
// Go decides as usual. The C code knows nothing about flags, keys or lifetimes.
// It only checks that nothing has changed since Go decided, so the rules of a
// hit are implemented once, in Go.
//
// This is correct only if a record names every input of the decision. Decisions
// look at the machine through [fingerprint.World] alone, which lists what they
// consulted, and that list becomes the record. A record also contains the stats
// of three files of the store: the invalidation log, the directory of the
// result, and the result. These stats change when a result is invalidated,
// added to the directory, removed or damaged.
//
// A [Call] follows one call of memo and writes the record of its decision, if
// the decision can be recorded. Package cmd, which knows the settings, decides
// which of them a recorded call may use.
//
// The directory recall of the store contains a random key, and one file for each
// invocation. The file is named by a keyed digest of the words and the working
// directory, and holds up to [maxRecords] records, newest first, which differ in
// variables or in the state of files. Writers replace files by rename, so
// readers take no lock. If two processes write at once, one record is lost,
// which costs one slow hit. Records are authenticated with SipHash under the
// key, as a guard against damage and foreign records. A user who can read the
// key owns the cache anyway.
//
// A server was rejected: it must be started, secured and upgraded, and may not
// be running. A small launcher in front of memo was rejected, too: there would
// be two programs to install and to keep in step.
package recall
