//go:build cgo && linux

package recall

/*
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>

// By default the C library maps an arena of 128 MB for every thread of the Go
// runtime that allocates a few bytes. That costs a fortieth of a short miss, and
// most of the address space. The limit is set in this package because only the
// memo binary links it.
__attribute__((constructor)) static void one_arena(void) { mallopt(M_ARENA_MAX, 1); }
#endif
*/
import "C"
