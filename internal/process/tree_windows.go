package process

import (
	"os"
	"syscall"
)

// A process is identified by its id.
type process struct{ pid int }

// noProcess is an id that no process has.
const noProcess = -1

// signal kills the process: there is no TERM on Windows.
func (p process) signal(syscall.Signal) {
	if proc, err := os.FindProcess(p.pid); err == nil {
		_ = proc.Kill() // it may have ended
	}
}

func adoptOrphans() bool { return false }

func disownOrphans() {}

func treesKnown() bool { return true }

// descendants returns root itself, and none of the processes that it started.
func descendants(root int, _ []process) []process {
	if root == noProcess || root == os.Getpid() {
		return nil
	}
	return []process{{root}}
}

func (p process) same(o process) bool { return p == o }

// hasEnded can't tell.
func hasEnded(int) bool { return false }
