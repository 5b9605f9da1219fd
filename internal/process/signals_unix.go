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

// watched are the signals that end commands and may be sent to this process
// instead. The signals that a terminal or a supervisor sends to a whole group
// come first; see [grouped].
var watched = [...]syscall.Signal{
	syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGHUP,
	syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGALRM, syscall.SIGABRT, syscall.SIGVTALRM, syscall.SIGXCPU, syscall.SIGIO,
}

// grouped is how many of the watched signals are sent to groups.
const grouped = 4

// Signals records the signals that this process receives, and forwards to the
// command those that the command does not receive itself.
type Signals struct {
	ch chan os.Signal
	// ready is closed once all signals are watched. For each one the Go runtime
	// needs a round trip to another thread.
	ready chan struct{}
	// alone says that this process ends all of its descendants, because no
	// terminal or supervisor does. told is closed when a signal ends the
	// process.
	alone bool
	told  chan struct{}
	// blocked reports whether a write of the command's output has been going on
	// for longer than a duration.
	blocked func(time.Duration) bool

	mu      sync.Mutex
	child   int       // process id, 0 if there is no child, or exited
	started time.Time // when the child was started
	got     []os.Signal
	// killed says that the command died of a signal. late says that a signal
	// came after the command had exited.
	killed, late bool
}

const (
	// exited stands for a command that has exited. From then on signals are
	// only recorded, because the caller still reports how the command ended.
	exited = -1
	// blockedFor is how long output must be blocked before a signal that ended
	// the command ends this process too.
	blockedFor = 100 * time.Millisecond
	// settleTime is how long this process waits to record a signal of which the
	// command died and which was sent to both.
	settleTime = 20 * time.Millisecond
)

// deadly are the signals that kill other programs. This process records them,
// or the Go runtime swallows them or answers them with a trace.
var deadly = [...]syscall.Signal{
	syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTRAP, syscall.SIGABRT, syscall.SIGUSR1, syscall.SIGUSR2,
	syscall.SIGALRM, syscall.SIGTERM, syscall.SIGXCPU, syscall.SIGVTALRM, syscall.SIGPROF, syscall.SIGIO, syscall.SIGSYS,
}

// runtimeOwned are the watched signals that the Go runtime swallows or answers
// with a trace.
var runtimeOwned = slices.DeleteFunc(slices.Clone(watched[:]), func(sig syscall.Signal) bool {
	return sig == syscall.SIGHUP || sig == syscall.SIGINT || sig == syscall.SIGTERM
})

// NotifyDeadly relays the signals that kill other programs to a channel. They
// no longer kill this process. Signals that were ignored when the process
// started stay ignored.
func NotifyDeadly(ch chan<- os.Signal) {
	for _, sig := range watched {
		if !StartedIgnoring(sig) {
			runtimeAction(sig)
			signal.Notify(ch, sig)
		}
	}
}

// RestoreAllDefaults restores the default action of all deadly signals, so that
// they kill this process as they would kill cat. It is for a process that has
// nothing left to do but write. Signals that were ignored when the process
// started stay ignored.
func RestoreAllDefaults() { restore(deadly[:]) }

// RestoreDefaults restores the default action of the signals that the Go
// runtime swallows or answers with a trace of every goroutine. They kill this
// process as they kill others, until [Watch]. Signals that were ignored when
// the process started stay ignored.
func RestoreDefaults() { restore(runtimeOwned) }

func restore(list []syscall.Signal) {
	KeepIgnored()
	for _, sig := range list {
		if !StartedIgnoring(sig) {
			defaultAction(sig)
		}
	}
}

// Watch starts to record signals. Signals that were ignored when the process
// started stay ignored, here and in the command. A signal that comes while
// there is no command ends the process, at the latest when the first command is
// launched. blocked reports whether a write of the command's output has been
// going on for longer than a duration; a signal ends a process that is blocked.
//
// The watch lasts until the process ends, so the process must exist for the
// command alone. With alone, it must have no other descendants, and none of
// them a terminal.
func Watch(blocked func(time.Duration) bool, alone bool) *Signals {
	s := &Signals{alone: alone, told: make(chan struct{}), blocked: blocked}
	if alone {
		adoptOrphans()
	}
	KeepIgnored()
	s.notify()
	// Otherwise the Go runtime would print a trace. The error of the write says
	// enough.
	if fileSizeLimited() && !StartedIgnoring(syscall.SIGXFSZ) {
		signal.Notify(make(chan os.Signal, 1), syscall.SIGXFSZ)
	}
	return s
}

