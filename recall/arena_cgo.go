//go:build cgo && linux

package recall

/*
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>

// The C library would map an arena of 128 MB for every thread of the Go
// runtime, for the few bytes that it allocates there: a fortieth of the time
// that a short miss takes, and most of the address space. It is set here,
// because only the memo binary links this package.
__attribute__((constructor)) static void one_arena(void) { mallopt(M_ARENA_MAX, 1); }
#endif
*/
import "C"
