//go:build cgo && unix

package process

/*
#include <signal.h>
#include <stddef.h>

// The Go runtime installs its handlers before any Go code runs, and does not
// record which signals were ignored when the process started. A constructor
// runs before the runtime.
static unsigned long long ignored;

__attribute__((constructor)) static void note_ignored(void) {
	struct sigaction sa;
	for (int n = 1; n < 32; n++)
		if (sigaction(n, NULL, &sa) == 0 && !(sa.sa_flags & SA_SIGINFO) && sa.sa_handler == SIG_IGN)
			ignored |= 1ULL << n;
}

static int was_ignored(int n) { return n > 0 && n < 32 && (ignored >> n & 1); }
*/
import "C"

import "syscall"

// StartedIgnoring reports whether a signal was ignored when the process
// started.
func StartedIgnoring(sig syscall.Signal) bool { return C.was_ignored(C.int(sig)) != 0 }
