// Package capture reads the output of a command and passes it on: to the
// caller's streams as it is read, to the spool of a result, and to a copy from
// which a lifetime can be read.
//
// One poll loop reads both pipes. The bytes of each stream are exact. The order
// between the streams is the order in which they were read, because two pipes
// carry no other order. A [Sink] that fails discards the rest of its output, so
// that the capture goes on. If a reader leaves, the command has 2 s to end by
// itself; then its pipe is closed and the command receives a SIGPIPE. If another
// process keeps a pipe open after the command has exited, a drainer takes over
// the pipe.
//
// [Held] output is not shown until the caller has decided which outcome counts: a
// failed attempt may be repeated, or replaced by an older result.
package capture
