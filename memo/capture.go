package memo

import (
	"os"
	"syscall"
	"time"

	"github.com/seed-f39940ff/memo/store"
)

const (
	// leaveGrace is how long a capture goes on after the reader of a stream
	// went away: most commands are done by then and can be recorded.
	leaveGrace = 2 * time.Second
	// stayGrace is how long memo waits for the ends of the pipes after the
	// command exited.
	stayGrace = 500 * time.Millisecond
	// killGrace is how long a command that timed out has between TERM and KILL.
	killGrace = 5 * time.Second
	// readSize is how much is read from a pipe at once, which is what a pipe
	// holds on Linux, and firstRead how much as long as that takes all of it.
	readSize  = 64 << 10
	firstRead = 4 << 10
)

// A capture is one run of a command: its output is written through to the
// sinks as it is read and spooled for the store.
type capture struct {
	out   [2]*sink
	spool *store.Writer // nil: nothing is recorded
	// held, if it is not nil, gets the output instead of the sinks.
	held *held
	// stdout, if it is not nil, gets a copy of stdout.
	stdout *limited
	// drain takes over the reading ends of pipes that somebody keeps open
	// after the command exited.
	drain   func(pipes [2]*os.File) error
	signals *signals
	timeout time.Duration
	// adopt says that this process starts nothing but the command, so that
	// orphaned descendants may become its own and be found when time is over.
	adopt bool
	// meanwhile, if it is not nil, is called when the command has started.
	meanwhile func()
	// relay, if it is not nil, is told of the start.
	relay *relay
}

// captured is how a run went.
type captured struct {
	started time.Time
	ended   time.Time
	ending
	timedOut bool
	stayed   bool // somebody kept a pipe
	cut      bool // a pipe was closed before its end
}

// An ending is how a command ended: its exit code, or 128+n and the signal n
// that it died of.
type ending struct {
	code int
	died syscall.Signal
	// unknown is why nobody knows: this process may be a library user's that
	// ignores SIGCHLD, or waits for all of its children.
	unknown error
}

// emit passes on and records what was read from one of the pipes.
func (c *capture) emit(i int, p []byte) {
	if c.spool != nil {
		c.spool.Write(store.Stream(i+1), p)
	}
	if c.stdout != nil && i == 0 {
		_, _ = c.stdout.Write(p) // it notes when it is too much
	}
	if c.held != nil {
		c.held.write(i, p)
	} else {
		c.out[i].write(p)
	}
}

// A limit ends a command when its time is over, or when all of this process is
// to end.
type limit struct {
	exited, done chan struct{}
	over         chan bool
}

// limit sets a limit to the command, which has just started. apart are the
// processes that were below this one before; see [capture.relatives].
func (c *capture) limit(pid int, apart []process) *limit {
	ending := c.signals.ending()
	if c.timeout <= 0 && ending == nil {
		return nil
	}
	root := pid
	if c.adopt && adoptOrphans() {
		root = os.Getpid()
	}
	l := &limit{make(chan struct{}), make(chan struct{}), make(chan bool, 1)}
	go func() {
		var late <-chan time.Time
		if c.timeout > 0 {
			timer := time.NewTimer(c.timeout)
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
				end(root, pid, apart, l.exited)
				l.over <- false
			case <-late:
				end(root, pid, apart, l.exited)
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

// relatives returns what is below this process before it starts the command: a
// shell that became this process by exec may have left some, such as `tee` in
// `exec memo ... > >(tee log)`, and the command's limit is not theirs.
func (c *capture) relatives() []process {
	if !c.adopt || c.timeout <= 0 {
		return nil
	}
	return descendants(os.Getpid(), nil, nil)
}

// end ends a process tree, or where processes can't be listed the command.
func end(root, pid int, apart []process, exited <-chan struct{}) {
	if treesKnown() {
		endTree(root, apart)
	} else {
		endAlone(pid, exited)
	}
}

// endAlone sends TERM to a process, and KILL if it is not done some seconds
// later, where processes can't be listed.
func endAlone(pid int, exited <-chan struct{}) {
	p := process{pid: pid}
	p.signal(syscall.SIGTERM)
	timer := time.NewTimer(killGrace)
	defer timer.Stop()
	select {
	case <-exited: // its id may be another's
	case <-timer.C:
		p.signal(syscall.SIGKILL)
	}
}

// endTree sends TERM to a process and its descendants and KILL to those that
// are still there some seconds later. If root is this process, only its
// descendants are meant, without those apart and what is below them.
func endTree(root int, apart []process) {
	victims := descendants(root, nil, apart)
	for _, v := range victims {
		v.signal(syscall.SIGTERM)
	}
	deadline := time.Now().Add(killGrace)
	for pause := time.Millisecond; time.Now().Before(deadline); pause = min(2*pause, 50*time.Millisecond) {
		if victims = alive(victims); len(victims) == 0 {
			return
		}
		time.Sleep(pause) // processes that aren't our children can't be waited for
	}
	if root != os.Getpid() {
		root = nobody // by now its id may be another's; if not, it is a victim
	}
	for _, v := range descendants(root, victims, apart) {
		v.signal(syscall.SIGKILL)
	}
}
