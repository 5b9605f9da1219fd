//go:build unix

package testscripts

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// ptyMain talks to a command that is the foreground process of its own
// pseudo-terminal. Each line of the dialogue is
//
//	> TEXT     type TEXT and Enter
//	^C         type a control character (^C ^Z ^D ^\)
//	< REGEXP   wait until the output since the last < matches
//	! REGEXP   fail if any output so far matches
//	hangup     close the terminal
//	wait ...   wait for a condition of waitfor, such as: exists FILE
//	end N      wait for the end of the command with exit code or signal N
//
// Without "end" the command must exit with 0 after the last line. The whole
// transcript goes to stdout.
func ptyMain() {
	if len(os.Args) < 3 {
		die("usage: pty DIALOGUE CMD...")
	}
	script, err := os.ReadFile(os.Args[1])
	if err != nil {
		die("pty: %v", err)
	}
	d, err := open(os.Args[2:])
	if err != nil {
		die("pty: %v", err)
	}
	lines := strings.Split(strings.TrimSpace(string(script)), "\n")
	if !strings.HasPrefix(lines[len(lines)-1], "end ") {
		lines = append(lines, "end 0")
	}
	for i, line := range lines {
		if err := d.line(line); err != nil {
			_ = d.cmd.Process.Kill()
			os.Stdout.WriteString(d.text())
			die("\npty: %s:%d: %q: %v", os.Args[1], i+1, line, err)
		}
	}
	os.Stdout.WriteString(d.text())
}

// A dialogue is a running command and its output to the terminal.
type dialogue struct {
	cmd  *exec.Cmd
	tty  *os.File
	done chan struct{} // closed when the command has been waited for
	read chan struct{} // closed when its output has been read to the end

	mu   sync.Mutex
	out  []byte
	seen int // matched so far
}

func open(args []string) (*dialogue, error) {
	cmd := exec.Command(args[0], args[1:]...)
	master, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 40, Cols: 200})
	if err != nil {
		return nil, err
	}
	tty, err := pollable(master)
	if err != nil {
		return nil, err
	}
	d := &dialogue{cmd: cmd, tty: tty, done: make(chan struct{}), read: make(chan struct{})}
	go d.collect()
	go func() {
		_ = cmd.Wait() // ProcessState has the result
		close(d.done)
	}()
	return d, nil
}

// pollable returns the same terminal as a file that can be closed during a
// read, which hangs up the terminal at once.
func pollable(master *os.File) (*os.File, error) {
	defer master.Close()
	fd, err := unix.FcntlInt(master.Fd(), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, err
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), master.Name()), nil
}

// collect collects output until the other side closes the terminal.
func (d *dialogue) collect() {
	defer close(d.read)
	buf := make([]byte, 4096)
	for {
		n, err := d.tty.Read(buf)
		d.mu.Lock()
		d.out = append(d.out, buf[:n]...)
		d.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (d *dialogue) text() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return string(d.out)
}

func (d *dialogue) line(line string) error {
	verb, rest, _ := strings.Cut(line, " ")
	switch {
	case strings.TrimSpace(line) == "" || verb == "#":
		return nil
	case verb == ">":
		_, err := d.tty.WriteString(rest + "\r")
		return err
	case len(verb) == 2 && verb[0] == '^':
		_, err := d.tty.Write([]byte{verb[1] & 0x1f})
		return err
	case verb == "<":
		return d.expect(rest)
	case verb == "!":
		if regexp.MustCompile("(?m)" + rest).MatchString(d.text()) {
			return fmt.Errorf("the output matches")
		}
		return nil
	case verb == "wait":
		if !poll(func() bool { return holds(strings.Fields(rest)) }) {
			return fmt.Errorf("the condition did not come true")
		}
		return nil
	case verb == "hangup":
		return d.tty.Close()
	case verb == "end":
		return d.end(rest)
	}
	return fmt.Errorf("unknown line")
}

func (d *dialogue) expect(pattern string) error {
	re, err := regexp.Compile("(?m)" + pattern)
	if err != nil {
		return err
	}
	if poll(func() bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		at := re.FindIndex(d.out[d.seen:])
		if at != nil {
			d.seen += at[1]
		}
		return at != nil
	}) {
		return nil
	}
	return fmt.Errorf("no match within %v", waitBound)
}

func (d *dialogue) end(want string) error {
	select {
	case <-d.done:
	case <-time.After(waitBound):
		return fmt.Errorf("did not end in %v", waitBound)
	}
	select { // something in the background may keep the terminal open
	case <-d.read:
	case <-time.After(time.Second):
	}
	if got := ended(d.cmd.ProcessState); got != want {
		if _, err := strconv.Atoi(got); err != nil {
			got = "signal " + got
		}
		return fmt.Errorf("ended with %s", got)
	}
	return nil
}
