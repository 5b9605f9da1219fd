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
	// scriptTime is how long a shell command may take that memo asks something.
	// Time in which the machine has not enough CPUs doesn't count, so that a busy
	// one gives the same answer, only later.
	scriptTime = 10 * time.Second
	// scriptMost is the same with that time.
	scriptMost = time.Minute
)

// A slowError says that a script took too long.
type slowError struct{}

func (slowError) Error() string { return fmt.Sprintf("took over %v", scriptTime) }

// A script is a shell command that memo asks something: a version, a lifetime.
type script struct {
	text    string
	dir     string
	environ []string
	stdin   io.Reader // nil: the null device
	most    int       // bytes of output
}

// ask runs the script and returns what it prints until it exits. If its time
// is over, nothing of its process tree is left, and the error is a slowError.
func (s *script) ask() ([]byte, error) {
	cmd := exec.Command("/bin/sh", "-c", s.text)
	cmd.Dir, cmd.Env = s.dir, s.environ
	// Of package exec's own pipes none may be left over: it gives up on them
	// by the clock, whatever it has read.
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
			_, _ = io.Copy(ours[0], s.stdin) // it need not read all
			ours[0].Close()
		}()
	}
	out := &capture.Limited{Most: s.most}
	read, exited := make(chan struct{}), make(chan error, 1)
	go func() {
		_, _ = io.Copy(out, ours[1])
		close(read)
		if out.Over() {
			ours[1].Close() // it gets a SIGPIPE
		}
	}()
	go func() { exited <- cmd.Wait() }()
	err = inScriptTime(exited, func() {
		process.KillTree(cmd.Process.Pid)
		_ = cmd.Process.Kill()
	})
	// Something in the background may keep the pipe.
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

// inScriptTime waits for what comes from exited. When the time is over it calls
// kill first, and returns a slowError.
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
