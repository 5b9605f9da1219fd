package process

import (
	"os"
	"slices"
	"syscall"
	"time"
)

// killGrace is how long a command that timed out has between TERM and KILL.
const killGrace = 5 * time.Second

// Terms are those that a command runs under.
type Terms struct {
	// Signals stands between this process and the command; nil: no signals are
	// watched.
	Signals *Signals
	// Timeout is how long the command may take; zero: as long as it takes.
	Timeout time.Duration
	// Adopt says that this process starts nothing but the command, so that
	// orphaned descendants may become its own and be found when time is over.
	Adopt bool
}

// Launch starts a command under the terms. Signals go to it from its first
// moment.
func (t Terms) Launch(start func() (*Child, error)) (*Running, error) {
	adopted := t.adopts()
	child, err := t.Signals.launch(start)
	if err != nil {
		return nil, err
	}
	return &Running{child: child, signals: t.Signals, limit: t.limit(child.pid, adopted)}, nil
}

// A Running is a command that was launched. Both Wait and Stop are called once,
// Stop after Wait.
type Running struct {
	child   *Child
	signals *Signals
	limit   *limit
}

// Wait waits for the command to exit, and stops its clock.
func (r *Running) Wait() Ending {
	how := r.child.wait(r.signals)
	r.limit.commandExited()
	return how
}

// Stop takes the limit away and reports whether the command's time was over. If
// it was, nothing of the command's process tree is left.
func (r *Running) Stop() (timedOut bool) { return r.limit.stop() }

// A limit ends a command when its time is over, or when all of this process is
// to end.
type limit struct {
	exited, done chan struct{}
	over         chan bool
}

// adopts makes this process the parent of the command's orphans, which is about
// to be started, so that they are found when its time is over. It doesn't where
// there is something below this process already: a shell that became this
// process by exec may have left it, such as `tee` in `exec memo ... > >(tee
// log)`, or the attempt before, and the command's limit is not theirs nor that
// of their orphans.
func (t Terms) adopts() bool {
	ending := t.Signals.ending()
	if !t.Adopt || t.Timeout <= 0 && ending == nil {
		return false
	}
	if len(descendants(os.Getpid(), nil)) > 0 {
		if ending == nil {
			disownOrphans()
		}
		return false
	}
	return adoptOrphans()
}

// limit sets a limit to the command, which has just started; adopted is what
// [Terms.adopts] said.
func (t Terms) limit(pid int, adopted bool) *limit {
	ending := t.Signals.ending()
	if t.Timeout <= 0 && ending == nil {
		return nil
	}
	l := &limit{exited: make(chan struct{}), done: make(chan struct{}), over: make(chan bool, 1)}
	go func() {
		var late <-chan time.Time
		if t.Timeout > 0 {
			timer := time.NewTimer(t.Timeout)
			defer timer.Stop()
			late = timer.C
		}
		exited := l.exited
		for {
			select {
			case <-l.done:
				l.over <- false
			case <-exited: // in time; what it left behind is not held to it
				exited, late = nil, nil
				continue
			case <-ending:
				l.end(pid, t.Adopt)
				l.over <- false
			case <-late:
				if hasEnded(pid) {
					// The goroutine that reports it waits for a reader of the output.
					late = nil
					continue
				}
				l.end(pid, adopted)
				l.over <- true
			}
			return
		}
	}()
	return l
}

// commandExited stops the clock: the command has exited.
func (l *limit) commandExited() {
	if l != nil {
		close(l.exited)
	}
}

// stop takes the limit away and reports whether the command's time was over. If
// it was ended nothing of its process tree is left then.
func (l *limit) stop() bool {
	if l == nil {
		return false
	}
	close(l.done)
	return <-l.over
}

// end ends a command with its descendants, where they are adopted with
// everything below this process, or where processes can't be listed by itself.
func (l *limit) end(pid int, adopted bool) {
	switch {
	case !treesKnown():
		endAlone(pid, l.exited)
	case adopted:
		endTree(os.Getpid())
	default:
		endTree(pid)
	}
}

// endAlone sends TERM to a process, and KILL if it is not done some seconds
// later, where processes can't be listed.
func endAlone(pid int, exited <-chan struct{}) {
	p := process{pid: pid}
	p.signal(syscall.SIGTERM)
	if !Within(killGrace, exited) { // else its id may be another's
		p.signal(syscall.SIGKILL)
	}
}

// endTree sends TERM to a process and its descendants, when these are gone to
// what they have left, and KILL to all that is still there some seconds later.
// What they start meanwhile may be their way to clean up, and gets no TERM as
// long as one of them is there. If root is this process, only its descendants
// are meant.
func endTree(root int) {
	var told, there []process
	list := func() bool {
		there = descendants(root, there)
		if root != os.Getpid() {
			root = noProcess // soon its id may be another's; until then it is there
		}
		return len(there) > 0
	}
	send := func(sig syscall.Signal) {
		for _, p := range there {
			p.signal(sig)
		}
	}
	var w Stopwatch
	w.Start(time.Now())
	for pause := time.Millisecond; w.Look(time.Now()) < killGrace; pause = min(2*pause, Slice) {
		if !list() {
			return
		}
		if !slices.ContainsFunc(told, func(t process) bool { return slices.ContainsFunc(there, t.same) }) {
			send(syscall.SIGTERM)
			told = there
		}
		time.Sleep(pause) // processes that aren't our children can't be waited for
	}
	// Some may have been started between the list and the signal.
	for range 10 {
		if !list() {
			return
		}
		send(syscall.SIGKILL)
		time.Sleep(time.Millisecond)
	}
}

// KillTree kills a process and its descendants, of this process only those.
func KillTree(root int) {
	for _, p := range descendants(root, nil) {
		p.signal(syscall.SIGKILL)
	}
}
