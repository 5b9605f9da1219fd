//go:build unix

package testscripts

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"waitfor": waitforMain,
		"age":     ageMain,
		"died":    diedMain,
		"signal":  signalMain,
		"repeat":  repeatMain,
		"peak":    peakMain,
		"served":  servedMain,
		"pty":     ptyMain,
	})
}

// A mode is a configuration in which the whole suite runs.
type mode struct {
	name string
	cgo  bool
	env  []string
}

func TestScripts(t *testing.T) {
	modes := []mode{
		{name: "recall", cgo: true},
		{name: "norecall", cgo: true, env: []string{"MEMO_RECALL=0"}},
		{name: "nocgo", cgo: false},
	}
	if only := os.Getenv("MEMO_TEST_MODE"); only != "" {
		modes = slices.DeleteFunc(modes, func(m mode) bool { return m.name != only })
	}
	requireTools(t)
	bins := buildBinaries(t, modes)
	for _, m := range modes {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			for _, topic := range topics(t) {
				t.Run(topic, func(t *testing.T) {
					t.Parallel()
					testscript.Run(t, params(m, topic, bins[m.cgo]))
				})
			}
		})
	}
}

func params(m mode, topic, bin string) testscript.Params {
	return testscript.Params{
		Dir:                topic,
		RequireUniqueNames: true,
		Setup:              func(e *testscript.Env) error { return setup(e, m, bin) },
		Condition:          func(cond string) (bool, error) { return condition(m, cond) },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status":   cmdStatus,
			"within":   cmdWithin,
			"lines":    cmdLines,
			"size":     cmdSize,
			"cmpbin":   cmdCmpbin,
			"results":  cmdResults,
			"damage":   cmdDamage,
			"secret":   cmdSecret,
			"waitidle": cmdWaitidle,
		},
	}
}

// setup gives a script its own environment, with only PATH from the caller's.
func setup(e *testscript.Env, m mode, bin string) error {
	home := filepath.Join(e.WorkDir, ".home")
	cache := filepath.Join(home, ".cache")
	for _, dir := range []string{home, cache, filepath.Join(home, ".config"), filepath.Join(home, ".local", "state")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	// Scripts that drop privileges must still reach these directories.
	for _, dir := range []string{filepath.Dir(e.WorkDir), e.WorkDir} {
		if err := os.Chmod(dir, 0o755); err != nil {
			return err
		}
	}
	// Readline's bracketed paste would put escape sequences into dialogues.
	inputrc := []byte("set enable-bracketed-paste off\n")
	if err := os.WriteFile(filepath.Join(home, ".inputrc"), inputrc, 0o600); err != nil {
		return err
	}
	if err := makeExecutable(e.WorkDir); err != nil {
		return err
	}
	source, err := filepath.Abs("..")
	if err != nil {
		return err
	}
	for _, kv := range [][2]string{
		{"SOURCE", source},
		{"PATH", filepath.Dir(bin) + ":" + e.Getenv("PATH")},
		{"HOME", home},
		{"XDG_CACHE_HOME", cache},
		{"XDG_CONFIG_HOME", filepath.Join(home, ".config")},
		{"XDG_STATE_HOME", filepath.Join(home, ".local", "state")},
		{"CACHE", filepath.Join(cache, "memo")},
		{"CONFIG", filepath.Join(home, ".config", "memo", "config.yaml")},
		{"LANG", "C.UTF-8"},
		{"TZ", "UTC"},
		{"TERM", "xterm"},
		{"INPUTRC", filepath.Join(home, ".inputrc")},
		{"USER", "tester"},
		{"SHELL", "/bin/sh"},
	} {
		e.Setenv(kv[0], kv[1])
	}
	e.Vars = append(e.Vars, m.env...)
	e.Defer(func() { killLeftovers("HOME=" + home) })
	return nil
}

// makeExecutable sets the executable bit of a script's files that begin with
// "#!", which an archive can't carry.
func makeExecutable(dir string) error {
	return filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil || !bytes.HasPrefix(text, []byte("#!")) {
			return err
		}
		return os.Chmod(path, 0o755)
	})
}

// condition evaluates [root], [cgo] (the binary was built with cgo), [recall]
// (recall is on), and [tmpfs] (the test can mount a tmpfs in a private mount
// namespace).
func condition(m mode, cond string) (bool, error) {
	switch cond {
	case "root":
		return os.Geteuid() == 0, nil
	case "cgo":
		return m.cgo, nil
	case "recall":
		return m.name == "recall", nil
	case "tmpfs":
		return canMountTmpfs(), nil
	}
	return false, fmt.Errorf("unknown condition %q", cond)
}

// killLeftovers kills the processes that a script left running, which have the
// script's HOME in their environment.
func killLeftovers(marker string) {
	for _, pid := range processesWith(marker) {
		if pid == os.Getpid() {
			continue
		}
		if p, err := os.FindProcess(pid); err == nil {
			_ = p.Kill() // it may have ended already
		}
	}
}
