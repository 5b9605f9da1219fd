package config

import (
	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

// Settings returns memo's settings.
func Settings() Table {
	return Table{
		{
			Name: "shell", Flag: "shell", Short: "c", Kind: BoolKind,
			Usage: "the first argument is a script for sh -c, further ones are its $0 $1 ...",
			Part:  KeyPart, Recall: Recalled,
			Field: func(c *Config) any { return &c.Command.Shell },
		},
		{
			Name: "ttl", Flag: "ttl", Short: "t", Placeholder: "EXPIRY", Kind: ExpiryKind,
			Usage: "how long the result is fresh: 90s, 10m, 1d12h, never, 18:00",
			Place: Anywhere, Trust: Shortens, Recall: Recalled,
			Field: func(c *Config) any { return &c.Policy.TTL },
		},
		{
			Name: "default_ttl", Kind: DurationKind, Default: []string{"5m"},
			Place: TopLevel, Trust: Shortens, Recall: Recalled,
			Field: func(c *Config) any { return &c.Policy.DefaultTTL },
		},
		{
			Name: "swr", Flag: "swr", Placeholder: "DUR", Kind: DurationKind,
			Usage: "after that, serve it for this long while it is refreshed in the background",
			Place: Anywhere, Trust: Shortens, Recall: Recalled,
			Field: func(c *Config) any { return &c.Policy.SWR },
		},
		{
			Name: "stale_if_error", Flag: "stale-if-error", Placeholder: "DUR", Kind: DurationKind,
			Usage: "if the command fails, serve the last good result up to this old past its ttl",
			Place: Anywhere, Trust: Shortens, Recall: Recalled,
			Field: func(c *Config) any { return &c.Policy.StaleIfError },
		},
		{
			Name: "expires_from", Flag: "expires-from", Placeholder: "JQ", Kind: QueryKind,
			Usage: "jq expression over a JSON stdout that yields how long the result is fresh",
			Place: Anywhere, Recall: Recalled,
			Field: func(c *Config) any { return &c.Policy.ExpiresFrom },
		},
		{
			Name: "ttl_cmd", Flag: "ttl-cmd", Placeholder: "CMD",
			Usage: "shell command that reads the result's stdout and prints how long it is fresh",
			Place: Anywhere, Recall: Recalled,
			Field: func(c *Config) any { return &c.Policy.TTLCmd },
		},
		{
			Name: "dep", Flag: "dep", Short: "d", Placeholder: "PATTERN", Kind: DepKind, List: true,
			Usage: "file, directory or glob whose change ends the result; with @mtime or @mode at its end, times or permissions count too",
			Place: Anywhere, Trust: Below, Part: KeyPart, Recall: Recalled,
			Field: func(c *Config) any { return &c.Command.Deps },
		},
		{
			Name: "env", Flag: "env", Short: "e", Placeholder: "NAME", Kind: EnvKind, List: true,
			Usage: "environment variable (or AWS_*) that belongs to the key",
			Place: Anywhere, Trust: Harmless, Part: KeyPart, Recall: Recalled,
			Field: func(c *Config) any { return &c.Command.Env },
		},
		{
			Name: "key_env", Kind: EnvKind, List: true, Replaces: true, Default: fingerprint.DefaultKeyEnv(),
			Place: TopLevel, Part: KeyPart, Recall: Recalled,
			Field: func(c *Config) any { return &c.KeyEnv },
		},
		{
			Name: "stdin", Flag: "stdin", Kind: BoolKind,
			Usage: "read stdin, make it part of the key, feed it to the command",
			Part:  KeyPart, NotKept: true,
			Field: func(c *Config) any { return &c.Stdin },
		},
		{
			Name: "version_cmd", Flag: "version-cmd", Placeholder: "CMD",
			Usage: "shell command whose output is a dependency",
			Place: Anywhere, Part: KeyPart, Recall: Recalled,
			Field: func(c *Config) any { return &c.Command.VersionCmd },
		},
		{
			Name: "version_ttl", Flag: "version-ttl", Placeholder: "DUR", Kind: DurationKind,
			Usage: "ask the version command at most this often",
			Place: Anywhere, Recall: Recalled,
			Field: func(c *Config) any { return &c.Policy.VersionTTL },
		},
		{
			Name: "tags", Flag: "tag", Placeholder: "NAME", Kind: NameKind, List: true,
			Usage: "a name to invalidate by",
			Place: Anywhere, Trust: Harmless, Recall: Recalled,
			Field: func(c *Config) any { return &c.Command.Tags },
		},
		{
			Name: "key", Flag: "key", Placeholder: "TEMPLATE", Kind: NameKind,
			Usage: "identity instead of the command's words: {0}, {1}, {@}, {env.NAME}, {cwd}",
			Place: Anywhere, Part: GroupPart, Recall: Recalled,
			Field: func(c *Config) any { return &c.Key },
		},
		{
			Name: "any_cwd", Flag: "any-cwd", Kind: BoolKind,
			Usage: "share the result between working directories",
			Place: Anywhere, Part: GroupPart, Recall: Recalled,
			Field: func(c *Config) any { return &c.Command.AnyDir },
		},
		{
			Name: "scope", Flag: "scope", Placeholder: "NAME",
			Usage: "a separate namespace",
			Place: Anywhere, Part: GroupPart, Recall: Recalled,
			Field: func(c *Config) any { return &c.Command.Scope },
		},
		{
			Name: "no_program", Flag: "no-program", Kind: BoolKind,
			Usage: "leave the program's own identity out",
			Place: Anywhere, Part: KeyPart, Recall: Recalled,
			Field: func(c *Config) any { return &c.Command.NoProgram },
		},
		{
			Name: "output", Flag: "output", Placeholder: "GLOB", Kind: OutputKind, List: true,
			Usage: "files that the command writes: kept with the result, put back on a hit",
			Place: Anywhere, Part: KeyPart, Recall: Recalled,
			Field: func(c *Config) any { return &c.Command.Outputs },
		},
		{
			Name: "output_exact", Flag: "output-exact", Kind: BoolKind,
			Usage: "on a hit also remove what matches --output and the run did not leave",
			Place: Anywhere, Recall: Recalled,
			Field: func(c *Config) any { return &c.Policy.OutputExact },
		},
		{
			Name: "force", Flag: "force", Short: "f", Kind: BoolKind,
			Usage:    "run now and replace the result",
			Detached: Answers, NotKept: true,
			Field: func(c *Config) any { return &c.Policy.Force },
		},
		{
			Name: "warm", Flag: "warm", Kind: BoolKind,
			Usage:    "make sure in the background that a fresh result will be there; print nothing",
			Detached: NoRun, NotKept: true,
			Field: func(c *Config) any { return &c.Policy.Warm },
		},
		{
			Name: "only_cached", Flag: "only-cached", Kind: BoolKind,
			Usage:    "never run anything; exit 75 if there is nothing to serve",
			Detached: NoRun, NotKept: true,
			Field: func(c *Config) any { return &c.Policy.OnlyCached },
		},
		{
			Name: "max_wait", Flag: "max-wait", Placeholder: "DUR", Kind: DurationKind,
			Usage: "on a miss wait no longer than this, then print the last known result",
			Place: Anywhere, Recall: Recalled, Detached: Answers, NotKept: true,
			Field: func(c *Config) any { return &c.Policy.MaxWait },
		},
		{
			Name: "fallback", Flag: "fallback", Placeholder: "TEXT",
			Usage:  "with --max-wait: what to print if there is no last known result",
			Recall: Recalled, Detached: NoRun, NotKept: true,
			Field: func(c *Config) any { return &c.Policy.Fallback },
		},
		{
			Name: "then_update", Flag: "then-update", Kind: BoolKind,
			Usage:    "print the last known lines at once, then run the command and print its new lines",
			Detached: NoRun, NotKept: true,
			Field: func(c *Config) any { return &c.Policy.ThenUpdate },
		},
		{
			Name: "cache_exit", Flag: "cache-exit", Placeholder: "CODES", Kind: CodesKind, Default: []string{"0"},
			Usage: "exit codes that count as success, e.g. 0,1",
			Place: Anywhere, Recall: Recalled,
			Field: func(c *Config) any { return &c.Policy.CacheExit },
		},
		{
			Name: "negative_ttl", Flag: "negative-ttl", Placeholder: "DUR", Kind: DurationKind,
			Usage: "keep failing results this long",
			Place: Anywhere, Trust: Shortens, Recall: Recalled,
			Field: func(c *Config) any { return &c.Policy.NegativeTTL },
		},
		{
			Name: "retry", Flag: "retry", Placeholder: "N", Kind: NumberKind,
			Usage: "run a failing command again, up to N times",
			Place: Anywhere, Recall: Recalled,
			Field: func(c *Config) any { return &c.Policy.Retry },
		},
		{
			Name: "retry_backoff", Flag: "retry-backoff", Placeholder: "DUR", Kind: DurationKind, Default: []string{"1s"},
			Usage: "pause before the first of them, default 1s; it doubles",
			Place: Anywhere, Recall: Recalled,
			Field: func(c *Config) any { return &c.Policy.RetryBackoff },
		},
		{
			Name: "timeout", Flag: "timeout", Placeholder: "DUR", Kind: DurationKind,
			Usage: "end the command after this long; exit 124",
			Place: Anywhere, Recall: Recalled,
			Field: func(c *Config) any { return &c.Policy.Timeout },
		},
		{
			Name: "max_output", Flag: "max-output", Placeholder: "SIZE", Kind: SizeKind, Default: []string{"256MiB"},
			Usage: "pass larger results through without storing them, default 256MiB",
			Place: Anywhere, Recall: Recalled,
			Field: func(c *Config) any { return &c.Policy.MaxOutput },
		},
		{
			Name: "max_size", Kind: SizeKind, Default: []string{"1GiB"},
			Place: PerScope, Recall: Recalled,
			Field: func(c *Config) any { return &c.Bounds.MaxSize },
		},
		{
			Name: "max_results", Kind: CountKind, Default: []string{"100000"},
			Place: PerScope, Recall: Recalled,
			Field: func(c *Config) any { return &c.Bounds.MaxResults },
		},
		{
			Name: "eviction", Kind: EvictionKind, Default: store.Policies()[:1],
			Place: PerScope, Recall: Recalled,
			Field: func(c *Config) any { return &c.Bounds.Policy },
		},
		{
			Name: "on_event", Flag: "on-event", Placeholder: "CMD",
			Usage: "shell command that gets each event as JSON on stdin, in the background",
			Place: TopLevel,
			Field: func(c *Config) any { return &c.OnEvent },
		},
		{
			Name: "report", Flag: "report", Placeholder: "FILE",
			Usage:    "write JSON about this call, with its reason_code, to FILE, or to stdout for -",
			Detached: NoRun, NotKept: true,
			Field: func(c *Config) any { return &c.Report },
		},
		{
			Name: "verbose", Flag: "verbose", Short: "v", Kind: BoolKind,
			Usage: "one line on stderr: hit or not, age, why, time saved",
			Place: Anywhere, Detached: NoRun, NotKept: true,
			Field: func(c *Config) any { return &c.Verbose },
		},
		{
			Name: "quiet", Flag: "quiet", Kind: BoolKind, Global: true,
			Place: Anywhere, Recall: Recalled,
			Field: func(c *Config) any { return &c.Quiet },
		},
		{
			Name: "cache_dir", Flag: "cache-dir", Global: true,
			Place: TopLevel, Recall: RecalledByVariable,
			Field: func(c *Config) any { return &c.CacheDir },
		},
	}
}
