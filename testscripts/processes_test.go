//go:build unix

package testscripts

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// cmdWaitidle waits until no process of the script is left: no detached
// refresh, drainer or evictor, no event handler and none of their children.
// Nothing can happen after that.
//
// Without /proc it waits a second. A later assertion may then run too early to
// notice a fault, but it does not fail wrongly.
func cmdWaitidle(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: waitidle")
	}
	if runtime.GOOS != "linux" {
		time.Sleep(time.Second)
		return
	}
	marker := "HOME=" + ts.Getenv("HOME")
	if !poll(func() bool { return !runningWith(marker) }) {
		for _, pid := range processesWith(marker) {
			cmdline, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline"))
			ts.Logf("process %d: %q", pid, strings.Split(strings.TrimSuffix(string(cmdline), "\x00"), "\x00"))
		}
		ts.Fatalf("waited %v in vain for the script's processes to end", waitBound)
	}
}

// runningWith reports whether a process has marker in its environment.
func runningWith(marker string) bool { return len(processesWith(marker)) > 0 }

// processesWith returns the processes that have marker in their environment,
// none without /proc. It scans /proc until it finds no new process, so that it
// does not miss the child of a process that ends during a scan.
func processesWith(marker string) (pids []int) {
	seen := map[string]bool{}
	for more := true; more; {
		more = false
		dirs, _ := filepath.Glob("/proc/[0-9]*")
		for _, dir := range dirs {
			if seen[dir] {
				continue
			}
			seen[dir], more = true, true
			pid, err := strconv.Atoi(filepath.Base(dir))
			if err == nil && strings.Contains("\x00"+environment(dir), "\x00"+marker+"\x00") {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

// environment returns the environment of the process with directory dir in
// /proc, nothing if the process has ended or belongs to another user. During an
// execve(2) a process has no environment, while its parent already continues:
// environment waits for the end of the call.
func environment(dir string) string {
	for {
		env, err := os.ReadFile(filepath.Join(dir, "environ"))
		if len(env) > 0 || err != nil {
			return string(env)
		}
		if !isBetweenPrograms(dir) {
			env, _ := os.ReadFile(filepath.Join(dir, "environ")) // it may have arrived
			return string(env)
		}
		time.Sleep(time.Millisecond)
	}
}

// isBetweenPrograms reports whether a process has memory (vsize, field 23 of
// proc_pid_stat(5)) but no place in it for the environment (env_end, 51).
func isBetweenPrograms(dir string) bool {
	stat, _ := os.ReadFile(filepath.Join(dir, "stat"))
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:])) // from field 3 on
	return len(fields) > 51-3 && fields[23-3] != "0" && fields[51-3] == "0"
}
