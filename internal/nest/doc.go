// Package nest passes the dependencies of nested memo calls to the memoized
// command that they are part of, the outer run.
//
// The environment of the outer run holds [ContextVar], which names a private
// file, a [Nest]. The file is the lock file of the run or, if the run has none, a
// separate file that is locked in the same way. The lock shows that the run is
// alive, so that a path that outlives its run, in a tmux server for instance, is
// known to be dead. An id distinguishes runs that use the same lock file one
// after the other.
//
// The file holds a header and records from [store.AnnexAt] on. Each has its
// length and checksum before it and is appended by one write. A nested call opens
// the file as an [Enclosure]. It writes a begin record before anything else, and
// an end record with its [Contribution]. The outer run is not stored if a begin
// has no end, if a record can't be read, or if the file was marked as incomplete
// or removed, because then its dependencies are not fully known. A pipe can't
// replace the file: a killed process leaves no trace in it.
//
// Calls below env -i and ssh are not seen.
package nest

// ContextVar is the environment variable by which a memo call finds the
// memoized command that it is part of.
const ContextVar = "MEMO_CONTEXT"