// notify makes the Go runtime relay the watched signals.
func (s *Signals) notify() {
	s.ch, s.ready = make(chan os.Signal, 16), make(chan struct{})
	go func() {
		NotifyDeadly(s.ch)
		close(s.ready)
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

// KeepIgnored ignores the signals again that were ignored when the process
// started, so that commands inherit this. The Go runtime has installed its own
// handlers for them. Like timeout(1), it leaves out SIGCHLD, because the kernel
// withholds the exit codes of children from a process that ignores it.
func KeepIgnored() {
	for sig := syscall.Signal(1); sig < 32; sig++ {
		if sig != syscall.SIGKILL && sig != syscall.SIGSTOP && sig != syscall.SIGCHLD && StartedIgnoring(sig) {
			signal.Ignore(sig)
		}
	}
}

// InheritIgnored prepares a process without children to become another program,
// which then ignores all signals that this process was started ignoring.
func InheritIgnored() {
	KeepIgnored()
	if StartedIgnoring(syscall.SIGCHLD) {
		signal.Ignore(syscall.SIGCHLD)
	}
}

// obey forwards a signal to the command. A terminal sends INT and QUIT to its
// whole foreground group, so the command has already received them, unless they
// were sent before it existed.
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
		_ = syscall.Kill(s.child, sig) // the command may have ended
	}
}

// unblock ends this process if it is blocked on its output after a signal
// killed the command or came after its exit.
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

// endAll ends the descendants of this process. A run that is under way ends its
// own; see [Terms.Launch].
func (s *Signals) endAll(sig os.Signal) {
	if len(s.got) == 1 {
		close(s.told)
	}
	if s.child == 0 {
		endTree(os.Getpid())
		Die(sig)
	}
}

// ending returns a channel that is closed when the command must end with all of
// its descendants. It is nil if a terminal or supervisor ends them.
func (s *Signals) ending() <-chan struct{} {
	if s == nil || !s.alone {
		return nil
	}
	return s.told
}

// launch starts the command, which receives signals from its start.
func (s *Signals) launch(start func() (*Child, error)) (*Child, error) {
	if s == nil {
		return start()
	}
	<-s.ready
	s.mu.Lock()
	defer s.mu.Unlock()
	started, err := start()
	if err != nil {
		return nil, err
	}
	s.child, s.started = started.pid, time.Now()
	return started, nil
}

// exit says that the command has exited, so that another process may get its
// id. From then on signals are only recorded.
func (s *Signals) exit() {
	if s != nil {
		s.mu.Lock()
		s.child = exited
		s.mu.Unlock()
	}
}

// died says that the command died of a signal.
func (s *Signals) died() {
	if s != nil {
		s.mu.Lock()
		s.killed = true
		s.mu.Unlock()
	}
}

// hasExited reports whether there was a command and it has exited. The caller
// holds the mutex.
func (s *Signals) hasExited() bool {
	gone := s.child == exited
	if s.child > 0 {
		gone, _ = exitOf(s.child)
	}
	return gone
}

// Idle says that there is no command until the next launch. Until then signals
// end this process, including a signal that came after the last command had
// exited.
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

// settle waits a moment for a signal of which the command died. If it was sent
// to the whole group, it may reach this process a moment later, and the Go
// runtime takes time to relay it.
func (s *Signals) settle(sig syscall.Signal) {
	if s == nil || !slices.Contains(watched[:grouped], sig) || StartedIgnoring(sig) {
		return
	}
	// Looks are counted rather than time, because this process may be starved.
	for waited := time.Duration(0); waited < settleTime; waited += time.Millisecond {
		if slices.Contains(s.Received(), os.Signal(sig)) {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// Received returns the signals received so far.
func (s *Signals) Received() []os.Signal {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]os.Signal(nil), s.got...)
}

// DiesOfPipe reports whether a write to a pipe without a reader kills a process
// with the dispositions that this one was started with.
func DiesOfPipe() bool { return !StartedIgnoring(syscall.SIGPIPE) }

// Die ends the process by the default action of a signal, so that its parent
// sees the same as from the command: a shell leaves a loop after Ctrl-C only if
// the command died of SIGINT. Die returns if the signal does not kill the
// process.
func Die(sig os.Signal) {
	n, ok := sig.(syscall.Signal)
	if !ok {
		return
	}
	// The command has already dumped core, if a core was wanted.
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
	signal.Reset(sig)
	defaultAction(n)
	_ = syscall.Kill(os.Getpid(), n)
	// Some thread takes a signal that dumps core a moment later.
	time.Sleep(200 * time.Millisecond)
}
