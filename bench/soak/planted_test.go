//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// fakeMemo is a memo with a bug, which is what happens where it has a result.
// All its bugs but the first are in what is else an honest way to cache
// nothing.
const fakeMemo = `#!/bin/sh
[ "$1" = run ] || exit 0
key=$SOAK_WORLD/fake$(printf '%%s %%s' "$PWD $SOAK_VAR $TESTING_MEMO_CLOCK" "$*" | cksum | tr -d ' ')
while [ "$1" != -- ]; do shift; done
shift
again() { cat "$key.out"; cat "$key.err" >&2; exit "$(cat "$key.code")"; }
bug() { %s; }
mkdir "$key.there" 2>/dev/null || bug "$@"
"$@" >"$key.$$.out" 2>"$key.$$.err"
code=$?
for part in out err; do cp "$key.$$.$part" "$key.$part"; done
echo "$code" >"$key.code"
cat "$key.out"
cat "$key.err" >&2
exit "$code"
`

func TestHonestMemoIsFine(t *testing.T) {
	base, o := plant(t, `"$@"; exit`)
	for n := range uint64(2) {
		pl := newPlan(o.seed, n, o)
		if bad, err := o.try(&pl, pl.steps, base, newCounts()); bad != nil || err != nil {
			t.Errorf("world %d: %v, %v", n, bad, err)
		}
	}
}

func TestPlantedBugsAreFoundAndShrunk(t *testing.T) {
	tests := []struct {
		name, bug string
		rules     []string // any of which names it rightly
		most      int      // operations in what is left
	}{
		{"forgets inputs", `[ -e "$key.code" ] && again`,
			[]string{"another input", "an invalidated run", "a failed run", "a replay with --force", "a replay with a bad configuration", "an expired run"}, 4},
		{"runs twice", `"$@" >/dev/null 2>&1`, []string{"it ran twice"}, 2},
		{"runs and replays", `[ -e "$key.code" ] && { "$@" >/dev/null 2>&1; again; }`, []string{"both ran and replayed"}, 2},
		{"prints twice", `"$@"; "$@"; exit`, []string{"wrong bytes"}, 2},
		{"loses the exit code", `"$@"; exit 9`, []string{"wrong exit code"}, 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			base, o := plant(t, test.bug)
			for n := range uint64(20) {
				pl := newPlan(o.seed, n, o)
				bad, err := o.try(&pl, pl.steps, base, newCounts())
				if err != nil {
					t.Fatal(err)
				}
				if bad == nil {
					continue
				}
				if !slices.Contains(test.rules, bad.rule) {
					t.Fatalf("found %v, want one of %q", bad, test.rules)
				}
				small, err := o.explain(&pl, bad, n, base)
				if err != nil {
					t.Fatal(err)
				}
				if size(small.result.steps) > test.most || !small.result.again {
					t.Errorf("%d operations are left, %s", size(small.result.steps), small.result.honesty())
				}
				runScript(t, o, small)
				return
			}
			t.Error("it was not found in 20 worlds")
		})
	}
}

// plant makes a memo with a bug, and options for a soak of it.
func plant(t *testing.T, bug string) (base string, o *options) {
	t.Helper()
	base, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	memo := filepath.Join(base, "memo")
	if err := os.WriteFile(memo, fmt.Appendf(nil, fakeMemo, bug), 0o700); err != nil {
		t.Fatal(err)
	}
	return base, &options{memo: memo, seed: 1, shrink: time.Hour, steps: 40, callers: 1, recall: "on", out: base, stop: t.Context()}
}

// runScript holds that the script of a failure makes the same calls.
func runScript(t *testing.T, o *options, found *finding) {
	t.Helper()
	cmd := exec.Command("sh", found.script)
	cmd.Env = append(os.Environ(), "MEMO="+o.memo, "TMPDIR="+t.TempDir())
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("the script: %v\n%s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if !strings.Contains(string(out), "exit code") || !strings.HasPrefix(lines[len(lines)-1], "step ") {
		t.Errorf("the script prints\n%s", out)
	}
}
