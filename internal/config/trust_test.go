package config

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/seed-f39940ff/memo/expiry"
)

func TestUntrustedFile(t *testing.T) {
	rows := []struct {
		name, user, project string
		argv                []string
		want                string // key that needs trust, empty if none
	}{
		{"shorter than default", "", "ttl: 1m", nil, ""},
		{"longer than default", "", "ttl: 6m", nil, "ttl"},
		{"longer than the user's", "ttl: 1m", "ttl: 2m", nil, "ttl"},
		{"as long as the user's", "ttl: 1h", "ttl: 1h", nil, ""},
		{"shorter than never", "ttl: never", "ttl: 18:00", nil, ""},
		{"time of day for minutes", "ttl: 10m", "ttl: 18:00", nil, "ttl"},
		{"overridden by a flag", "", "ttl: 1h", []string{"-t", "2h"}, ""},
		{"anything with dependencies", "", "ttl: 1h", []string{"-d", "x"}, ""},
		{"longer default", "", "default_ttl: 6m", nil, "default_ttl"},
		{"shorter default", "", "default_ttl: 4m", nil, ""},
		{"any swr", "", "swr: 1s", nil, "swr"},
		{"shorter swr", "swr: 1h", "swr: 1s", nil, ""},
		{"any negative ttl", "", "negative_ttl: 1s", nil, "negative_ttl"},
		{"variables and tags", "", "env: [A, 'B_*']\ntags: [x]", nil, ""},
		{"key_env", "", "key_env: []", nil, "key_env"},
		{"scope", "", "scope: x", nil, "scope"},
		{"program", "", "no_program: true", nil, "no_program"},
		{"version", "", "version_cmd: id", nil, "version_cmd"},
		{"cache", "", "cache_dir: x", nil, "cache_dir"},
		{"bounds", "", "max_size: 1k", nil, "max_size"},
		{"quiet", "", "quiet: true", nil, "quiet"},
		{"in a rule that matches", "", "rules: [{match: x, ttl: 1h}]", nil, "ttl"},
		{"in a rule that does not match", "", "rules: [{match: y, ttl: 1h}]", nil, ""},
		{"needs trust in any rule", "", "rules: [{match: y, scope: z}]", nil, "scope"},
		{"in a scope", "", "scopes: [{name: y, any_cwd: true}]", nil, "any_cwd"},
		{"dependencies", "", "dep: [a, 'b/**', 'c/{d,e}', ./f, below/g/, 'x..y']", nil, ""},
		{"absolute dependency", "", "dep: [/etc/passwd]", nil, "dep"},
		{"dependency above", "", "dep: [../a]", nil, "dep"},
		{"dependency above further in", "", "dep: [a/../../b]", nil, "dep"},
		{"dependency above, escaped", "", `dep: ['\.\./a']`, nil, "dep"},
		{"dependency above in braces", "", "dep: ['{a,..}/b']", nil, "dep"},
		{"dependency through a symlink", "", "dep: [link/passwd]", nil, "dep"},
		{"dependency that is a symlink", "", "dep: [link]", nil, "dep"},
		{"dependency that is a symlink, with its time", "", "dep: [link@mtime]", nil, "dep"},
		{"glob through a symlink", "", "dep: ['link/*']", nil, "dep"},
		{"glob behind an escaped one", "", `dep: ['\*/link/*']`, nil, "dep"},
		{"exclusion", "", "dep: ['!**']", []string{"-d", "x"}, "dep"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			b := newBench(t)
			b.userFile(row.user)
			path := b.projectFile(row.project)
			for _, link := range []string{"link", "*/link"} {
				name := filepath.Join(b.project, link)
				if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
					t.Skip(err) // no such names on Windows
				}
				if err := os.Symlink("/etc", name); err != nil {
					t.Skip(err)
				}
			}
			_, err := b.load(append(row.argv, "x")...)
			if row.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			var untrusted *UntrustedError
			if !errors.As(err, &untrusted) || untrusted.File != path || untrusted.Key != row.want || untrusted.Line == 0 {
				t.Fatalf("got %v, want %q to need trust", err, row.want)
			}
			if _, err := b.load("-t", "1s", "x"); row.want == "ttl" && err != nil {
				t.Fatalf("with a flag: %v", err)
			}
			b.trust()
			b.mustLoad(append(row.argv, "x")...)
		})
	}
}

// TestUntrustedDependency checks that a dependency in an untrusted file does
// not make results live longer.
func TestUntrustedDependency(t *testing.T) {
	b := newBench(t)
	b.projectFile("dep: [go.mod]\n")
	if cfg := b.mustLoad("x"); cfg.Policy.TTL != expiry.For(5*time.Minute) {
		t.Errorf("not trusted: ttl %q, want the default", cfg.Policy.TTL)
	}
	if cfg := b.mustLoad("-d", "y", "x"); cfg.Policy.TTL.Given() {
		t.Errorf("not trusted, and another dependency: ttl %q, want none", cfg.Policy.TTL)
	}
	b.trust()
	if cfg := b.mustLoad("x"); cfg.Policy.TTL.Given() {
		t.Errorf("trusted: ttl %q, want none", cfg.Policy.TTL)
	}
}

func TestTrust(t *testing.T) {
	b := newBench(t)
	path := b.projectFile("scope: x\n")
	_, err := b.load("x")
	want := path + `:1: "scope" needs trust; read the file, then type: memo config trust`
	if err == nil || err.Error() != want || !IsTolerable(err) {
		t.Fatalf("got %v, want %s", err, want)
	}
	b.trust()
	if cfg := b.mustLoad("x"); cfg.Command.Scope != "x" {
		t.Errorf("trusted: scope %q", cfg.Command.Scope)
	}
	b.projectFile("scope: y\n")
	if _, err := b.load("x"); err == nil {
		t.Error("a changed file is trusted")
	}
	b.projectFile("scope: x\n")
	b.mustLoad("x")
	w := b.sources("", nil).World
	if had, err := RevokeTrust(w, path, []byte("scope: x\n")); err != nil || !had {
		t.Fatalf("revoke: %v, %v", had, err)
	}
	if _, err := b.load("x"); err == nil {
		t.Error("a revoked file is trusted")
	}
	if err := b.sources("", nil).Trust(path, []byte("tll: x\n")); err == nil {
		t.Error("a broken file can be trusted")
	}
}

func TestForeignFileIsNeverTrusted(t *testing.T) {
	if runtime.GOOS == "windows" || os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	b := newBench(t)
	path := b.projectFile("scope: x\n")
	b.trust()
	if err := os.Chown(path, 12345, -1); err != nil {
		t.Fatal(err)
	}
	if _, err := b.load("x"); err == nil {
		t.Error("a file of another user is trusted")
	}
	if err := b.sources("", nil).Trust(path, []byte("scope: x\n")); err == nil || !strings.Contains(err.Error(), "belongs to another user") {
		t.Errorf("trust in a file of another user: %v", err)
	}
}
