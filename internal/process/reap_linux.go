package process

import (
	"os"
	"os/signal"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// reapOrphans reaps the orphans that this process inherits if it is the first
// process of a PID namespace, so that they don't stay zombies. It stops when
// the caller calls stop or the command has exited. After that, other code of
// this process waits for its children again.
func reapOrphans(command int) (stop func()) {
	if os.Getpid() != 1 {
		return func() {}
	}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGCHLD)
	done := make(chan struct{})
	go func() {
		for reapNext(command) {
			select {
			case <-ended:
			case <-done:
				return
			}
		}
	}()
	return func() {
		signal.Stop(ended)
		close(done)
	}
}

// reapNext reaps every child that has exited, except the command. It reports
// whether the command is still running.
func reapNext(command int) bool {
	for {
		var info unix.Siginfo
		err := unix.Waitid(unix.P_ALL, 0, &info, unix.WEXITED|unix.WNOWAIT|unix.WNOHANG, nil)
		switch pid := childOf(&info); {
		case err == unix.EINTR:
		case err != nil || pid == command:
			return false
		case info.Signo == 0:
			return true // no child has exited
		default:
			_, _ = unix.Wait4(pid, nil, unix.WNOHANG, nil)
		}
	}
}

// childOf returns si_pid, which follows three ints and is aligned like a
// pointer.
func childOf(info *unix.Siginfo) int {
	const word = unsafe.Sizeof(uintptr(0))
	return int(*(*int32)(unsafe.Add(unsafe.Pointer(info), (12+word-1)/word*word)))
}
