#!/usr/bin/env bash
# demo.sh shows what memo does on real slow commands: miss, hit, a changed
# dependency, going back, stale-while-revalidate, invalidation, statistics.
# It uses a cache of its own in a temporary directory and leaves nothing behind.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
memo=${MEMO_BIN:-$top/bin/memo}
work=$(mktemp -d "${TMPDIR:-/tmp}/memo-demo.XXXXXX")
trap 'rm -rf "$work"' EXIT
for name in $(compgen -e | grep '^MEMO_' || true); do unset "$name"; done
export MEMO_CACHE_DIR=$work/cache XDG_CONFIG_HOME=$work/config
cd "$top"

bold='' dim='' off=''
if [[ -t 1 && -z ${NO_COLOR-} ]]; then bold=$'\e[1m' dim=$'\e[2m' off=$'\e[0m'; fi

say() { printf '\n%s%s%s\n' "$bold" "$*" "$off"; }

now() { date +%s%N; }

# timed LABEL COMMAND...: runs it, shows the command, its time and its size.
timed() {
	local label=$1 begin end
	shift
	begin=$(now)
	"$@" >"$work/out" 2>"$work/err" || true
	end=$(now)
	printf '  %-9s %8.1f ms  %s%s, %s lines%s\n' "$label" \
		"$(awk "BEGIN{print ($end-$begin)/1e6}")" "$dim" \
		"$(sed -n 's/^memo: //p' "$work/err" | head -n 1 | cut -c1-60)" "$(wc -l <"$work/out")" "$off"
}

# twice LABEL RUN-FLAGS -- COMMAND...: plain, as a miss, as a hit.
twice() {
	local flags=()
	while [[ $1 != -- ]]; do flags+=("$1"); shift; done
	shift
	say "\$ memo run ${flags[*]} -- $*"
	timed plain "$@"
	cp "$work/out" "$work/plain"
	timed miss "$memo" run -v "${flags[@]}" -- "$@"
	timed hit "$memo" run -v "${flags[@]}" -- "$@"
	if cmp -s "$work/plain" "$work/out"; then
		printf '  %sthe replay is byte for byte what the command printed%s\n' "$dim" "$off"
	else
		printf '  %sthe command prints something else each time%s\n' "$dim" "$off"
	fi
}

say 'Slow commands, run plainly, through memo for the first time, and again:'
twice -d go.mod -d '**/*.go' -- go list -deps -json ./...
if git rev-parse --verify -q HEAD >/dev/null; then
	twice -d .git/HEAD -d .git/refs -- git log --stat
fi
twice -t 10m -- find /usr -type f
printf '#include <stdio.h>\n#include <math.h>\nint main(void) { printf("%%f\\n", sin(1)); return 0; }\n' >"$work/sine.c"
if command -v cc >/dev/null; then
	twice -d "$work/sine.c" -- cc -O2 -S -o - "$work/sine.c"
fi

say 'A dependency changes, and changes back:'
mkdir "$work/notes" && echo one >"$work/notes/a.txt"
count() { "$memo" run -v -d "$work/notes" -c "sleep 0.5; cat '$work'/notes/*.txt"; }
timed miss count
timed hit count
echo two >"$work/notes/b.txt"
printf '  %s(b.txt was added)%s\n' "$dim" "$off"
timed miss count
rm "$work/notes/b.txt"
printf '  %s(b.txt is gone again: the first result is still there)%s\n' "$dim" "$off"
timed hit count

say 'Stale-while-revalidate: served at once, made anew in the background:'
tick() { "$memo" run -v -t 1s --swr 10m -c 'sleep 1; date +%T'; }
timed miss tick
timed hit tick
sleep 1.2
timed stale tick
printf '  %sprinted %s, while the refresh runs%s\n' "$dim" "$(cat "$work/out")" "$off"
for _ in $(seq 50); do
	sleep 0.1
	if tick 2>&1 | grep -q 'hit'; then break; fi
done
timed hit tick
printf '  %sprinted %s%s\n' "$dim" "$(cat "$work/out")" "$off"

say 'Invalidate by tag:'
tagged() { "$memo" run -v --tag demo -c 'sleep 0.3; uname -a'; }
timed miss tagged
timed hit tagged
printf '  '
"$memo" invalidate --tag demo
timed miss tagged

say '$ memo list'
"$memo" list
say '$ memo stats'
"$memo" stats
