package cmd

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/internal/config"
)

// A bench is a machine of its own for one test: a home, a project and an
// environment.
type bench struct {
	*testing.T
	home, project string
	environ       []string
	settings      config.Table
}

func newBench(t *testing.T) *bench {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{T: t, settings: config.Settings(), home: filepath.Join(root, "home"), project: filepath.Join(root, "project")}
	b.environ = []string{"HOME=" + b.home, "USERPROFILE=" + b.home}
	for _, dir := range []string{b.home, b.project} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// app is an invocation in a directory below the project.
func (b *bench) app(below string) *app {
	b.Helper()
	dir := filepath.Join(b.project, below)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	return &app{
		world:    fingerprint.NewWorld(b.environ, dir),
		environ:  b.environ,
		stdout:   &bytes.Buffer{},
		stderr:   &bytes.Buffer{},
		color:    "auto",
		settings: b.settings,
	}
}

func (b *bench) write(path, text string) {
	b.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) userFile(text string) string {
	b.Helper()
	path := filepath.Join(b.home, ".config", "memo", "config.yaml")
	b.write(path, text)
	return path
}

func (b *bench) projectFile(text string) string {
	b.Helper()
	path := filepath.Join(b.project, config.ProjectName)
	b.write(path, text)
	return path
}

// trust makes the project file trusted.
func (b *bench) trust() {
	b.Helper()
	if err := runConfigTrust(b.app(""), nil, false); err != nil {
		b.Fatal(err)
	}
}

// TestConfigTrust trusts, revokes, and refuses what it can't.
func TestConfigTrust(t *testing.T) {
	b := newBench(t)
	b.projectFile("scope: x\n")
	if _, err := b.app("").load(nil, nil); err == nil {
		t.Error("a new file is trusted")
	}
	b.trust()
	if cfg, err := b.app("").load(nil, nil); err != nil || cfg.Command.Scope != "x" {
		t.Errorf("trusted: %+v, %v", cfg, err)
	}
	if err := runConfigTrust(b.app(""), []string{config.ProjectName}, true); err != nil {
		t.Fatal(err)
	}
	if _, err := b.app("").load(nil, nil); err == nil {
		t.Error("a revoked file is trusted")
	}
	if err := runConfigTrust(b.app(""), []string{"missing"}, false); err == nil {
		t.Error("a missing file can be trusted")
	}
	b.projectFile("tll: x\n")
	if err := runConfigTrust(b.app(""), nil, false); err == nil {
		t.Error("a broken file can be trusted")
	}
}

func TestConfigShow(t *testing.T) {
	b := newBench(t)
	user := b.userFile("swr: 1h\n")
	project := b.projectFile("tags: [\"A\\e[31m\"]\nrules: [{match: x *, ttl: 1m}]\n")
	app := b.app("")
	if err := runConfigShow(app, []string{"x"}, false); err != nil {
		t.Fatal(err)
	}
	got := app.stdout.(*bytes.Buffer).String()
	for _, want := range []string{
		fmt.Sprintf("ttl 1m project file %s:2", project),
		fmt.Sprintf("swr 1h user file %s:1", user),
		fmt.Sprintf(`tags A\x1b[31m project file %s:1`, project),
		"default_ttl 5m default",
	} {
		found := slices.ContainsFunc(strings.Split(got, "\n"), func(line string) bool {
			return strings.Join(strings.Fields(line), " ") == want
		})
		if !found {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
}

func TestConfigCheck(t *testing.T) {
	b := newBench(t)
	if err := runConfigCheck(b.app("")); err != nil {
		t.Error(err)
	}
	user := b.userFile("tll: 5m\n")
	project := b.projectFile("scope: x\n")
	b.environ = append(b.environ, "MEMO_SWR=soon")
	app := b.app("")
	var exit *exitError
	if err := runConfigCheck(app); !errors.As(err, &exit) || exit.code != 1 {
		t.Errorf("got %v, want exit code 1", err)
	}
	got := strings.Split(app.stdout.(*bytes.Buffer).String(), "\n")
	if len(got) != 4 || !strings.HasPrefix(got[0], "MEMO_SWR: ") || !strings.HasPrefix(got[1], user+":1: ") || !strings.HasPrefix(got[2], project+":1: ") {
		t.Errorf("got %q", got)
	}
}

func TestConfigInit(t *testing.T) {
	b := newBench(t)
	if err := runConfigInit(b.app("")); err != nil {
		t.Fatal(err)
	}
	if _, err := b.app("").load(nil, nil); err != nil {
		t.Fatal(err)
	}
	path := b.userFile("ttl: 1m\n")
	if err := runConfigInit(b.app("")); err == nil || !strings.Contains(err.Error(), "already exists") {
		t.Errorf("over an existing file: %v", err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "ttl: 1m\n" {
		t.Errorf("the existing file is %q, %v", text, err)
	}
}
