// Package process runs one child in the place of this process, so that the
// parent and the terminal see the same as if the child ran alone.
//
// A child is launched under [Terms]. It stays in the process group of this
// process and keeps the controlling terminal, so that a password prompt and
// Ctrl-Z work. [Signals] records the signals that this process receives, and
// forwards those that the child does not receive itself. It handles a signal
// differently before the child exists, while the child starts, while it runs,
// and after it has exited. If the child died of a signal that this process also
// received, the caller ends this process by [Die].
//
// A signal that was ignored when this process started stays ignored, here and
// in the child. The Go runtime overwrites those dispositions before any Go code
// runs, so a C constructor records them. Without cgo they are known only for
// SIGHUP and SIGINT.
//
// A time limit ends the child with all of its descendants. They are found in
// the list of processes. On Linux this process also becomes the parent of
// orphans, so that they stay in the tree. A separate process group would find
// them too, but the child would lose the terminal.
package process

import (
	"os"
	"syscall"
)

// An Ending says how a command ended: with an exit code, or with the code 128+n
// if it died of signal n.
type Ending struct {
	Code int
	Died syscall.Signal
	// Unknown is why the exit status could not be read, or nil. A program that
	// uses the library may ignore SIGCHLD, or wait for all of its children.
	Unknown error
}

// exitUnknown stands for an unknown exit code. timeout(1) exits with it if
// timeout itself fails.
const exitUnknown = 125

// Descriptor returns a file's descriptor without changing its mode.
// [os.File.Fd] would make it blocking for every process that shares it.
func Descriptor(f *os.File) int {
	fd := -1
	if conn, err := f.SyscallConn(); err == nil {
		_ = conn.Control(func(n uintptr) { fd = int(n) }) // a closed file: -1
	}
	return fd
}
