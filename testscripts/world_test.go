package testscripts

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// looks returns the functions with which a program looks at the machine, by
// package. Those of package fingerprint are the ones behind the World.
func looks() map[string][]string {
	return map[string][]string{
		"os": {
			"Getenv", "LookupEnv", "Environ", "ExpandEnv", "Stat", "Lstat", "ReadFile", "Open", "OpenFile", "ReadDir",
			"Readlink", "Getwd", "UserHomeDir", "UserCacheDir", "UserConfigDir", "Hostname", "DirFS", "OpenRoot",
		},
		"path/filepath":         {"Abs", "EvalSymlinks", "Glob", "Walk", "WalkDir"},
		"os/exec":               {"LookPath"},
		"os/user":               {"Current", "Lookup", "LookupId", "LookupGroup", "LookupGroupId"},
		"syscall":               {"Stat", "Lstat", "Access", "Open", "Getenv", "Environ", "Getwd", "Readlink", "Statfs"},
		"golang.org/x/sys/unix": {"Stat", "Lstat", "Fstatat", "Statx", "Access", "Faccessat", "Open", "Openat", "Getenv", "Environ", "Getwd", "Readlink", "Statfs"},
		"":                      {"statPath", "openFile", "listDir", "mayExecute", "statfs"},
	}
}

// looking returns the files that may look at the machine without a
// fingerprint.World, and why what they see is not an input of a recall record.
func looking() map[string]string {
	return map[string]string{
		"cmd/app.go":        "makes the World of the environment",
		"cmd/complete.go":   "what a shell asks for completions, not run",
		"cmd/config_cmd.go": "the configuration commands, not run",
		"cmd/invalidate.go": "paths to select by, not run",
		"cmd/not_found.go":  "hints about a command that was not run",
		"cmd/named_file.go": "where a report goes; calls with one are never recorded",

		"cmd/announce_memotest.go": "a variable of tests",
		"cmd/exec_unix.go":         "the null device",
		"memo/input.go":            "what a command reads; never recorded",
		"memo/runner.go":           "the environment of commands",

		"internal/output/collect.go": "whether symlinks lead out of the project, after a run",
		"internal/output/restore.go": "writes files; what it compares it sees through the World",

		"internal/nest/nest.go":               "the context file; calls below a memoized command are never recorded",
		"internal/nest/nest_unix.go":          "the context file",
		"internal/nest/nest_windows.go":       "the context file",
		"internal/process/signals_linux.go":   "what a process does with signals",
		"internal/process/foreground_unix.go": "who gets signals of the terminal",
		"internal/process/pressure_linux.go":  "how long a script may take",
		"internal/process/tree_linux.go":      "the processes to end after a timeout",

		"fingerprint/clock_memotest.go": "the clock of tests, which the C code reads too",
		"fingerprint/content.go":        "reads files whose stat was noted and is compared before and after",
		"fingerprint/file_unix.go":      "behind the World",
		"fingerprint/file_windows.go":   "behind the World",
		"fingerprint/fskind_bsd.go":     "behind the World",
		"fingerprint/fskind_linux.go":   "behind the World",
		"fingerprint/interpreter.go":    "reads the head of a program whose stat was noted and is compared afterwards",
		"fingerprint/local.go":          "where a store can't be made, after which nothing is recorded",
		"fingerprint/look.go":           "the World",
		"fingerprint/physical.go":       "the working directory, which records name",
		"fingerprint/places.go":         "where a keeper watches, not run",
		"internal/keep/watch.go":        "what a keeper watches, not run",
		"fingerprint/trust.go":          "the kind of file system, which the device in a noted stat tells",
		"recall/sweep.go":               "the table of records itself",
		"recall/table.go":               "the table of records itself",
		"fingerprint/warn.go":           "warnings to people, which decide nothing",
		"fingerprint/walk.go":           "the text of a symlink whose stat was noted and is compared afterwards",
	}
}

// TestOneDoor checks that decisions look at the machine only through
// fingerprint.World, whose list of consultations becomes the recall record.
// Recall would not notice the change of an input that bypasses it.
func TestOneDoor(t *testing.T) {
	excused := looking()
	used := map[string]bool{}
	for _, pkg := range []string{
		"cmd", "memo", "recall", "fingerprint",
		"internal/capture", "internal/event", "internal/keep", "internal/nest", "internal/output", "internal/process",
	} {
		files, err := filepath.Glob(filepath.Join("..", pkg, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no files of package %s: %v", pkg, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			name := path.Join(pkg, filepath.Base(file))
			for _, look := range looksIn(t, file) {
				if used[name] = true; excused[name] == "" {
					t.Errorf("%s calls %s: use fingerprint.World, or give a reason in looking", name, look)
				}
			}
		}
	}
	for name := range excused {
		if !used[name] {
			t.Errorf("%s is listed in looking but does not look at the machine", name)
		}
	}
}

// looksIn returns the functions in a file that look at the machine.
func looksIn(t *testing.T, file string) []string {
	t.Helper()
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	imports := map[string]string{} // path by name
	for _, spec := range parsed.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		name := path.Base(imported)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		imports[name] = imported
	}
	var found []string
	ast.Inspect(parsed, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && imports[x.Name] != "" && slices.Contains(looks()[imports[x.Name]], n.Sel.Name) {
				found = append(found, x.Name+"."+n.Sel.Name+" at "+fset.Position(n.Pos()).String())
			}
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.Ident); ok && slices.Contains(looks()[""], f.Name) {
				found = append(found, f.Name+" at "+fset.Position(n.Pos()).String())
			}
		}
		return true
	})
	return found
}
