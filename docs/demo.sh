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

# now sets the time in microseconds without starting anything, where bash can.
now() { if [[ -n ${EPOCHREALTIME-} ]]; then t=${EPOCHREALTIME/[.,]/}; else t=$(date +%s)000000; fi; }

# timed LABEL COMMAND...: runs it, shows the command, its time and its size.
timed() {
	local label=$1 begin end t why
	shift
	now; begin=$t
	"$@" >"$work/out" 2>"$work/err" || true
	now; end=$t
	why=$(sed -n 's/^memo: //p' "$work/err" | head -n 1)
	((${#why} <= 70)) || why=${why:0:67}...
	printf '  %-9s %8.1f ms  %s%s%s\n' "$label" \
		"$(awk "BEGIN{print ($end-$begin)/1e3}")" "$dim" "${why:-$(wc -l <"$work/out") lines}" "$off"
}

# quoted WORD...: the words as one would type them.
quoted() {
	local word line=
	for word; do
		[[ $word =~ ^[A-Za-z0-9_./=:,@+-]+$ ]] || word=\'${word//\'/\'\\\'\'}\'
		line+=" $word"
	done
	printf '%s' "${line# }"
}

# twice RUN-FLAGS -- COMMAND...: plain, as a miss, as a hit. A run that is not
# counted comes first: what it read lies in memory for all of the others.
twice() {
	local flags=()
	while [[ $1 != -- ]]; do flags+=("$1"); shift; done
	shift
	say "\$ memo run $(quoted "${flags[@]}") -- $(quoted "$@")"
	"$@" >/dev/null 2>&1 || true
	timed plain "$@"
	cp "$work/out" "$work/plain"
	timed miss "$memo" run "${flags[@]}" -- "$@"
	timed hit "$memo" run "${flags[@]}" -- "$@"
	if cmp -s "$work/plain" "$work/out"; then
		printf '  %sthe replay is byte for byte what the command printed%s\n' "$dim" "$off"
	else
		printf '  %sthe command prints something else each time%s\n' "$dim" "$off"
	fi
}

say 'Slow commands, run plainly, through memo for the first time, and again'
printf '(each was run once before, so that what it reads is in memory for all three):\n'
twice -d go.mod -d '**/*.go' -- go list -deps -json ./...
if git rev-parse --verify -q HEAD >/dev/null; then
	twice --version-cmd 'git rev-parse HEAD' -- git log --stat
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
sleep 1.2
timed hit tick
printf '  %sprinted %s%s\n' "$dim" "$(cat "$work/out")" "$off"

say 'Invalidate by tag:'
tagged() { "$memo" run -v --tag demo -c 'sleep 0.3; uname -a'; }
timed miss tagged
timed hit tagged
printf '  '
"$memo" invalidate --tag demo
timed miss tagged

say 'An answer within 300 ms, while the command takes 2 s:'
patient() { "$memo" run -v --max-wait 300ms --fallback 'still asking ...' -c 'sleep 2; echo the answer'; }
timed asked patient
printf '  %sprinted: %s%s\n' "$dim" "$(cat "$work/out")" "$off"
sleep 2.2
timed later patient
printf '  %sprinted: %s%s\n' "$dim" "$(cat "$work/out")" "$off"

say 'The network is down; the last good answer is not:'
echo up >"$work/network"
fetch() { "$memo" run -v -t 1s --stale-if-error 1d -c "grep -q up '$work/network' && echo 'fetched at' \$(date +%T)"; }
timed miss fetch
echo down >"$work/network"
sleep 1.2
timed failing fetch
printf '  %sprinted: %s%s\n' "$dim" "$(cat "$work/out")" "$off"

say 'Memoized commands inside a memoized command: what ends the inner one ends the outer one:'
echo 1 >"$work/part"
outer() { "$memo" run -v -t 1d -c "echo total: \$('$memo' run -d '$work/part' -c 'sleep 0.5; cat $work/part')"; }
timed miss outer
timed hit outer
echo 2 >"$work/part"
timed miss outer

say '$ memo list'
"$memo" list
say '$ memo stats'
"$memo" stats
