//go:build unix

package capture

import (
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/seed-f39940ff/memo/internal/process"
)

// A pipe is the reading end of one stream of the command.
type pipe struct {
	fd     int               // -1 when closed
	broken process.Stopwatch // counts from the failure of its sink
}

func (p *pipe) close() {
	if p.fd >= 0 {
		unix.Close(p.fd)
		p.fd = -1
	}
}

// Run starts the command and captures its output until it has exited and both
// pipes have ended. The error says why the command could not be started.
func (c *Capture) Run(stdin *os.File) (Captured, error) {
	var got Captured
	pipes, ends, err := openPipes()
	if err != nil {
		return got, err
	}
	defer pipes[0].close()
	defer pipes[1].close()
	got.Started = c.Now()
	begun := time.Now()
	command, err := c.Terms.Launch(func() (*process.Child, error) {
		return c.Start([]*os.File{stdin, ends[0], ends[1]})
	})
	ends[0].Close()
	ends[1].Close()
	if err != nil {
		return got, err
	}
	l := &loop{Capture: c, command: command, pipes: &pipes, buf: make([]byte, firstRead)}
	l.wait()
	l.run()
	got.TimedOut = command.Stop()
	got.Ending = *l.state
	got.Stayed, got.Cut = l.stayed, l.cut
	got.Ended = got.Started.Add(time.Since(begun))
	return got, nil
}

// openPipes opens the pipes for stdout and stderr. The reading ends don't block;
// the writing ends are for the command, and the caller closes them.
func openPipes() (pipes [2]pipe, ends [2]*os.File, err error) {
	for i := range pipes {
		var fd [2]int
		if err = process.Pipe(&fd); err != nil {
			if i == 1 {
				pipes[0].close()
				ends[0].Close()
			}
			return pipes, ends, os.NewSyscallError("pipe", err)
		}
		_ = unix.SetNonblock(fd[0], true)
		pipes[i] = pipe{fd: fd[0]}
		ends[i] = os.NewFile(uintptr(fd[1]), "pipe")
	}
	return pipes, ends, nil
}

// A loop reads both pipes of a running command in turn.
type loop struct {
	*Capture
	command *process.Running
	pipes   *[2]pipe
	buf     []byte

	exit   chan process.Ending // nil if wake[0] is a descriptor of the process
	wake   [2]int              // wake[0] is readable or at its end once the command has exited
	state  *process.Ending     // nil while the command runs
	exited process.Stopwatch
	stayed bool
	cut    bool
}

// wait arranges for the loop to wake when the command exits: through a
// descriptor of the process or, where there is none, through a goroutine that
// waits.
func (l *loop) wait() {
	if fd := l.command.ExitDescriptor(); fd >= 0 {
		l.wake = [2]int{fd, -1}
		return
	}
	l.exit = make(chan process.Ending, 1)
	if process.Pipe(&l.wake) != nil {
		l.wake = [2]int{-1, -1}
	}
	go func() {
		l.exit <- l.command.Wait()
		if l.wake[1] >= 0 {
			unix.Close(l.wake[1])
		}
	}()
}

// run reads until the command has exited and both pipes are closed or handed
// over.
func (l *loop) run() {
	defer func() {
		if l.wake[0] >= 0 {
			unix.Close(l.wake[0])
		}
	}()
	for l.state == nil || l.pipes[0].fd >= 0 || l.pipes[1].fd >= 0 {
		l.poll(l.patience())
		l.cutBroken()
		if l.exited.Look(time.Now()) >= StayGrace {
			l.leaveOpen()
			return
		}
	}
}

// reap waits for the command to exit and returns how it ended.
func (l *loop) reap() process.Ending {
	if l.exit == nil {
		return l.command.Wait()
	}
	return <-l.exit
}

// ended records that the command has exited.
func (l *loop) ended(how process.Ending) {
	l.state = &how
	l.exited.Start(time.Now())
}

// patience returns how long to wait for output at most, in milliseconds, -1
// for ever.
func (l *loop) patience() int {
	wait := time.Duration(-1)
	atMost := func(d time.Duration) {
		if wait < 0 || d < wait {
			wait = d
		}
	}
	if l.state != nil {
		atMost(l.exited.Next(StayGrace))
	} else if l.wake[0] < 0 {
		atMost(10 * time.Millisecond)
	}
	for i := range l.pipes {
		if p := &l.pipes[i]; p.fd >= 0 && p.broken.Started() {
			atMost(p.broken.Next(leaveGrace))
		}
	}
	if wait < 0 {
		return -1
	}
	return int((wait + time.Millisecond - 1) / time.Millisecond)
}

// poll waits for output or for the command's exit, and handles both.
func (l *loop) poll(timeout int) {
	fds := [3]unix.PollFd{
		{Fd: int32(l.pipes[0].fd), Events: unix.POLLIN},
		{Fd: int32(l.pipes[1].fd), Events: unix.POLLIN},
		{Fd: -1, Events: unix.POLLIN},
	}
	if l.state == nil {
		fds[2].Fd = int32(l.wake[0])
	}
	if n, err := unix.Poll(fds[:], timeout); err != nil || n == 0 {
		fds = [3]unix.PollFd{}
	}
	for i := range l.pipes {
		if fds[i].Revents != 0 {
			l.read(i)
		}
	}
	if l.state == nil {
		select {
		case how := <-l.exit:
			l.ended(how)
		default:
			if fds[2].Revents != 0 {
				l.ended(l.reap())
			}
		}
	}
}

// read reads one piece of output. It reports whether there was one.
func (l *loop) read(i int) bool {
	p := &l.pipes[i]
	n, err := unix.Read(p.fd, l.buf)
	switch {
	case n > 0:
		l.emit(i, l.buf[:n])
		if n == len(l.buf) && n < ReadSize {
			l.buf = make([]byte, ReadSize)
		}
		if l.Out[i].err != nil {
			p.broken.Start(time.Now())
		}
		return true
	case err == unix.EAGAIN || err == unix.EINTR:
	default: // the end, or a pipe that can't be read
		p.close()
	}
	return false
}

// cutBroken closes the pipes whose sinks failed more than leaveGrace ago, so that
// the command receives a SIGPIPE.
func (l *loop) cutBroken() {
	for i := range l.pipes {
		p := &l.pipes[i]
		if p.fd >= 0 && p.broken.Look(time.Now()) >= leaveGrace {
			p.close()
			l.cut = true
		}
	}
}

// pipeCapacity bounds the output that a command can leave in a pipe when it
// exits. It is the largest capacity that Linux allows an ordinary user.
const pipeCapacity = 1 << 20

// leaveOpen handles pipes that another process still holds when StayGrace is
// over. It reads the output of the command itself and leaves the rest to a
// drainer.
func (l *loop) leaveOpen() {
	for i := range l.pipes {
		for total := 0; l.pipes[i].fd >= 0 && total <= pipeCapacity && l.read(i); total += ReadSize {
		}
	}
	if l.pipes[0].fd < 0 && l.pipes[1].fd < 0 {
		return
	}
	l.stayed = true
	if l.Drain == nil {
		return
	}
	var files [2]*os.File
	for i := range l.pipes {
		if fd := l.pipes[i].fd; fd >= 0 {
			_ = unix.SetNonblock(fd, false)
			files[i] = os.NewFile(uintptr(fd), "pipe")
			defer files[i].Close()
			l.pipes[i].fd = -1
		}
	}
	_ = l.Drain(files) // without a drainer the writer gets a SIGPIPE
}
