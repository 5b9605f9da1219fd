// Package process runs one child in the place of this process: its parent and
// its terminal see what they would have seen of the child itself.
//
// A child is launched under [Terms]. It stays in the process group of this
// process and keeps the controlling terminal, so that a password prompt and
// Ctrl-Z work. [Signals] stands between the two: it notes what this process
// receives and passes on what the child does not receive by itself. A signal
// may come before the child exists, while it is started, while it runs and
// after it has exited, and each of these moments has its own answer. If the
// child died of a signal that this process also received, the caller ends this
// process by [Die].
//
// A signal that was ignored when this process started stays ignored, here and
// in the child. The Go runtime overwrites those dispositions before any Go code
// runs, so a C constructor notes them; without cgo only SIGHUP and SIGINT are
// known.
//
// A time limit ends the child with all of its descendants. They are found in
// the list of processes and, on Linux, kept in the tree by making this process
// the parent of orphans. A process group of its own would find them too, but
// would take the terminal away from the child.
package process

import (
	"os"
	"syscall"
)

// An Ending is how a command ended: its exit code, or 128+n and the signal n
// that it died of.
type Ending struct {
	Code int
	Died syscall.Signal
	// Unknown is why it is not known how the command ended: this process may be
	// a library user's that ignores SIGCHLD, or waits for all of its children.
	Unknown error
}

// exitUnknown stands for an exit code that is not known: timeout(1) exits with
// it if it fails itself.
const exitUnknown = 125

// Descriptor returns a file's descriptor as it is. [os.File.Fd] would take a
// non-blocking one out of that mode for every process that shares it.
func Descriptor(f *os.File) int {
	fd := -1
	if conn, err := f.SyscallConn(); err == nil {
		_ = conn.Control(func(n uintptr) { fd = int(n) }) // a closed file: -1
	}
	return fd
}
