// Package refresh starts detached processes, which outlive the process that
// started them, and records failed refreshes.
//
// A [Job] is the work of a detached process, and a [Starter] starts it. A table
// lists the jobs and their differences.
//
// A detached process has its own session. Its standard streams are the null
// device unless the starter passes others, and it inherits no other descriptors
// of its parent. So a shell that reads `$(memo run ...)`, or that has a pipe open
// as descriptor 7, does not wait for it.
package refresh
