// Package recall makes a hit as cheap as starting /bin/true.
//
// Starting the Go runtime and its libraries takes longer than everything that
// a hit has to do. So Go writes down its decision: a [Record] says "this exact
// invocation, in this environment, with these files as they are, is a fresh
// hit with this output". The next time, a constructor in recall.c, which runs
// before the Go runtime starts, compares the record with the world. If
// everything holds it prints the output and ends the process; else it returns
// and Go decides as if it had never been. The C code knows nothing of flags,
// keys or lifetimes. It only sees that nothing changed since Go decided, so
// what memo means by a hit is written down once, in Go.
//
// That is right as long as a record names everything that the decision looked
// at. [fingerprint.World] is the one door through which decisions look at the
// machine, and its account becomes the record. Of the store itself a record
// names the log of invalidations, the directory that the result lies in and
// the result, each by its stat: whatever is invalidated, added beside the
// result, removed or damaged is seen.
//
// A [Call] watches one call of memo and writes the record of its decision, or
// finds that no record can tell of it. Which settings a recorded call may have is
// for package cmd to say, which knows them.
//
// Records lie in the directory recall of the store: a random key, and for each
// invocation one file, named by a keyed digest of its words and its working
// directory, with up to [maxRecords] records, the newest first; they differ in
// variables or in the state of files. Files are replaced by rename, so readers
// take no lock; of two writers at once one record is lost, which costs one
// slow hit. Records are authenticated with SipHash under the key, which guards
// against damage and against records from elsewhere. Whoever can read the key
// owns the cache anyhow.
//
// A server was rejected, because it must be started, secured, upgraded and
// trusted to be there; so was a small launcher in front of memo, because there
// would be two programs to install and to keep in step.
package recall
