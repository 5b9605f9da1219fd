// Package nest is how memoized commands tell the one around them what their
// results depend on.
//
// A command finds [ContextVar] in its environment. It names the private file of
// the run, a [Nest]: the lock file of the run or, if it has none, a file of its
// own that is locked likewise. So a path that leaked to somewhere else, a tmux
// server for instance, is known to be dead, and an id tells the runs apart that
// have the same lock file one after the other.
//
// From [store.AnnexAt] on there are a header and records, each with its length
// and checksum before it, appended by one write. A call below has an
// [Enclosure], the view from inside. It writes a begin before anything else and
// an end with its [Contribution]. A begin without an end, a record that can't be
// read, or a file that was spoilt or removed means that something is not known,
// and the run is not stored. A pipe was rejected: a process that is killed leaves
// no trace in it.
//
// env -i and ssh cut the chain.
package nest

// ContextVar is the environment variable by which a memo call finds the
// memoized command that it is part of.
const ContextVar = "MEMO_CONTEXT"
