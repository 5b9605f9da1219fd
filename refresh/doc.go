// Package refresh starts processes that outlive the one that started them,
// and keeps account of refreshes that failed.
//
// What such a process does is a [Job], and a [Starter] starts it: the table of
// jobs is what there is of them, and in what they differ.
//
// A detached process is in a session of its own, has the null device for its
// standard streams unless others are handed to it, and none of the other
// descriptors that its parent has inherited: a shell that reads `$(memo run
// ...)`, or that had a pipe open as descriptor 7, does not wait for it.
package refresh
