//go:build unix

package process

import (
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// watched are the signals that end commands and that may be sent to this
// process instead. Those that a terminal or a supervisor sends to a whole group
// come first; see [grouped].
var watched = [...]syscall.Signal{
	syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGHUP,
	syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGALRM, syscall.SIGABRT, syscall.SIGVTALRM, syscall.SIGXCPU, syscall.SIGIO,
}

// grouped is how many of the signals watched are sent to groups.
const grouped = 4

// Signals stands between this process and the command: it notes what this
// process received and passes on what the command does not receive by itself.
type Signals struct {
	ch chan os.Signal
	// alone says that all of this process's descendants end with it: no terminal
	// or supervisor ends them. told is closed when a signal to end comes.
	alone bool
	told  chan struct{}
	// blocked reports whether a write of the command's output has been going on
	// for longer than a time.
	blocked func(time.Duration) bool

	mu      sync.Mutex
	child   int       // process id, 0 when there is none, or exited
	started time.Time // when it was started
	got     []os.Signal
	// killed says that the command died of a signal, late that a signal came
	// when it had exited.
	killed, late bool
}

const (
	// exited stands for a command that has exited. From then on signals are only
	// noted: the caller still reports how the command ended.
	exited = -1
	// blockedFor is for how long output is blocked when a signal that ended the
	// command ends this process too.
	blockedFor = 100 * time.Millisecond
	// settleTime is how long a signal that the command died of may take to be
	// noted here, once it was sent to both.
	settleTime = 20 * time.Millisecond
)

// deadly are the signals that kill other programs, and that are noted here, or
// that the Go runtime swallows or answers with a trace.
var deadly = [...]syscall.Signal{
	syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTRAP, syscall.SIGABRT, syscall.SIGUSR1, syscall.SIGUSR2,
	syscall.SIGALRM, syscall.SIGTERM, syscall.SIGXCPU, syscall.SIGVTALRM, syscall.SIGPROF, syscall.SIGIO, syscall.SIGSYS,
}

// runtimeOwned are those of the signals watched that the Go runtime swallows or
// answers with a trace.
var runtimeOwned = slices.DeleteFunc(slices.Clone(watched[:]), func(sig syscall.Signal) bool {
	return sig == syscall.SIGHUP || sig == syscall.SIGINT || sig == syscall.SIGTERM
})

// NotifyDeadly passes the signals that kill other programs to a channel; they
// no longer kill this one. Those that were ignored when the process started stay
// ignored.
func NotifyDeadly(ch chan<- os.Signal) {
	for _, sig := range watched {
		if !StartedIgnoring(sig) {
			runtimeAction(sig)
			signal.Notify(ch, sig)
		}
	}
}

// RestoreAllDefaults restores the default action of all deadly signals. They
// kill this process, which has nothing left to do but to write, as they would
// kill cat. Those that were ignored when it started stay ignored.
func RestoreAllDefaults() { restore(deadly[:]) }

// RestoreDefaults restores the default action of the signals that the Go
// runtime swallows, or answers with a trace of every goroutine: they kill this
// process as they kill others, until a command is watched. What was ignored when
// the process started stays ignored.
func RestoreDefaults() { restore(runtimeOwned) }

func restore(list []syscall.Signal) {
	KeepIgnored()
	for _, sig := range list {
		if !StartedIgnoring(sig) {
			defaultAction(sig)
		}
	}
}

// Watch begins to note signals. Those that were ignored when the process
// started stay ignored, for it and for the command. A signal that comes while
// there is no command ends the process, at the latest when the first one is
// launched. blocked reports whether a write of the command's output has been
// going on for longer than a time: a signal ends a process that hangs in one.
//
// The watch has no end but that of the process, which is there for the command
// alone; with alone it has no other descendants either, nor they a terminal.
func Watch(blocked func(time.Duration) bool, alone bool) *Signals {
	s := &Signals{alone: alone, told: make(chan struct{}), blocked: blocked}
	if alone {
		adoptOrphans()
	}
	KeepIgnored()
	s.notify()
	// Without this the Go runtime would print a trace. The error of the write
	// says what happened.
	if fileSizeLimited() && !StartedIgnoring(syscall.SIGXFSZ) {
		signal.Notify(make(chan os.Signal, 1), syscall.SIGXFSZ)
	}
	return s
}

// notify has the Go runtime report the signals watched.
func (s *Signals) notify() {
	s.ch = make(chan os.Signal, 16)
	NotifyDeadly(s.ch)
	go func() {
		for sig := range s.ch {
			s.obey(sig.(syscall.Signal))
		}
	}()
}

// fileSizeLimited reports whether writing can raise SIGXFSZ.
func fileSizeLimited() bool {
	var limit unix.Rlimit
	return unix.Getrlimit(unix.RLIMIT_FSIZE, &limit) != nil || limit.Cur != unix.RLIM_INFINITY
}

// KeepIgnored ignores again what was ignored when the process started,
// so that commands inherit it: the Go runtime has put its own handlers there.
// SIGCHLD is not among it, as for timeout(1): the kernel keeps the exit codes
// of children from a process that ignores it.
func KeepIgnored() {
	for sig := syscall.Signal(1); sig < 32; sig++ {
		if sig != syscall.SIGKILL && sig != syscall.SIGSTOP && sig != syscall.SIGCHLD && StartedIgnoring(sig) {
			signal.Ignore(sig)
		}
	}
}

// InheritIgnored prepares a process that has no children for becoming
// another program, which ignores all that this one was started ignoring.
func InheritIgnored() {
	KeepIgnored()
	if StartedIgnoring(syscall.SIGCHLD) {
		signal.Ignore(syscall.SIGCHLD)
	}
}

// obey passes a signal on. A terminal sends INT and QUIT to its whole
// foreground group, so the command has received those already, unless they were
// sent before it existed.
func (s *Signals) obey(sig syscall.Signal) {
	came := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, sig)
	if s.alone {
		s.endAll(sig)
		return
	}
	if len(s.got) == 1 {
		go s.unblock(sig)
	}
	s.late = s.late || s.hasExited()
	switch {
	case s.child == exited:
	case s.child == 0:
		Die(sig)
	case (sig == syscall.SIGINT || sig == syscall.SIGQUIT) && inForeground() && !unseen(s.child, sig, came.Sub(s.started)):
	default:
		_ = syscall.Kill(s.child, sig) // it may have ended
	}
}

