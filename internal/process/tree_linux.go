package process

import (
	"bytes"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// adoptOrphans makes this process the parent of descendants whose parent exits,
// so that a double fork doesn't remove them from the tree. It reports whether
// it could.
func adoptOrphans() bool {
	return unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == nil
}

// disownOrphans undoes [adoptOrphans] for later orphans.
func disownOrphans() { _ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0) }

// processes returns every process that /proc shows; see proc_pid_stat(5).
func processes() []process {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	var all []process
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		stat, err := os.ReadFile("/proc/" + name + "/stat")
		if err != nil {
			continue // the process has ended
		}
		p := process{pid: pid}
		// The command name is in parentheses and may contain any character.
		fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
		if len(fields) < 20 {
			continue
		}
		p.zombie = fields[0][0] == 'Z' || fields[0][0] == 'X'
		p.parent, _ = strconv.Atoi(string(fields[1])) // the kernel writes numbers
		p.started, _ = strconv.ParseUint(string(fields[19]), 10, 64)
		all = append(all, p)
	}
	return all
}
