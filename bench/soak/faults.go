//go:build linux

package main

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// fault makes up something that should not happen to a store, a configuration
// or a process.
func (p *planner) fault() op {
	switch n := p.rng.IntN(100); {
	case n < 55:
		return damageOp(
			pick(p, "results/*", "results/*", "recall/*", "recall/*", "invalidations", "journal", "locks/*", "*"),
			pick(p, "flip", "flip", "truncate", "truncate", "extend", "empty", "remove", "directory", "fifo",
				"full", "dangling", "link", "swap", "overwrite"),
			p.rng.IntN(1<<20))
	case n < 65:
		p.mends = append(p.mends, configOp("none", "atomic"))
		return configOp(pick(p, "syntax", "key", "value", "directory"), pick(p, "atomic", "in-place"))
	case n < 75:
		return op{kind: kill, name: pick(p, "detached", "detached", "keeper")}
	case n < 87 && p.disk:
		p.mends = append(p.mends, placeOp("unfill"))
		return placeOp("fill")
	case n < 93:
		return placeOp("fresh")
	default:
		p.mends = append(p.mends, placeOp("fresh"))
		return placeOp("place", pick(p, "file", "dangling", "open", "closed", "results", "recall", "locks", "log", "journal"))
	}
}

// inNamespace is set in a soak whose mounts are its own.
const inNamespace = "SOAK_NAMESPACE"

// isolate starts soak again with mounts of its own, if it may mount: what it
// mounts then goes with it, however it ends. It returns whether it may.
func isolate() (mount bool) {
	if os.Getenv(inNamespace) != "" {
		return true
	}
	unshare, err := exec.LookPath("unshare")
	if err != nil || exec.Command(unshare, "-m", "mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", "/mnt").Run() != nil {
		return false
	}
	self, err := os.Executable()
	if err != nil {
		return false
	}
	argv := append([]string{"unshare", "-m", self}, os.Args[1:]...)
	return syscall.Exec(unshare, argv, append(os.Environ(), inNamespace+"=1")) == nil
}

// isBad reports whether a configuration is one that memo refuses.
func isBad(config string) bool {
	return strings.Contains(" syntax key value directory ", " "+config+" ")
}
