//go:build unix

package testscripts

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
)

// patience bounds every command that should be quick. It is long because the
// machine may be busy.
const patience = 60 * time.Second

// ended returns the exit code, or the name of the signal without SIG.
func ended(state *os.ProcessState) string {
	ws := state.Sys().(syscall.WaitStatus)
	if ws.Signaled() {
		return strings.TrimPrefix(unix.SignalName(ws.Signal()), "SIG")
	}
	return strconv.Itoa(ws.ExitStatus())
}

func cmdStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N|SIGNAL CMD...")
	}
	expect(ts, patience, args[0], args[1:])
}

func cmdWithin(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: within DUR N|SIGNAL CMD...")
	}
	limit, err := time.ParseDuration(args[0])
	ts.Check(err)
	expect(ts, limit, args[1], args[2:])
}

// expect runs a command and compares its exit code or signal with want. If the
// command, or a process that holds its output open, exceeds the limit, expect
// kills all processes of the script.
func expect(ts *testscript.TestScript, limit time.Duration, want string, args []string) {
	began := time.Now()
	watchdog := time.AfterFunc(limit, func() { killLeftovers("HOME=" + ts.Getenv("HOME")) })
	err := ts.Exec(args[0], args[1:]...)
	watchdog.Stop()
	if took := time.Since(began); took >= limit {
		ts.Fatalf("%s, or who holds its output, took %v, more than %v", args[0], took.Round(time.Millisecond), limit)
	}
	got := "0"
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		got = ended(exit.ProcessState)
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("%s ended with %s, want %s", args[0], got, want)
	}
}

func cmdLines(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: lines FILE N")
	}
	text := ""
	if _, err := os.Stat(ts.MkAbs(args[0])); err == nil || args[0] == "stdout" || args[0] == "stderr" {
		text = ts.ReadFile(args[0])
	}
	if got := strconv.Itoa(strings.Count(text, "\n")); got != args[1] {
		ts.Fatalf("%s has %s lines, want %s:\n%s", args[0], got, args[1], text)
	}
}

func cmdSize(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: size FILE N")
	}
	if got := strconv.Itoa(len(ts.ReadFile(args[0]))); got != args[1] {
		ts.Fatalf("%s has %s bytes, want %s", args[0], got, args[1])
	}
}

func cmdCmpbin(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: cmpbin FILE FILE")
	}
	a, b := ts.ReadFile(args[0]), ts.ReadFile(args[1])
	if neg == (a != b) {
		return
	}
	if neg {
		ts.Fatalf("%s and %s do not differ", args[0], args[1])
	}
	at := 0
	for at < min(len(a), len(b)) && a[at] == b[at] {
		at++
	}
	ts.Fatalf("%s (%d bytes) and %s (%d bytes) differ at byte %d", args[0], len(a), args[1], len(b), at)
}

// resultFiles returns the finished result files of the script's store.
func resultFiles(ts *testscript.TestScript) []string {
	files, err := filepath.Glob(filepath.Join(ts.Getenv("CACHE"), "v*", "results", "*", "*-*-*"))
	ts.Check(err)
	var results []string
	for _, file := range files {
		if !strings.ContainsAny(filepath.Base(file), ".~") {
			results = append(results, file)
		}
	}
	return results
}

func cmdResults(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: results N")
	}
	if got := resultFiles(ts); strconv.Itoa(len(got)) != args[0] {
		ts.Fatalf("the store holds %d results, want %s:\n%s", len(got), args[0], strings.Join(got, "\n"))
	}
}

func cmdSecret(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: secret TEXT")
	}
	files := 0
	err := filepath.WalkDir(ts.Getenv("CACHE"), func(path string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		files++
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if strings.Contains(string(text), args[0]) || strings.Contains(path, args[0]) {
			ts.Fatalf("%s contains %q", path, args[0])
		}
		return nil
	})
	ts.Check(err)
	if files == 0 {
		ts.Fatalf("the cache is empty, so nothing was searched")
	}
}
