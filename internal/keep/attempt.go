package keep

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/seed-f39940ff/memo/memo"
	"github.com/seed-f39940ff/memo/refresh"
)

// An Attempt is what became of one refresh, told by the process that tried.
type Attempt struct {
	// Fresh says that there was nothing to do, Busy that another process is at
	// it, Stored that the result was renewed.
	Fresh  bool `json:"fresh"`
	Busy   bool `json:"busy"`
	Stored bool `json:"stored"`
	// Moved says that there is no new result because a dependency changed
	// meanwhile.
	Moved bool  `json:"moved"`
	AgeMS int64 `json:"age_ms"`
	// Why is, in a clause, why there is no new result.
	Why string `json:"why"`
}

// failed reports whether the result was to be renewed and was not.
func (a *Attempt) failed() bool { return !a.Fresh && !a.Busy && !a.Stored }

// AttemptOf returns what the process that tried prints, as JSON, for the keeper
// that started it.
func AttemptOf(o *memo.Outcome, err error) Attempt {
	a := Attempt{
		Fresh:  o.State == memo.Hit,
		Busy:   o.State == memo.Bypass && o.Trouble == "" && err == nil,
		Stored: o.Stored,
		Moved:  o.NotStored.Code == memo.ReasonDependencyChanged,
		AgeMS:  o.Age.Milliseconds(),
	}
	switch {
	case err != nil:
		a.Why = err.Error()
	case o.Trouble != "":
		a.Why = o.Trouble
	default:
		a.Why = o.NotStored.Text
	}
	return a
}

// grace is how long a refresh that was stopped with its keeper may take to
// end its command, of which it kills what is left after 5 s. Service managers
// wait longer.
const grace = 10 * time.Second

// stderrKept is how much of the end of a command's stderr is looked at.
const stderrKept = 4 << 10

// try renews the result, or with force unset only sees to it that it is fresh,
// in a process of its own. A signal in ends stops it and is returned.
func (k *Keeper) try(force bool) (Attempt, os.Signal) {
	self, err := refresh.Executable()
	if err != nil {
		return Attempt{Why: "start a refresh: " + err.Error()}, nil
	}
	var stdout bytes.Buffer
	stderr := &tail{most: stderrKept}
	child := exec.Command(self, k.Args(force)...)
	child.Args[0] = "memo"
	child.Env = k.Environ
	child.Stdout, child.Stderr = &stdout, stderr
	child.WaitDelay = time.Second // a grandchild may keep stderr
	if err := child.Start(); err != nil {
		return Attempt{Why: "start a refresh: " + err.Error()}, nil
	}
	done := make(chan error, 1)
	go func() { done <- child.Wait() }()
	if sig := k.during(child.Process, done); sig != nil {
		return Attempt{}, sig // it may still be writing
	}
	var a Attempt
	if err := json.Unmarshal(stdout.Bytes(), &a); err != nil {
		a = Attempt{Why: fmt.Sprintf("the refresh ended with %v", child.ProcessState)}
	}
	if line := stderr.lastLine(); a.failed() && line != "" && !strings.Contains(a.Why, line) {
		a.Why += ": " + line
	}
	return a, nil
}

// during waits for the end of a refresh and shows that it goes on. When the
// keeper is stopped so is the refresh; the signal is returned.
func (k *Keeper) during(child *os.Process, done <-chan error) os.Signal {
	began := time.Now()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		k.Show(Status{Running: true, Took: time.Since(began)})
		select {
		case <-done:
			return nil
		case <-tick.C:
		case sig := <-k.ends:
			stop(child)
			select {
			case <-done:
			case <-k.ends: // once more: it is not waited for
			case <-time.After(grace):
				_ = child.Kill()
			}
			return sig
		}
	}
}

// stop asks a process to end.
func stop(p *os.Process) {
	if err := p.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		_ = p.Kill() // where there are no signals
	}
}

// A tail keeps the end of what is written to it.
type tail struct {
	buf  []byte
	most int
}

var _ io.Writer = (*tail)(nil)

func (t *tail) Write(p []byte) (int, error) {
	t.buf = append(t.buf, p...)
	if over := len(t.buf) - t.most; over > 0 {
		t.buf = append(t.buf[:0], t.buf[over:]...)
	}
	return len(p), nil
}

// lastLine returns the last line that is not empty, cut to what a log line
// can take.
func (t *tail) lastLine() string {
	lines := strings.Split(strings.TrimSpace(string(t.buf)), "\n")
	line := strings.TrimSpace(lines[len(lines)-1])
	if len(line) > 300 {
		line = line[:300]
	}
	return strings.ToValidUTF8(line, "?")
}
