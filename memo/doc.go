// Package memo remembers what commands printed.
//
// A [Runner] runs a [Command] under a [Policy]: it looks for a recorded
// result whose dependencies all match and replays it byte for byte, or runs
// the command, passes its output on as it comes, and records it. What
// happened is in an [Outcome].
//
// A Runner never breaks the command: whatever is wrong with the store, the
// command runs and its output and exit code are its own. It can be used by
// several goroutines and by any number of processes on one store at a time;
// of those that miss the same result at once, one runs the command and the
// others take over what it recorded.
//
// The package never starts a copy of its own program. Refreshing a stale
// result in the background is a func that the owner of the process supplies;
// without it a stale result is a miss.
package memo
