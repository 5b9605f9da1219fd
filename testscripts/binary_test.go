//go:build unix

package testscripts

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// buildBinaries builds memo with and without cgo as the modes need it. The keys
// of the returned paths say whether cgo was on. The build tag lets scripts move
// the clock.
func buildBinaries(t *testing.T, modes []mode) map[bool]string {
	t.Helper()
	dir, err := os.MkdirTemp("", "memo-bin")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	bins := map[bool]string{}
	for _, m := range modes {
		if bins[m.cgo] != "" {
			continue
		}
		name, enabled := "nocgo", "CGO_ENABLED=0"
		if m.cgo {
			name, enabled = "cgo", "CGO_ENABLED="+cgoDefault(t)
		}
		bin := filepath.Join(dir, name, "memo")
		build := exec.Command("go", "build", "-tags", "memotest", "-o", bin, "github.com/seed-f39940ff/memo")
		build.Env = append(os.Environ(), enabled)
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%s go build: %v\n%s", enabled, err, out)
		}
		bins[m.cgo] = bin
	}
	return bins
}

// cgoDefault returns "1" if the go command finds a C compiler.
func cgoDefault(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "env", "CGO_ENABLED").Output()
	if err != nil {
		t.Fatalf("go env CGO_ENABLED: %v", err)
	}
	return strings.TrimSpace(string(out))
}

var canMountTmpfs = sync.OnceValue(func() bool {
	return exec.Command("unshare", "-m", "mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", "/mnt").Run() == nil
})

// requireTools fails the test if MEMO_TEST_STRICT is set and a tool that a
// script names in [!exec:TOOL] is missing, so that no script is skipped
// silently.
func requireTools(t *testing.T) {
	t.Helper()
	if os.Getenv("MEMO_TEST_STRICT") == "" {
		return
	}
	scripts, err := filepath.Glob("*/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	asked := regexp.MustCompile(`(?m)^\[!exec:([^]]+)\] skip`)
	var missing []string
	for _, script := range scripts {
		text, err := os.ReadFile(script)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range asked.FindAllStringSubmatch(string(text), -1) {
			if _, err := exec.LookPath(m[1]); err != nil {
				missing = append(missing, m[1])
			}
		}
	}
	if slices.Sort(missing); len(missing) > 0 {
		t.Errorf("missing tools: %s (testscripts/install installs them on Debian)",
			strings.Join(slices.Compact(missing), " "))
	}
}
