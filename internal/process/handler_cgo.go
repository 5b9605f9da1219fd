//go:build cgo && unix

package process

/*
#include <errno.h>
#include <signal.h>
#include <unistd.h>

// The Go runtime needs a round trip to another thread for every signal that it
// is to tell of, a fifth of a millisecond for four of them, right before a
// command is started. A handler that writes to a pipe needs none.
// With the signal goes in which moment it came; by the time that it is read
// the command may have set handlers of its own.
static int noted = -1;
static volatile sig_atomic_t moment;

static void set_moment(int m) { moment = m; }

static void note(int n) {
	int saved = errno;
	unsigned char b = (unsigned char)(n | moment << 6);
	while (write(noted, &b, 1) < 0 && errno == EINTR)
		;
	errno = saved;
}

static int note_signal(int fd, int n) {
	// Go code needs its handlers on the alternate stack, and system calls that
	// go on after them.
	struct sigaction sa = {.sa_handler = note, .sa_flags = SA_ONSTACK | SA_RESTART};
	sigfillset(&sa.sa_mask);
	noted = fd;
	return sigaction(n, &sa, NULL);
}
*/
import "C"

import (
	"os"
	"slices"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// A handler is what the process does about the signals that it watches: there
// is one of each signal for all who watch.
type handler struct {
	pipe *os.File
	ends [2]int

	serving sync.Once
	taking  sync.Mutex // held while signals are read and told of
	mu      sync.Mutex
	watches []*Signals
}

// handlerOnce makes the handler, or nil if there can be none.
var handlerOnce = sync.OnceValue(func() *handler {
	h := &handler{}
	if Pipe(&h.ends) != nil {
		return nil
	}
	for _, fd := range h.ends {
		_ = unix.SetNonblock(fd, true)
	}
	h.pipe = os.NewFile(uintptr(h.ends[0]), "signals")
	return h
})

// handle notes signals by a handler of memo's own. It reports false if it
// can't; then the Go runtime has to.
func (s *Signals) handle(list []syscall.Signal) bool {
	h := handlerOnce()
	if h == nil {
		return false
	}
	h.mu.Lock()
	h.watches = append(h.watches, s)
	h.mu.Unlock()
	for _, sig := range list {
		_, _ = C.note_signal(C.int(h.ends[1]), C.int(sig)) // these can be handled
	}
	return true
}

// Listen begins to tell of signals, those included that have come already: it
// takes a thread, which a command that is about to be started needn't wait for.
func (s *Signals) Listen() {
	if s == nil || s.ch != nil {
		return
	}
	if h := handlerOnce(); h != nil {
		h.serving.Do(func() { go h.serve() })
	}
}

// serve tells those who watch of the signals that come, for ever.
func (h *handler) serve() {
	if conn, err := h.pipe.SyscallConn(); err == nil { // it is open
		_ = conn.Read(func(uintptr) bool {
			h.take()
			return false // until there is more
		})
	}
}

// take tells those who watch of the signals that have come by now.
func (h *handler) take() {
	h.taking.Lock()
	defer h.taking.Unlock()
	var buf [64]byte
	for {
		n, err := unix.Read(h.ends[0], buf[:])
		if err == unix.EINTR {
			continue
		}
		if n <= 0 {
			return // there are none: the pipe doesn't block
		}
		h.mu.Lock()
		watches := slices.Clone(h.watches)
		h.mu.Unlock()
		for _, b := range buf[:n] {
			for _, s := range watches {
				s.obey(syscall.Signal(b&0x3f), moment(b>>6))
			}
		}
	}
}

// take obeys the signals that have come by now. Those that listen might not
// have been told yet.
func (s *Signals) take() {
	if s == nil || s.ch != nil {
		return
	}
	if h := handlerOnce(); h != nil {
		h.take()
	}
}

// setMoment tells the handler what signals come in from now on.
func setMoment(m moment) { C.set_moment(C.int(m)) }

// unhandle gives a signal its default action back.
func unhandle(sig syscall.Signal) { C.signal(C.int(sig), nil) }
