//go:build unix

package testscripts

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/docker/go-units"
	"golang.org/x/sys/unix"
)

// waitBound bounds each wait of waitfor and of dialogues.
const waitBound = 20 * time.Second

func die(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	os.Exit(99)
}

func waitforMain() {
	args := os.Args[1:]
	if len(args) < 2 {
		die("usage: waitfor exists|gone|lines|grep|run ...")
	}
	if !poll(func() bool { return holds(args) }) {
		die("waitfor: waited %v in vain for %q", waitBound, args)
	}
}

// poll reports whether a condition came true within waitBound.
func poll(condition func() bool) bool {
	for end := time.Now().Add(waitBound); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if condition() {
			return true
		}
	}
	return condition()
}

func holds(args []string) bool {
	switch args[0] {
	case "exists":
		_, err := os.Lstat(args[1])
		return err == nil
	case "gone":
		_, err := os.Lstat(args[1])
		return errors.Is(err, os.ErrNotExist)
	case "lines":
		text, _ := os.ReadFile(args[1])
		return strconv.Itoa(bytes.Count(text, []byte("\n"))) == args[2]
	case "grep":
		text, _ := os.ReadFile(args[2])
		return regexp.MustCompile("(?m)" + args[1]).Match(text)
	case "run":
		return exec.Command(args[1], args[2:]...).Run() == nil
	}
	die("waitfor: unknown condition %q", args[0])
	return false
}

// describe returns the exit code or the signal of a process: it distinguishes
// an exit with 143 from a death by SIGTERM.
func describe(state *os.ProcessState) string {
	if end := ended(state); end[0] > '9' {
		return "signal " + end
	} else {
		return "exit " + end
	}
}

// inherit returns a command with the standard streams of this process. This
// process ignores interrupts, which a terminal sends to the whole group.
func inherit(args []string) *exec.Cmd {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	for _, sig := range []os.Signal{syscall.SIGINT, syscall.SIGQUIT} {
		if !signal.Ignored(sig) {
			signal.Notify(make(chan os.Signal, 1), sig)
		}
	}
	return cmd
}

func diedMain() {
	if len(os.Args) < 2 {
		die("usage: died CMD...")
	}
	cmd := inherit(os.Args[1:])
	_ = cmd.Run() // how it ended is in ProcessState
	if cmd.ProcessState == nil {
		die("died: %s could not be started", os.Args[1])
	}
	fmt.Println(describe(cmd.ProcessState))
}

func signalMain() {
	args, group := os.Args[1:], false
	if len(args) > 0 && args[0] == "-g" {
		args, group = args[1:], true
	}
	if len(args) < 3 {
		die("usage: signal [-g] NAME FILE CMD...")
	}
	sig := unix.SignalNum("SIG" + args[0])
	cmd := inherit(args[2:])
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		die("signal: %v", err)
	}
	target := cmd.Process.Pid
	if group {
		target = -target
	}
	if !poll(func() bool { return holds([]string{"exists", args[1]}) }) {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		die("signal: %s never appeared", args[1])
	}
	if err := syscall.Kill(target, sig); err != nil {
		die("signal: kill: %v", err)
	}
	_ = cmd.Wait() // how it ended is in ProcessState
	fmt.Println(describe(cmd.ProcessState))
}

func repeatMain() {
	if len(os.Args) < 3 {
		die("usage: repeat COUNT CMD...")
	}
	n, err := strconv.Atoi(os.Args[1])
	if err != nil || n < 1 {
		die("repeat: bad count %q", os.Args[1])
	}
	stdouts, stderrs, codes := make([]bytes.Buffer, n), make([]bytes.Buffer, n), make([]int, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			cmd := exec.Command(os.Args[2], os.Args[3:]...)
			cmd.Stdout, cmd.Stderr = &stdouts[i], &stderrs[i]
			_ = cmd.Run() // the code says it
			codes[i] = cmd.ProcessState.ExitCode()
		})
	}
	wg.Wait()
	os.Stdout.Write(stdouts[0].Bytes())
	os.Stderr.Write(stderrs[0].Bytes())
	for i := range n {
		if codes[i] != codes[0] || stdouts[i].String() != stdouts[0].String() || stderrs[i].String() != stderrs[0].String() {
			die("repeat: process %d: exit %d, %q, %q; process 0: exit %d, %q, %q", i,
				codes[i], stdouts[i].String(), stderrs[i].String(), codes[0], stdouts[0].String(), stderrs[0].String())
		}
	}
	os.Exit(codes[0])
}

func peakMain() {
	if len(os.Args) < 3 {
		die("usage: peak SIZE CMD...")
	}
	limit, err := units.RAMInBytes(os.Args[1])
	if err != nil {
		die("peak: %v", err)
	}
	cmd := inherit(os.Args[2:])
	_ = cmd.Run() // the code says it
	used := int64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
	if runtime.GOOS != "darwin" {
		used *= 1024 // getrusage(2) counts in KiB, macOS in bytes
	}
	if used > limit {
		die("peak: %s needed %s of memory, more than %s", os.Args[2], units.BytesSize(float64(used)), os.Args[1])
	}
	os.Exit(cmd.ProcessState.ExitCode())
}
