package config

// Example is the file that `memo config init` writes. In a line that is a
// setting, "#" is followed by no space or by several. All settings are valid
// together.
const Example = `# memo's settings for this user. A .memo.yaml in a project has the same keys
# and overrides this file. The environment (MEMO_TTL=10m) overrides both, and
# flags override all. "memo config show" shows each value and its origin.

# How long results are fresh. If ttl is not set, a result is fresh until a
# dependency changes, or for default_ttl if the command declares none.
#ttl: 10m
#default_ttl: 5m

# How long stale results are served while they are refreshed.
#swr: 1h

# How long failing results are kept, and which exit codes count as success.
#negative_ttl: 10s
#cache_exit: [0]

# How often a failing command is run again, and how long past its lifetime the
# last good result is served if all runs fail.
#retry: 2
#retry_backoff: 1s
#stale_if_error: 1d

# Files, directories and globs that results depend on; variables that belong to
# the key; names to invalidate by. The flags add to these lists.
#dep: ["~/.kube/config"]
#env: ["AWS_*"]
#tags: [cloud]

# Variables that belong to every key.
#key_env: [LANG, LANGUAGE, "LC_*", TZ]

# How long a command may run, how long a call waits for it before it prints the
# last known result, and the largest result that is stored.
#timeout: 5m
#max_wait: 2s
#max_output: 256MiB

# One line on stderr about each call; no warnings on stderr.
#verbose: true
#quiet: true

# The limits of the store, and which results are evicted first: lru (the least
# recently used), lfu, fifo or gdsf (the least run time saved per byte).
#max_size: 1GiB
#max_results: 100000
#eviction: lru
#cache_dir: ~/.cache/memo

# A shell command that gets each event as JSON on its stdin.
#on_event: cat >>~/memo-events.jsonl

# Settings for commands that match word by word; a last * matches any rest. All
# settings above can be used here, except default_ttl, key_env, on_event,
# cache_dir and the limits of the store. The settings below can be used at the
# top level too, but suit few commands.
#rules:
#  - match: "kubectl get *"
#    ttl: 30s
#    swr: 5m
#    env: [KUBECONFIG]
# The namespace; one result for all directories; ignore changes of the program.
#    scope: cluster
#    any_cwd: true
#    no_program: true
# Files that the command writes: they are kept with the result and put back.
#    output: ["dist/**"]
#    output_exact: true
# A shell command whose output is a dependency, and how long its answer holds.
#    version_cmd: kubectl version --client
#    version_ttl: 10m
# The lifetime that the result itself carries: a jq expression for its stdout,
# and a shell command that reads its stdout.
#    expires_from: .expires_in
#    ttl_cmd: grep -q Pending && echo 5s || echo 30s
# A key in place of the words of the command. Commands with the same key share
# their results, so never set it for all commands.
#    key: "{0} {@}"

# Settings for a namespace (memo run --scope NAME), and limits for its results in
# addition to those of the whole store.
#scopes:
#  - name: ci
#    ttl: 1d
#    max_size: 100MiB
#    max_results: 1000
#    eviction: lfu
`
