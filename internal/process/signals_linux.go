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

// exchange sets the action for a signal (nil: leaves it) and gets the old one.
func (a *sigaction) exchange(sig syscall.Signal, old *sigaction) {
	_, _, _ = unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig),
		uintptr(unsafe.Pointer(a)), uintptr(unsafe.Pointer(old)), unsafe.Sizeof(a.mask), 0, 0)
}

// defaultAction restores a signal's default action. [os/signal.Reset] leaves
// the Go runtime's handler in place, which for SIGQUIT prints every goroutine.
func defaultAction(sig syscall.Signal) { new(sigaction).exchange(sig, nil) }

// runtimeAction puts the Go runtime's handler in place again, which is one for
// all signals: SIGURG always has it.
func runtimeAction(sig syscall.Signal) {
	var action sigaction
	(*sigaction)(nil).exchange(syscall.SIGURG, &action)
	action.exchange(sig, nil)
}

// unseen reports whether a process can't have had a signal that would have
// killed it, or dies of it right now: it neither catches, blocks nor ignores
// it. See proc_pid_status(5).
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
