package testscripts

import (
	"encoding/json"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/seed-f39940ff/memo"

// allowed returns the permitted imports inside the module, by importing
// package. A package without an entry may import any other.
func allowed() map[string][]string {
	return map[string][]string{
		"": {"cmd", "recall"},
		"cmd": {
			"memo", "expiry", "refresh", "recall", "remote", "trace", "completions", "store", "fingerprint",
			"internal/config", "internal/keep", "internal/event", "internal/process", "internal/capture", "internal/nest",
		},
		"memo":        {"expiry", "store", "fingerprint", "internal/process", "internal/capture", "internal/nest", "internal/output"},
		"recall":      {"store", "fingerprint"},
		"store":       {"fingerprint"},
		"expiry":      {},
		"fingerprint": {},
		"refresh":     {},
		"completions": {},

		"internal/config":  {"memo", "expiry", "store", "fingerprint"},
		"internal/keep":    {"memo", "expiry", "store", "refresh", "fingerprint", "internal/process"},
		"internal/event":   {"memo", "expiry", "store", "refresh", "fingerprint"},
		"internal/capture": {"internal/process", "store"},
		"internal/nest":    {"expiry", "store", "fingerprint"},
		"internal/output":  {"store", "fingerprint"},
		"internal/process": {},
	}
}

// A listedPackage is a part of the output of go list -json.
type listedPackage struct {
	ImportPath, Dir string
	Imports         []string
}

// TestImports checks the layers of packages on every platform.
func TestImports(t *testing.T) {
	for _, goos := range []string{"linux", "darwin", "windows"} {
		for _, pkg := range list(t, goos) {
			from := strings.TrimPrefix(strings.TrimPrefix(pkg.ImportPath, module), "/")
			rules, ruled := allowed()[from]
			for _, imported := range pkg.Imports {
				if to, ours := strings.CutPrefix(imported, module+"/"); ours && ruled && !slices.Contains(rules, to) {
					t.Errorf("%s: package %q imports %q", goos, from, to)
				}
			}
		}
	}
}

// TestLibrariesInOnePlace checks that only certain files import the libraries
// that shape the program.
func TestLibrariesInOnePlace(t *testing.T) {
	rules := []struct{ library, files string }{
		{"github.com/spf13/cobra/doc", "docs/man/*.go"},
		{"github.com/spf13/cobra", "cmd/*.go"},
		{"github.com/spf13/viper", "internal/config/*.go"},
		{"github.com/charmbracelet/lipgloss", "cmd/style*.go"},
	}
	for _, pkg := range list(t, "linux") {
		rel := strings.TrimPrefix(strings.TrimPrefix(pkg.ImportPath, module), "/")
		files, err := filepath.Glob(filepath.Join(pkg.Dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			name := path.Join(rel, filepath.Base(file))
			for _, imported := range importsOf(t, file) {
				for _, rule := range rules {
					if !strings.HasPrefix(imported+"/", rule.library+"/") {
						continue
					}
					if ok, _ := path.Match(rule.files, name); !ok {
						t.Errorf("%s imports %s, which belongs into %s", name, imported, rule.files)
					}
					break // the first rule is about the longest path
				}
			}
		}
	}
}

func list(t *testing.T, goos string) []listedPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Dir,Imports", module+"/...")
	cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH=amd64", "CGO_ENABLED=0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pkgs []listedPackage
	for dec := json.NewDecoder(out); ; {
		var pkg listedPackage
		if err := dec.Decode(&pkg); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("go list: %v", err)
		}
		pkgs = append(pkgs, pkg)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("go list: %v", err)
	}
	return pkgs
}

func importsOf(t *testing.T, file string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, spec := range parsed.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}
