//go:build linux

package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// kill ends processes as no process can prepare for.
func (w *world) kill(o *op) error {
	w.mu.Lock()
	w.model.kills++
	w.mu.Unlock()
	switch o.name {
	case "caller":
		w.mu.Lock()
		defer w.mu.Unlock()
		if cmd := w.callers[0]; cmd != nil && cmd.Process != nil {
			_ = cmd.Process.Kill() // it may have ended
		}
	case "keeper":
		w.killKeepers()
	default:
		for _, pid := range processesOf(w.dir, w.memo) {
			if sid, err := session(pid); err == nil && sid != ownSession() {
				_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended
			}
		}
	}
	return nil
}

func (w *world) killKeepers() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, cmd := range w.keepers {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()         // it was killed
	}
	w.keepers = nil
}

// settle waits until nothing that calls left behind is at work any more. With
// keepers there is always something.
func (w *world) settle(step int) *violation {
	if len(w.keepers) > 0 {
		return nil
	}
	for began := time.Now(); len(processesOf(w.dir, "")) > 0; time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > patience {
			c := &called{id: "0", step: step}
			return c.violation("it does not end", "a process in the background is there after %v", patience)
		}
	}
	w.mu.Lock()
	w.model.settled = append(w.model.settled, moment{time.Now(), w.recorded()})
	w.mu.Unlock()
	return nil
}

// processesOf returns the processes that calls in a world have started. If
// program is not empty, only those that run it. A process that starts another
// one while it is looked for does not hide it: it looks until it sees none
// that it has not seen before.
func processesOf(dir, program string) (pids []int) {
	seen := map[string]bool{}
	for more := true; more; {
		more = false
		found, _ := filepath.Glob("/proc/[0-9]*") // the pattern is right
		for _, proc := range found {
			if seen[proc] {
				continue
			}
			seen[proc], more = true, true
			if !strings.Contains("\x00"+environOf(proc), "\x00SOAK_WORLD="+dir+"\x00") {
				continue
			}
			if exe, _ := os.Readlink(proc + "/exe"); program != "" && exe != program {
				continue
			}
			if pid, err := strconv.Atoi(filepath.Base(proc)); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

// environOf returns the environment of a process. In the middle of execve(2) a
// process has none; as it may be one of the world, that is waited for.
func environOf(proc string) string {
	for range 100 {
		text, err := os.ReadFile(proc + "/environ")
		if len(text) > 0 || err != nil {
			return string(text)
		}
		if cmdline, err := os.ReadFile(proc + "/stat"); err != nil || !hasMemory(string(cmdline)) {
			return ""
		}
		time.Sleep(time.Millisecond)
	}
	return ""
}

// hasMemory tells a process from one that has ended or is the kernel's, by its
// vsize, the field 23 of proc_pid_stat(5).
func hasMemory(stat string) bool {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	return len(fields) > 20 && fields[20] != "0"
}

// session returns the session of a process, the field 6 of proc_pid_stat(5).
func session(pid int) (string, error) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return "", err
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 4 {
		return "", os.ErrInvalid
	}
	return fields[3], nil
}

func ownSession() string {
	sid, _ := session(os.Getpid()) // one's own stat can be read
	return sid
}
