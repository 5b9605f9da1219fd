package config

// Example is what `memo config init` writes. Lines that begin with "#" and
// no space or several are settings, and all of them are valid together.
const Example = `# Settings of memo for this user. A .memo.yaml in a project has the same keys
# and comes before this file, the environment (MEMO_TTL=10m) before both, flags
# before all. "memo config show" tells what applies and where it comes from.

# How long results are fresh. Without it: until a dependency changes, or
# default_ttl if nothing is declared that could change.
#ttl: 10m
#default_ttl: 5m

# How long after that they are served while they are refreshed.
#swr: 1h

# How long failing results are kept, and which exit codes are no failure.
#negative_ttl: 10s
#cache_exit: [0]

# How often a failing command is run again, and for how long past its lifetime
# the last good result is served if all of that fails.
#retry: 2
#retry_backoff: 1s
#stale_if_error: 1d

# Files, directories and globs, and variables that results depend on; names to
# invalidate by. They are added to what flags say.
#dep: ["~/.kube/config"]
#env: ["AWS_*"]
#tags: [cloud]

# Variables that belong to every key.
#key_env: [LANG, LANGUAGE, "LC_*", TZ]

# When a command is ended, how long a call waits for it before it prints the
# last known result, and how large a result may be to be kept.
#timeout: 5m
#max_wait: 2s
#max_output: 256MiB

# One line on stderr about each call; no warnings on stderr.
#verbose: true
#quiet: true

# What the store is kept within, and what goes first: lru (what was used
# longest ago), lfu, fifo or gdsf (what saves the least run time per byte).
#max_size: 1GiB
#max_results: 100000
#eviction: lru
#cache_dir: ~/.cache/memo

# A shell command that gets what happens to results, as JSON on its stdin.
#on_event: cat >>~/memo-events.jsonl

# Settings for commands that match, word by word; a last * matches any rest.
# All of the above but default_ttl, key_env, on_event, cache_dir and what the
# store is kept within may stand here too. What follows may stand above, but is
# right for few commands.
#rules:
#  - match: "kubectl get *"
#    ttl: 30s
#    swr: 5m
#    env: [KUBECONFIG]
# The namespace; one result for all directories; whatever file the program is.
#    scope: cluster
#    any_cwd: true
#    no_program: true
# A shell command whose output is a dependency, asked at most this often.
#    version_cmd: kubectl version --client
#    version_ttl: 10m
# What the result itself says about its lifetime: a jq expression, and a shell
# command that reads the output.
#    expires_from: .expires_in
#    ttl_cmd: grep -q Pending && echo 5s || echo 30s
# What stands for the words of the command. Commands for which it is the same
# share their results, so never set it for all commands.
#    key: "{0} {@}"

# Settings for a namespace (memo run --scope NAME), and what its results are
# kept within, besides what the whole store is.
#scopes:
#  - name: ci
#    ttl: 1d
#    max_size: 100MiB
#    max_results: 1000
#    eviction: lfu
`
