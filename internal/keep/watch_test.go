//go:build linux

package keep

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// watched returns a watch of patterns in a new directory, which is armed.
func watched(t *testing.T, patterns ...string) (w *watch, dir string, arm func() bool) {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	deps, err := fingerprint.ParseDependencies(patterns)
	if err != nil {
		t.Fatal(err)
	}
	w = newWatch(dir)
	t.Cleanup(w.close)
	arm = func() bool {
		return w.arm(&fingerprint.Taker{World: fingerprint.NewWorld(nil, dir), Dir: dir}, deps)
	}
	for range 100 {
		if !arm() {
			break
		}
	}
	w.forget()
	return w, dir, arm
}

// wantChange fails the test unless something is noticed.
func wantChange(t *testing.T, w *watch, what string) {
	t.Helper()
	select {
	case <-w.changed:
		w.settle()
	case <-time.After(10 * time.Second):
		t.Errorf("%s was not noticed", what)
	}
}

func do(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func write(path string) error { return os.WriteFile(path, []byte("text\n"), 0o600) }

// TestWatchChanges does to files and directories what editors and checkouts do.
func TestWatchChanges(t *testing.T) {
	w, dir, arm := watched(t, "a/**/*.go", "one")
	path := func(name string) string { return filepath.Join(dir, name) }
	for _, step := range []struct {
		what string
		do   func()
	}{
		{"a file that is made", func() { do(t, write(path("one"))) }},
		{"a file that is replaced", func() { do(t, write(path("one.new")), os.Rename(path("one.new"), path("one"))) }},
		{"a file that is removed", func() { do(t, os.Remove(path("one"))) }},
		{"a directory that is made", func() { do(t, os.Mkdir(path("a"), 0o700)) }},
		{"a file in it", func() { do(t, write(path("a/x.go"))) }},
		{"a directory further down", func() { do(t, os.Mkdir(path("a/b"), 0o700)) }},
		{"a file in that", func() { do(t, write(path("a/b/y.go"))) }},
		{"a directory that is renamed", func() { do(t, os.Rename(path("a"), path("z"))) }},
		{"a directory that is made again", func() { do(t, os.Mkdir(path("a"), 0o700)) }},
	} {
		step.do()
		wantChange(t, w, step.what)
		for arm() {
		}
		w.forget()
	}
	if w.trouble != nil {
		t.Errorf("trouble: %v", w.trouble)
	}
}

// TestWatchIgnoresOthers has other files change.
func TestWatchIgnoresOthers(t *testing.T) {
	w, dir, _ := watched(t, "*.go")
	for _, name := range []string{"a.txt", "b", "c.gox"} {
		do(t, write(filepath.Join(dir, name)))
	}
	do(t, write(filepath.Join(dir, "a.go")))
	wantChange(t, w, "the dependency")
	if !w.concerns(filepath.Join(dir, "a.go")) || w.concerns(filepath.Join(dir, "a.txt")) {
		t.Error("the wrong file concerns the watch")
	}
}

// TestWatchVanished removes directories between listing and watching them.
func TestWatchVanished(t *testing.T) {
	w, dir, arm := watched(t, "a/*")
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
				_ = os.Mkdir(filepath.Join(dir, "a"), 0o700)
				_ = os.RemoveAll(filepath.Join(dir, "a"))
			}
		}
	}()
	for range 2000 {
		if arm(); w.trouble != nil {
			t.Fatalf("trouble: %v", w.trouble)
		}
	}
	close(stop)
	<-done
}

// TestLimitOf has the limits of inotify named.
func TestLimitOf(t *testing.T) {
	for err, want := range map[error]string{
		syscall.ENOSPC: "fs.inotify.max_user_watches",
		syscall.EMFILE: "fs.inotify.max_user_instances",
		syscall.EACCES: "permission denied",
	} {
		if got := limitOf(&os.PathError{Op: "add", Path: "x", Err: err}).Error(); !strings.Contains(got, want) {
			t.Errorf("%v: got %q, want it to name %s", err, got, want)
		}
	}
}
