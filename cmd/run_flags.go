package cmd

import "github.com/spf13/pflag"

// addRunFlags declares the flags of `memo run`. They are texts here; the
// configuration parses them together with what other sources say.
func addRunFlags(f *pflag.FlagSet) {
	f.SortFlags = false
	f.BoolP("shell", "c", false, "the first argument is a script for sh -c, further ones are its $0 $1 ...")
	f.StringP("ttl", "t", "", "how long the result is fresh: 90s, 10m, 1d12h, never, 18:00 (`EXPIRY`)")
	f.String("swr", "", "after that, serve it for this long while it is refreshed in the background (`DUR`)")
	f.String("stale-if-error", "", "if the command fails, serve the last good result up to this old past its ttl (`DUR`)")
	f.String("expires-from", "", "jq expression over a JSON stdout that yields how long the result is fresh (`JQ`)")
	f.String("ttl-cmd", "", "shell command that reads the result's stdout and prints how long it is fresh (`CMD`)")
	f.VarP(new(listFlag), "dep", "d", "file, directory or glob whose change ends the result (`PATTERN`)")
	f.VarP(new(listFlag), "env", "e", "environment variable (or AWS_*) that belongs to the key (`NAME`)")
	f.Bool("stdin", false, "read stdin, make it part of the key, feed it to the command")
	f.String("version-cmd", "", "shell command whose output is a dependency (`CMD`)")
	f.String("version-ttl", "", "ask the version command at most this often (`DUR`)")
	f.Var(new(listFlag), "tag", "a `NAME` to invalidate by")
	f.String("key", "", "identity instead of the command's words: {0}, {1}, {@}, {env.NAME}, {cwd} (`TEMPLATE`)")
	f.Bool("any-cwd", false, "share the result between working directories")
	f.String("scope", "", "a separate namespace (`NAME`)")
	f.Bool("no-program", false, "leave the program's own identity out")
	f.BoolP("force", "f", false, "run now and replace the result")
	f.Bool("warm", false, "make sure in the background that a fresh result will be there; print nothing")
	f.Bool("only-cached", false, "never run anything; exit 75 if there is nothing to serve")
	f.String("max-wait", "", "on a miss wait no longer than this, then print the last known result (`DUR`)")
	f.String("fallback", "", "with --max-wait: what to print if there is no last known result (`TEXT`)")
	f.String("cache-exit", "", "exit codes that count as success, e.g. 0,1 (`CODES`)")
	f.String("negative-ttl", "", "keep failing results this long (`DUR`)")
	f.String("retry", "", "run a failing command again, up to `N` times")
	f.String("retry-backoff", "", "pause before the first of them, default 1s; it doubles (`DUR`)")
	f.String("timeout", "", "end the command after this long; exit 124 (`DUR`)")
	f.String("max-output", "", "pass larger results through without storing them, default 256MiB (`SIZE`)")
	f.String("on-event", "", "shell command that gets each event as JSON on stdin, in the background (`CMD`)")
	f.String("report", "", "write a JSON object about this call to `FILE`")
	f.BoolP("verbose", "v", false, "one line on stderr: hit or not, age, why, time saved")
	f.Bool(detachedFlag, false, "")
	f.Bool(relayedFlag, false, "")
	f.Bool(lockedFlag, false, "")
	f.Bool(keptFlag, false, "")
	for _, name := range []string{detachedFlag, relayedFlag, lockedFlag, keptFlag} {
		_ = f.MarkHidden(name) // it was declared above
	}
}

// detachedFlag marks the detached process that refreshes a result.
const detachedFlag = "detached-refresh"

// relayedFlag says that a call waits for the detached process, at the other
// end of the pipe that is the second file handed to it, lockedFlag that the
// first is the lock of its run.
const (
	relayedFlag = "detached-relayed"
	lockedFlag  = "detached-lock"
)