// unblock ends this process if it is blocked on its output when a signal has
// killed the command, or came after the command had exited.
func (s *Signals) unblock(sig syscall.Signal) {
	for ; ; time.Sleep(blockedFor / 5) {
		s.mu.Lock()
		over := s.late || s.killed
		if s.child > 0 && !over {
			_, over = exitOf(s.child)
		}
		s.mu.Unlock()
		if over && s.blocked(blockedFor) {
			Die(sig)
		}
	}
}

// endAll ends what this process has started, of which a run that is under way
// sees to its own part; see [Terms.Launch].
func (s *Signals) endAll(sig os.Signal) {
	if len(s.got) == 1 {
		close(s.told)
	}
	if s.child == 0 {
		endTree(os.Getpid())
		Die(sig)
	}
}

// ending returns what is closed when the command has to end with all of
// its descendants; nil if others see to that.
func (s *Signals) ending() <-chan struct{} {
	if s == nil || !s.alone {
		return nil
	}
	return s.told
}

// launch starts the command. Signals go to it from its first moment.
func (s *Signals) launch(start func() (*Child, error)) (*Child, error) {
	if s == nil {
		return start()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	started, err := start()
	if err != nil {
		return nil, err
	}
	s.child, s.started = started.pid, time.Now()
	return started, nil
}

// exit says that the command has exited: its process id may be another's soon.
// From now on signals are only noted.
func (s *Signals) exit() {
	if s != nil {
		s.mu.Lock()
		s.child = exited
		s.mu.Unlock()
	}
}

// died says that it was a signal that the command exited by.
func (s *Signals) died() {
	if s != nil {
		s.mu.Lock()
		s.killed = true
		s.mu.Unlock()
	}
}

// hasExited reports whether there was a command and is none any more. The
// caller holds the mutex.
func (s *Signals) hasExited() bool {
	gone := s.child == exited
	if s.child > 0 {
		gone, _ = exitOf(s.child)
	}
	return gone
}

// Idle says that there is no command until the next one is launched: signals
// end this process, also one that came when the last one had exited.
func (s *Signals) Idle() {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.child, s.killed, s.late = 0, false, false
	if n := len(s.got); n > 0 {
		if s.alone {
			endTree(os.Getpid())
		}
		Die(s.got[n-1])
	}
}

// settle waits a moment for a signal that the command died of: one that was
// sent to the whole group reaches this process too, but maybe a moment later,
// and the Go runtime needs a while to hand it on.
func (s *Signals) settle(sig syscall.Signal) {
	if s == nil || !slices.Contains(watched[:grouped], sig) || StartedIgnoring(sig) {
		return
	}
	// Looks count, not time: this process may be starved meanwhile.
	for waited := time.Duration(0); waited < settleTime; waited += time.Millisecond {
		if slices.Contains(s.Received(), os.Signal(sig)) {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// Received reports the signals that came so far.
func (s *Signals) Received() []os.Signal {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]os.Signal(nil), s.got...)
}

// DiesOfPipe reports whether writing to a pipe without a reader would have
// killed a process with the dispositions that this one was started with.
func DiesOfPipe() bool { return !StartedIgnoring(syscall.SIGPIPE) }

// Die ends the process by the default action of a signal, so that its parent
// sees what it would have seen of the command: a shell leaves its loop after
// Ctrl-C only if the command died of SIGINT. It returns if the signal does
// not kill.
func Die(sig os.Signal) {
	n, ok := sig.(syscall.Signal)
	if !ok {
		return
	}
	// The command has left its core, if one was wanted.
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
	signal.Reset(sig)
	defaultAction(n)
	_ = syscall.Kill(os.Getpid(), n)
	// A signal that dumps core is taken by some thread a moment later.
	time.Sleep(200 * time.Millisecond)
}
