package process

import (
	"os"
	"slices"
	"syscall"
	"time"
)

// killGrace is the time between TERM and KILL for a command that timed out.
const killGrace = 5 * time.Second

// Terms are the conditions under which a command runs.
type Terms struct {
	// Signals forwards the signals of this process to the command; nil: no
	// signals are watched.
	Signals *Signals
	// Timeout limits the run of the command; zero: no limit.
	Timeout time.Duration
	// Adopt says that this process starts only the command. Its orphaned
	// descendants may then become children of this process, so that they are
	// found at the time limit.
	Adopt bool
}

// Launch starts a command under the terms. The command receives signals from
// its start.
func (t Terms) Launch(start func() (*Child, error)) (*Running, error) {
	adopted := t.adopts()
	child, err := t.Signals.launch(start)
	if err != nil {
		return nil, err
	}
	stopReaping := func() {}
	if t.Adopt {
		stopReaping = reapOrphans(child.pid)
	}
	return &Running{child: child, signals: t.Signals, limit: t.limit(child.pid, adopted), stopReaping: stopReaping}, nil
}

// A Running is a command that was launched. Both Wait and Stop are called once,
// Stop after Wait.
type Running struct {
	child   *Child
	signals *Signals
	limit   *limit
	// stopReaping ends the wait for orphans of the command.
	stopReaping func()
}

// Wait waits for the command to exit. The time limit no longer applies then.
func (r *Running) Wait() Ending {
	how := r.child.wait(r.signals)
	r.stopReaping()
	r.limit.commandExited()
	return how
}

// Stop removes the time limit and reports whether the command timed out. If it
// did, nothing is left of the command's process tree.
func (r *Running) Stop() (timedOut bool) { return r.limit.stop() }

// A limit ends a command at its time limit, or when a signal ends this process
// with all of its descendants.
type limit struct {
	exited, done chan struct{}
	over         chan bool
}

// adopts makes this process the parent of the orphans of the command that is
// about to start, so that they are found at the time limit. It reports whether
// it did. It doesn't if this process already has descendants, because the limit
// does not apply to them. They may come from an earlier attempt, or from a
// shell that became this process by exec, such as `tee` in `exec memo ... >
// >(tee log)`.
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

// limit starts the limit of a command that has just started. adopted is the
// result of [Terms.adopts].
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
			case <-exited: // in time; the limit does not apply to what it left behind
				exited, late = nil, nil
				continue
			case <-ending:
				l.end(pid, t.Adopt)
				l.over <- false
			case <-late:
				if hasEnded(pid) {
					// The goroutine that closes exited is blocked on the
					// output.
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

// commandExited says that the command has exited, which ends its time limit.
func (l *limit) commandExited() {
	if l != nil {
		close(l.exited)
	}
}

// stop removes the limit and reports whether the command timed out. If the
// limit ended the command, nothing is left of its process tree.
func (l *limit) stop() bool {
	if l == nil {
		return false
	}
	close(l.done)
	return <-l.over
}

// end ends a command with its descendants. If orphans are adopted, it ends all
// descendants of this process; if processes can't be listed, only the command.
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

// endAlone sends TERM to a process, and KILL if it has not exited after
// killGrace. It is for systems on which processes can't be listed.
func endAlone(pid int, exited <-chan struct{}) {
	p := process{pid: pid}
	p.signal(syscall.SIGTERM)
	if !Within(killGrace, exited) { // after the exit, another process may have the id
		p.signal(syscall.SIGKILL)
	}
}

// endTree sends TERM to a process and its descendants. When all of them have
// exited, it sends TERM to the processes that they left, and after killGrace it
// sends KILL to all that remain. Processes that they start meanwhile may be
// there to clean up, and receive no TERM as long as one of the first is alive.
// If root is this process, endTree ends only its descendants.
func endTree(root int) {
	var terminated, alive []process
	list := func() bool {
		alive = descendants(root, alive)
		if root != os.Getpid() {
			root = noProcess // another process may get its id; alive has it by start time
		}
		return len(alive) > 0
	}
	send := func(sig syscall.Signal) {
		for _, p := range alive {
			p.signal(sig)
		}
	}
	var w Stopwatch
	w.Start(time.Now())
	for pause := time.Millisecond; w.Look(time.Now()) < killGrace; pause = min(2*pause, Slice) {
		if !list() {
			return
		}
		if !slices.ContainsFunc(terminated, func(t process) bool { return slices.ContainsFunc(alive, t.same) }) {
			send(syscall.SIGTERM)
			terminated = alive
		}
		time.Sleep(pause) // only children can be waited for
	}
	// Processes may start between the list and the signal.
	for range 10 {
		if !list() {
			return
		}
		send(syscall.SIGKILL)
		time.Sleep(time.Millisecond)
	}
}

// KillTree kills a process and its descendants. If root is this process, it
// kills only the descendants.
func KillTree(root int) {
	for _, p := range descendants(root, nil) {
		p.signal(syscall.SIGKILL)
	}
}
