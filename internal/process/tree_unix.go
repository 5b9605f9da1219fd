//go:build unix

package process

import (
	"os"
	"slices"
	"syscall"
)

// A process is identified by its id and start time: ids are used again.
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

// treesKnown reports whether processes can be listed, which takes a mounted
// /proc on Linux.
func treesKnown() bool { return len(processes()) > 0 }

// descendants returns the processes below root, and root itself if it is not
// this process, together with those of known that are still alive and their
// descendants.
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

// same reports whether p is the process k, and not ended.
func (k process) same(p process) bool {
	return k.pid == p.pid && k.started == p.started && !p.zombie
}
