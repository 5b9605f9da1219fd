// Package memo remembers what commands printed.
//
// A [Runner] runs a [Command] under a [Policy]. It looks for a recorded result
// whose dependencies all match and replays it byte for byte. If there is none,
// it runs the command, passes its output on as it comes, and records it. It
// reports the call in an [Outcome].
//
// A Runner never breaks the command: whatever is wrong with the store, the
// command runs, and its output and exit code are its own. Several goroutines
// can use a Runner, and several processes a store, at the same time. Of the
// calls that miss the same result at once, one runs the command and the others
// replay what it recorded.
//
// The package never starts a copy of its own program. The owner of the process
// supplies the func that refreshes a stale result in the background; without it
// a stale result is a miss.
package memo
