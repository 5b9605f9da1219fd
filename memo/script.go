package memo

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"github.com/seed-f39940ff/memo/internal/capture"
	"github.com/seed-f39940ff/memo/internal/process"
)

const (
	// scriptTime limits the run of a script. Time in which the machine is short
	// of CPUs doesn't count, so that a busy machine gives the same answer, only
	// later.
	scriptTime = 10 * time.Second
	// scriptMost limits the run of a script, all time counted.
	scriptMost = time.Minute
)

// A slowError reports that a script took too long.
type slowError struct{}

func (slowError) Error() string { return fmt.Sprintf("took over %v", scriptTime) }

// A script is a shell command whose output memo uses: a version or a lifetime.
type script struct {
	text    string
	dir     string
	environ []string
	stdin   io.Reader // nil: the null device
	most    int       // limit on its output, in bytes
}

// output runs the script and returns its stdout. At the time limit it kills the
// script's process tree and returns a slowError.
func (s *script) output() ([]byte, error) {
	cmd := exec.Command("/bin/sh", "-c", s.text)
	cmd.Dir, cmd.Env = s.dir, s.environ
	// Package exec must not make pipes of its own: it gives up on them by the
	// clock, no matter how much it has read.
	var ours, its [2]*os.File
	var err error
	if s.stdin != nil {
		if its[0], ours[0], err = os.Pipe(); err != nil {
			return nil, err
		}
		cmd.Stdin = its[0]
	}
	if ours[1], its[1], err = os.Pipe(); err == nil {
		cmd.Stdout = its[1]
		err = cmd.Start()
	}
	closeAll(its)
	defer closeAll(ours)
	if err != nil {
		return nil, err
	}
	if s.stdin != nil {
		go func() {
			_, _ = io.Copy(ours[0], s.stdin) // the script need not read it all
			ours[0].Close()
		}()
	}
	out := &capture.Limited{Most: s.most}
	read, exited := make(chan struct{}), make(chan error, 1)
	go func() {
		_, _ = io.Copy(out, ours[1])
		close(read)
		if out.Over() {
			ours[1].Close() // the script gets a SIGPIPE
		}
	}()
	go func() { exited <- cmd.Wait() }()
	err = inScriptTime(exited, func() {
		process.KillTree(cmd.Process.Pid)
		_ = cmd.Process.Kill()
	})
	// A background process may keep the pipe open.
	if !process.Within(capture.StayGrace, read) && ours[1].SetReadDeadline(time.Now()) == nil {
		<-read
	}
	switch {
	case out.Over():
		return nil, fmt.Errorf("printed over %d bytes", s.most)
	case err != nil:
		return nil, err
	}
	return out.Bytes(), nil
}

// inScriptTime returns the error that it receives from exited. At the time
// limit it calls kill, waits for the exit, and returns a slowError.
func inScriptTime(exited <-chan error, kill func()) error {
	var watch process.Stopwatch
	watch.Start(time.Now())
	var starved time.Duration
	for slices := 0; ; slices++ {
		select {
		case err := <-exited:
			return err
		case <-time.After(process.Slice):
		}
		if slices == 0 {
			starved = process.Starved()
		}
		took := watch.Look(time.Now())
		if took >= scriptMost || took >= scriptTime && took-(process.Starved()-starved) >= scriptTime {
			kill()
			<-exited
			return slowError{}
		}
	}
}

func closeAll(files [2]*os.File) {
	for _, f := range files {
		if f != nil {
			f.Close()
		}
	}
}
