package cmd

import (
	"bytes"
	"strings"
	"testing"
)

// execute is Main for the words of a command line.
func (b *bench) execute(words ...string) (code int, stdout, stderr string) {
	b.Helper()
	app := b.app("")
	app.args = words
	root := newRootCmd(app)
	root.SetArgs(words)
	code = app.exit(root.Execute())
	return code, app.stdout.(*bytes.Buffer).String(), app.stderr.(*bytes.Buffer).String()
}

func TestUsage(t *testing.T) {
	rows := []struct {
		words  string
		code   int
		stdout string // the beginning
		stderr string
	}{
		{"", 0, "memo runs a slow command once", ""},
		{"--help", 0, "memo runs a slow command once", ""},
		{"run --help", 0, "Run COMMAND once", ""},
		{"stat", 125, "", "memo: unknown command \"stat\"\nmemo: hint: did you mean memo stats?\n"},
		{"kubectl", 125, "", "memo: unknown command \"kubectl\"\nmemo: hint: see memo --help; to run a command: memo run -- kubectl\n"},
		{"run", 125, "", "memo: no command given\nmemo: hint: memo run -- COMMAND [ARG...]\n"},
		{"run --tll=1m true", 125, "", "memo: unknown flag --tll\nmemo: hint: did you mean --ttl?\n"},
		{"run --no-such-flag true", 125, "", "memo: unknown flag --no-such-flag\nmemo: hint: see memo run --help\n"},
		{"run -Z true", 125, "", "memo: unknown flag -Z\nmemo: hint: see memo run --help\n"},
		{"run --ttl", 125, "", "memo: --ttl: the EXPIRY is missing\nmemo: hint: see memo run --help\n"},
		{"list --json=5", 125, "", "memo: --json: \"5\": write true or false, or nothing for true\nmemo: hint: see memo list --help\n"},
		{"show --stdout --json -- true", 125, "", "memo: --stdout and --json exclude each other\nmemo: hint: give one of --stdout, --stderr, --output, --json\n"},
		{"stats --since=", 125, "", "memo: --since: the duration is empty; write for example 90s, 10m or 1d12h\nmemo: hint: see memo stats --help\n"},
		{"stats --since=yesterday", 125, "", "memo: --since: duration \"yesterday\": is not a duration; write for example 90s, 10m or 1d12h\nmemo: hint: see memo stats --help\n"},
		{"invalidate --older-than= --all", 125, "", "memo: --older-than: the duration is empty; write for example 90s, 10m or 1d12h\nmemo: hint: see memo invalidate --help\n"},
		{"gc --max-size=", 125, "", "memo: --max-size: size \"\": write for example 500k, 8MiB or 1.5GiB\nmemo: hint: see memo gc --help\n"},
		{"version extra", 125, "", "memo: memo version takes no argument \"extra\"\nmemo: hint: see memo version --help\n"},
		{"--color=sometimes version", 125, "", "memo: --color: \"sometimes\" is none of auto, always, never\nmemo: hint: see memo version --help\n"},
		{"config shwo", 125, "", "memo: memo config knows no \"shwo\"\nmemo: hint: memo config show, path, check, trust or init\n"},
		{"completion tcsh", 125, "", "memo: no completions for tcsh\nmemo: hint: memo completion bash, zsh, fish or powershell\n"},
		{"completion bash", 0, "# bash completion V2 for memo", ""},
		{"completion zsh", 0, "#compdef memo", ""},
		{"completion fish", 0, "# fish completion for memo", ""},
		{"completion powershell", 0, "# powershell completion for memo", ""},
		{"version", 0, "memo ", ""},
		{"version --json", 0, "{\n", ""},
		{"-q config path", 0, "user file     ", ""},
		{"config --json", 0, "[\n", ""},
	}
	b := newBench(t)
	for _, row := range rows {
		code, stdout, stderr := b.execute(strings.Fields(row.words)...)
		if code != row.code || !strings.HasPrefix(stdout, row.stdout) || stderr != row.stderr {
			t.Errorf("memo %s: exit code %d\nstdout %.80q\nstderr %q", row.words, code, stdout, stderr)
		}
	}
}

// TestTypeableHints has hints repeat what was typed, for the shell.
func TestTypeableHints(t *testing.T) {
	rows := []struct {
		words []string
		hint  string
	}{
		{[]string{"invalidate", "users"}, "memo invalidate --tag users, or for a command: memo invalidate -- users"},
		{[]string{"invalidate", "echo", "a b"}, "memo invalidate --tag echo, or for a command: memo invalidate -- echo 'a b'"},
		{[]string{"invalidate", "it's", "--", "x"}, `memo invalidate --tag 'it'"'"'s', or for a command: memo invalidate -- 'it'"'"'s'`},
		{[]string{"invalidate", "-c", "echo shell G"}, "memo invalidate -c -- 'echo shell G'"},
		{[]string{"echo $HOME"}, "see memo --help; to run a command: memo run -- 'echo $HOME'"},
		{[]string{"echo\n$HOME"}, `see memo --help; to run a command: memo run -- $'echo\n$HOME'`},
		{[]string{"keep", "--", "./do it", "now"}, "memo keep --every 1m -- './do it' now"},
		{[]string{"show", "git log"}, "`memo list` shows the keys; for a command: memo show -- 'git log'"},
	}
	b := newBench(t)
	for _, row := range rows {
		code, _, stderr := b.execute(row.words...)
		if _, hint, _ := strings.Cut(stderr, "\nmemo: hint: "); code != 125 || hint != row.hint+"\n" {
			t.Errorf("memo %q: exit code %d\ngot  %s\nwant %s", row.words, code, hint, row.hint)
		}
	}
}
