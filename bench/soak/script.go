//go:build linux

package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"al.essio.dev/pkg/shellescape"
)

// A scripter writes a plan as a shell script.
type scripter struct {
	w               io.Writer
	clock, variable string
	calls           int
}

const scriptHead = `#!/bin/sh
# %s
# found by soak -seed %d -world %d
# %s
#
#	go build -tags memotest -o memo . && MEMO=$PWD/memo sh THIS_FILE
: "${MEMO:?is the path of a memo that is built with -tags memotest}"
W=$(mktemp -d)
MEMO_CACHE_DIR=$W%s MEMO_RECALL=%s SOAK_DISK=%s
cd "$W" || exit

%s
# show ID DIR CLOCK VAR STDIN ARG...: make a call and show what it prints.
show() {
	out=$W/out.$1 err=$W/err.$1
	(call "$@") >"$out" 2>"$err"
	echo "exit code $?"
	head -c 300 "$out"
	cat "$err"
}

say() { printf '%%s\n' "$1"; }

# wait_settled: wait until what calls left behind has ended.
wait_settled() { while [ -n "$(detached)" ]; do sleep 0.1; done; }

# kill_detached: kill the processes that calls have left behind.
kill_detached() {
	for pid in $(detached); do
		[ "$(readlink "/proc/$pid/exe")" != "$MEMO" ] || [ "$pid" = "$keeper" ] || kill -9 "$pid"
	done
}

cat >prog.sh <<'END OF PROG'
%sEND OF PROG
keeper= caller=
begin
`

// writeScript writes a plan as a script that a person can run.
func writeScript(w io.Writer, o *options, pl *plan, result shrunk, bad *violation, world uint64) {
	cache, recall, disk := "/cache", "1", ""
	if !pl.recall {
		recall = "0"
	}
	if pl.disk {
		cache, disk = "/disk/cache", "1 # mounts: run this by unshare -m sh THIS_FILE"
	}
	fmt.Fprintf(w, scriptHead, bad.Error(), o.seed, world, result.honesty(), cache, recall, disk, preludeText, programText)
	s := &scripter{w: w, clock: "0s", variable: "unset"}
	for i, ops := range result.steps {
		fmt.Fprintf(w, "\n# step %d\n", i+1)
		s.step(ops)
	}
	fmt.Fprintf(w, "\nsay %s\n", shellescape.Quote(bad.Error()))
}

// honesty says how far a script can be relied on.
func (s *shrunk) honesty() string {
	switch {
	case !s.again:
		return "It did not fail again: it needs things to meet as they did once. These are all steps."
	case s.together:
		return "It needs processes at the same time, and may have to be run more than once."
	}
	return "It fails every time."
}

// step writes the operations of a step.
func (s *scripter) step(ops step) {
	if len(ops) == 1 {
		line := s.line(&ops[0], false)
		if ops[0].after > 0 {
			fmt.Fprintf(s.w, "sleep %.3f\n", ops[0].after.Seconds())
		}
		fmt.Fprintf(s.w, "say %s\n%s\n", shellescape.Quote("+ "+line), line)
		return
	}
	for i := range ops {
		line := s.line(&ops[i], true)
		fmt.Fprintf(s.w, "say %s\n(sleep %.3f; %s) &\n", shellescape.Quote("+ "+line), ops[i].after.Seconds(), line)
		if i == 0 {
			fmt.Fprintln(s.w, "caller=$!")
		}
	}
	fmt.Fprintln(s.w, "wait")
	for id := s.calls; id > 0 && id > s.calls-len(ops); id-- {
		fmt.Fprintf(s.w, "head -c 300 out.%d err.%d 2>/dev/null\n", id, id)
	}
}

// line writes an operation. Together with others a call shows what it printed
// later, and its process is that of memo.
func (s *scripter) line(o *op, together bool) string {
	switch o.kind {
	case call:
		s.calls++
		args := append([]string{strconv.Itoa(s.calls), o.dir, s.clock, s.variable, o.stdin}, o.inv.args("run")...)
		if together {
			return fmt.Sprintf("call %s >out.%d 2>err.%d", shellescape.QuoteCommand(args), s.calls, s.calls)
		}
		return "show " + shellescape.QuoteCommand(args)
	case keep:
		s.calls++
		args := append([]string{"k" + strconv.Itoa(s.calls), o.dir, s.clock, s.variable, o.stdin}, o.inv.args("keep", "--every", "100ms")...)
		return "call " + shellescape.QuoteCommand(args) + " >/dev/null 2>&1 & keeper=$!"
	case invalidate, other:
		dir := o.dir
		if dir == "" {
			dir = "d0"
		}
		return "(call 0 " + dir + " " + s.clock + " " + s.variable + " none " + shellescape.QuoteCommand(o.args) + ")"
	case setClock:
		s.clock = o.value
		return "# the clock is " + o.value + " ahead"
	case setVar:
		s.variable = o.value
		return "# SOAK_VAR is " + o.value
	case settle:
		return "wait_settled"
	case kill:
		return map[string]string{
			"caller": `kill -9 "$caller"`, "keeper": `[ -z "$keeper" ] || kill -9 "$keeper"`, "detached": "kill_detached",
		}[o.name]
	}
	return strings.TrimSpace(o.commandLine())
}
