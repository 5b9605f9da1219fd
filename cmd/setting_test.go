package cmd

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/seed-f39940ff/memo/internal/config"
)

// TestNewSetting adds a row to the table of settings and looks at what the
// commands make of it.
func TestNewSetting(t *testing.T) {
	b := newBench(t)
	b.settings = append(b.settings, config.Setting{
		Name: "wall_shade", Flag: "wall-shade", Placeholder: "SHADE", Usage: "what the wall is painted in",
		Place: config.Anywhere, Field: func(*config.Config) any { return new(string) },
	})
	row := &b.settings[len(b.settings)-1]
	outputs := func(want bool, part string, words ...string) {
		t.Helper()
		if code, stdout, stderr := b.execute(words...); code != 0 || strings.Contains(stdout, part) != want {
			t.Errorf("memo %q: exit code %d, %q in it should be %v:\n%s%s", words, code, part, want, stdout, stderr)
		}
	}
	const help = "--wall-shade SHADE"
	outputs(true, help+"   ", "run", "--help")
	outputs(true, "--wall-shade", "__complete", "run", "--")
	outputs(true, help, "keep", "--help")
	outputs(false, help, "show", "--help")
	outputs(false, help, "invalidate", "--help")
	b.userFile("wall_shade: teal\n")
	outputs(true, "teal", "config", "show")
	b.environ = append(b.environ, "MEMO_WALL_SHADE=rust")
	outputs(true, "rust", "config", "show")

	again := func(answers bool) bool {
		t.Helper()
		flags := pflag.NewFlagSet("run", pflag.ContinueOnError)
		app := b.app("")
		app.addRunFlags(flags)
		if err := flags.Parse([]string{"--wall-shade=ochre"}); err != nil {
			t.Fatal(err)
		}
		r := run{app: app, flags: flags}
		return slices.Contains(r.againArgs([]string{"x"}, answers), "--wall-shade=ochre")
	}
	if !again(false) || !again(true) {
		t.Error("a detached run does not get the flag")
	}
	row.Detached = config.Answers
	if again(false) || !again(true) {
		t.Error("only a detached run that answers should get the flag")
	}
	row.NotKept = true
	outputs(false, help, "keep", "--help")
	if code, _, stderr := b.execute("keep", "--every", "1m", "--wall-shade", "x", "--", "true"); code != 125 || !strings.Contains(stderr, "takes no --wall-shade") {
		t.Errorf("keep: exit code %d, %s", code, stderr)
	}
	row.Part = config.GroupPart
	outputs(true, help, "show", "--help")
	outputs(false, help, "invalidate", "--help")
	row.Part = config.KeyPart
	outputs(true, help, "show", "--help")
	outputs(true, help, "invalidate", "--help")
}
