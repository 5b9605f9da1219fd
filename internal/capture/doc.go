// Package capture reads what a command prints and passes it to many places: to
// the caller's streams as it is read, to the spool of a result, and to a copy
// that a lifetime is looked for in.
//
// Both pipes are read in one poll loop. The bytes of each stream are exact; the
// order across the streams is the order in which they were read, for two pipes
// cannot tell more. A [Sink] that fails swallows the rest, so that the capture
// can go on: if a reader leaves, the command has 2 s to end by itself, then the
// pipes are closed and it receives a SIGPIPE of its own. If another process
// keeps a pipe open after the command exited, the pipe is handed to a drainer.
//
// [Held] output is not shown until the caller has decided which outcome counts: a
// failed attempt may be repeated, or replaced by an older result.
package capture
