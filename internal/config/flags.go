package config

import "github.com/spf13/pflag"

// AddRunFlags declares the flags of `memo run`. They are texts here; the
// configuration parses them together with what other sources say.
func AddRunFlags(f *pflag.FlagSet) {
	text := func(name, short, value, usage string) { f.VarP(NewTextFlag(nil, value), name, short, usage) }
	list := func(name, short, value, usage string) { f.VarP(NewListFlag(nil, value), name, short, usage) }
	f.SortFlags = false
	f.BoolP("shell", "c", false, "the first argument is a script for sh -c, further ones are its $0 $1 ...")
	text("ttl", "t", "EXPIRY", "how long the result is fresh: 90s, 10m, 1d12h, never, 18:00")
	text("swr", "", "DUR", "after that, serve it for this long while it is refreshed in the background")
	text("stale-if-error", "", "DUR", "if the command fails, serve the last good result up to this old past its ttl")
	text("expires-from", "", "JQ", "jq expression over a JSON stdout that yields how long the result is fresh")
	text("ttl-cmd", "", "CMD", "shell command that reads the result's stdout and prints how long it is fresh")
	list("dep", "d", "PATTERN", "file, directory or glob whose change ends the result")
	list("env", "e", "NAME", "environment variable (or AWS_*) that belongs to the key")
	f.Bool("stdin", false, "read stdin, make it part of the key, feed it to the command")
	text("version-cmd", "", "CMD", "shell command whose output is a dependency")
	text("version-ttl", "", "DUR", "ask the version command at most this often")
	list("tag", "", "NAME", "a name to invalidate by")
	text("key", "", "TEMPLATE", "identity instead of the command's words: {0}, {1}, {@}, {env.NAME}, {cwd}")
	f.Bool("any-cwd", false, "share the result between working directories")
	text("scope", "", "NAME", "a separate namespace")
	f.Bool("no-program", false, "leave the program's own identity out")
	f.BoolP("force", "f", false, "run now and replace the result")
	f.Bool("warm", false, "make sure in the background that a fresh result will be there; print nothing")
	f.Bool("only-cached", false, "never run anything; exit 75 if there is nothing to serve")
	text("max-wait", "", "DUR", "on a miss wait no longer than this, then print the last known result")
	text("fallback", "", "TEXT", "with --max-wait: what to print if there is no last known result")
	text("cache-exit", "", "CODES", "exit codes that count as success, e.g. 0,1")
	text("negative-ttl", "", "DUR", "keep failing results this long")
	text("retry", "", "N", "run a failing command again, up to N times")
	text("retry-backoff", "", "DUR", "pause before the first of them, default 1s; it doubles")
	text("timeout", "", "DUR", "end the command after this long; exit 124")
	text("max-output", "", "SIZE", "pass larger results through without storing them, default 256MiB")
	text("on-event", "", "CMD", "shell command that gets each event as JSON on stdin, in the background")
	text("report", "", "FILE", "write JSON about this call, with its reason_code, to FILE")
	f.BoolP("verbose", "v", false, "one line on stderr: hit or not, age, why, time saved")
}
