package process

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A sigaction is the struct of rt_sigaction(2): all zero is SIG_DFL.
type sigaction struct {
	handler  uintptr
	flags    uint64
	restorer uintptr
	mask     uint64
}

// exchange sets the action for a signal and returns the old one. A nil action
// changes nothing.
func (a *sigaction) exchange(sig syscall.Signal, old *sigaction) {
	_, _, _ = unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig),
		uintptr(unsafe.Pointer(a)), uintptr(unsafe.Pointer(old)), unsafe.Sizeof(a.mask), 0, 0)
}

// defaultAction restores a signal's default action. [os/signal.Reset] leaves
// the Go runtime's handler in place, which for SIGQUIT prints every goroutine.
func defaultAction(sig syscall.Signal) { new(sigaction).exchange(sig, nil) }

// runtimeAction restores the Go runtime's handler. The runtime has one handler
// for all signals, and SIGURG always has it.
func runtimeAction(sig syscall.Signal) {
	var action sigaction
	(*sigaction)(nil).exchange(syscall.SIGURG, &action)
	action.exchange(sig, nil)
}

// unseen reports whether a process can't have received a signal before, or is
// dying of it: the process neither catches, blocks nor ignores the signal,
// which would therefore have killed it. See proc_pid_status(5).
func unseen(pid int, sig syscall.Signal, _ time.Duration) bool {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return false
	}
	for _, field := range []string{"\nSigBlk:\t", "\nSigIgn:\t", "\nSigCgt:\t"} {
		_, rest, _ := bytes.Cut(status, []byte(field))
		mask, _, _ := bytes.Cut(rest, []byte("\n"))
		if set, err := strconv.ParseUint(string(mask), 16, 64); err != nil || set>>(sig-1)&1 == 1 {
			return false
		}
	}
	return true
}
