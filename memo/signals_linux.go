package memo

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// defaultAction restores a signal's default action. [os/signal.Reset] leaves
// the Go runtime's handler in place, which for SIGQUIT prints every goroutine.
func defaultAction(sig syscall.Signal) {
	var action struct { // struct sigaction of rt_sigaction(2): all zero is SIG_DFL
		handler  uintptr
		flags    uint64
		restorer uintptr
		mask     uint64
	}
	_, _, _ = unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig),
		uintptr(unsafe.Pointer(&action)), 0, unsafe.Sizeof(action.mask), 0, 0)
}
