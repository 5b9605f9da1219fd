//go:build unix

package process

import (
	"os"
	"slices"
	"syscall"
)

// A process is identified by its id and start time, because ids are reused.
type process struct {
	pid, parent int
	started     uint64
	zombie      bool
}

// noProcess is an id that neither a process nor its parent has.
const noProcess = -1

func (p process) signal(sig syscall.Signal) {
	_ = syscall.Kill(p.pid, sig) // it may have ended
}

// treesKnown reports whether processes can be listed. On Linux this requires
// /proc.
func treesKnown() bool { return len(processes()) > 0 }

// descendants returns the live descendants of root and of the known processes
// that are still alive, together with these processes themselves. It leaves out
// this process.
func descendants(root int, known []process) []process {
	all := processes()
	within := map[int]bool{root: true}
	for _, k := range known {
		if slices.ContainsFunc(all, k.same) {
			within[k.pid] = true
		}
	}
	for grown := true; grown; {
		grown = false
		for _, p := range all {
			if !within[p.pid] && within[p.parent] {
				within[p.pid] = true
				grown = true
			}
		}
	}
	return slices.DeleteFunc(all, func(p process) bool {
		return !within[p.pid] || p.zombie || p.pid == os.Getpid()
	})
}

// same reports whether p is the process k and is still alive.
func (k process) same(p process) bool {
	return k.pid == p.pid && k.started == p.started && !p.zombie
}
