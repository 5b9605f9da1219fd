package fingerprint

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestWorldAbsent(t *testing.T) {
	k := newTaker(t)
	w := k.World
	write(t, k.Dir, "file", "x")
	for _, path := range []string{"gone", "file/below", "gone/below"} {
		if _, err := w.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Lstat(%q): %v, want fs.ErrNotExist", path, err)
		}
		if _, err := w.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Stat(%q): %v, want fs.ErrNotExist", path, err)
		}
		if _, err := w.ReadFile(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("ReadFile(%q): %v, want fs.ErrNotExist", path, err)
		}
	}
	c := w.Consulted()
	if len(c.Paths) != 6 || c.Unstable {
		t.Fatalf("consulted %+v, want 6 stable paths", c)
	}
	for _, p := range c.Paths {
		if !p.Absent || !filepath.IsAbs(p.Path) {
			t.Errorf("consultation %+v, want an absolute, absent path", p)
		}
	}
}

func TestWorldOtherErrorsAreUnstable(t *testing.T) {
	k := newTaker(t)
	_, err := k.World.Lstat(strings.Repeat("n", 300))
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a name that is too long: %v, want an error that is not fs.ErrNotExist", err)
	}
	if !k.World.Consulted().Unstable {
		t.Error("account is stable, want unstable")
	}
}

func TestWorldUnstable(t *testing.T) {
	k := newTaker(t)
	w := k.World
	write(t, k.Dir, "file", "x")
	w.Lstat("file")
	w.Lstat("file")
	if w.Consulted().Unstable {
		t.Error("one state seen twice is unstable")
	}
	write(t, k.Dir, "file", "xy")
	w.Lstat("file")
	if !w.Consulted().Unstable {
		t.Error("two states are stable")
	}
	w = newTaker(t).World
	w.NeverRecall()
	if !w.Consulted().Unstable {
		t.Error("NeverRecall left the account stable")
	}
}

func TestWorldReadFile(t *testing.T) {
	k := newTaker(t)
	w := k.World
	write(t, k.Dir, "file", "text", "link", "-> file", "dir/x", "")
	for _, name := range []string{"file", "link"} {
		if got, err := w.ReadFile(name); err != nil || string(got) != "text" {
			t.Errorf("ReadFile(%q) = %q, %v", name, got, err)
		}
	}
	if _, err := w.ReadFile("dir"); err == nil {
		t.Error("ReadFile of a directory succeeded")
	}
	if got, err := w.ReadFile(os.DevNull); err != nil || len(got) != 0 {
		t.Errorf("ReadFile(%q) = %q, %v", os.DevNull, got, err)
	}
	entries, err := w.ReadDir(".")
	if err != nil || len(entries) != 3 || entries[0].Name() != "dir" {
		t.Errorf("ReadDir = %v, %v", entries, err)
	}
	if _, err := w.ReadDir("file"); err == nil {
		t.Error("ReadDir of a file succeeded")
	}
	if c := w.Consulted(); c.Unstable || len(c.Paths) != 4 {
		t.Errorf("consulted %+v, want 4 stable paths", c)
	}
}

func TestTrusted(t *testing.T) {
	const sec = int64(time.Second)
	base := time.Unix(1_700_000_000, 0)
	ns := base.UnixNano()
	old := ns - 3600*sec + 7
	tests := []struct {
		name  string
		kind  fsKind
		mtime int64
		ctime int64
		want  bool
	}{
		{"old", fsLocal, old, old, true},
		{"mtime 19 ms ago", fsLocal, ns - 19e6, old, false},
		{"ctime 19 ms ago", fsLocal, old, ns - 19e6, false},
		{"21 ms ago", fsLocal, ns - 21e6, ns - 21e6, true},
		{"whole seconds, 2 s ago", fsLocal, ns - 2*sec, ns - 2*sec, false},
		{"whole seconds, 3 s ago", fsLocal, ns - 3*sec, ns - 3*sec, true},
		{"only mtime whole", fsLocal, ns - sec, ns - sec + 1, true},
		{"network, 59 s ago", fsRemote, ns - 59*sec + 1, ns - 59*sec + 1, false},
		{"network, 61 s ago", fsRemote, ns - 61*sec + 1, ns - 61*sec + 1, true},
		{"future", fsLocal, ns + sec, old, false},
		{"pseudo", fsPseudo, old, old, false},
		{"far future", fsLocal, nanoseconds(1<<62, 0), old, false},
		{"far past", fsLocal, nanoseconds(-1<<62, 0), old, true},
	}
	for _, tt := range tests {
		st := Stat{Mode: modeFile, Mtime: tt.mtime, Ctime: tt.ctime}
		if got := trusted(tt.kind, st, unixNano(base)); got != tt.want {
			t.Errorf("%s: trusted = %v, want %v", tt.name, got, tt.want)
		}
	}
	if trusted(fsLocal, Stat{}, nanoseconds(-1<<62, 0)) {
		t.Error("at the beginning of time everything is too young")
	}
}

func TestTrustedProc(t *testing.T) {
	const path = "/proc/self/status"
	st, err := statPath(path, true)
	if err != nil {
		t.Skip("no /proc")
	}
	w := NewWorld(nil, "/")
	if w.Trusted(path, st, time.Now().Add(time.Hour)) {
		t.Errorf("%s is trusted", path)
	}
}

func TestConsultedRacy(t *testing.T) {
	k := newTaker(t)
	write(t, k.Dir, "file", "x")
	young := takerAt(k.Dir, 0)
	must(t, os.Chtimes(filepath.Join(k.Dir, "file"), time.Now(), time.Now()))
	young.World.Lstat("file")
	k.World.Lstat("file")
	if c := young.World.Consulted(); !c.Paths[0].Racy {
		t.Error("a file that was just written is not racy")
	}
	if c := k.World.Consulted(); c.Paths[0].Racy {
		t.Error("an old file is racy")
	}
}

func TestReadBeneath(t *testing.T) {
	top := t.TempDir()
	dir := filepath.Join(top, "project")
	for path, text := range map[string]string{"project/conf/file": "inner", "project/plain": "plain", "secret": "token", "project/large": strings.Repeat("x", 101)} {
		path = filepath.Join(top, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, target := range map[string]string{
		"beneath": "conf/file", "twice": "beneath", "above": "../secret", "back": "conf/../../secret", "absolute": filepath.Join(top, "secret"),
		"itself": filepath.Join(dir, "plain"), "up": "..", "through": "up/secret", "dangling": "nowhere", "null": "/dev/null", "directory": "conf",
	} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Skip(err)
		}
	}
	for name, want := range map[string]string{
		"plain": "plain", "beneath": "inner", "twice": "inner",
		"above": "!leads out", "back": "!leads out", "absolute": "!leads out", "itself": "!leads out", "through": "!leads out",
		"dangling": "!", "none": "!", "null": "!not a regular file", "directory": "!not a regular file", "conf": "!not a regular file", "large": "!larger than",
	} {
		w := NewWorld(nil, dir)
		got, err := w.ReadBeneath(dir, name, 100)
		why, fails := strings.CutPrefix(want, "!")
		switch {
		case !fails && (err != nil || string(got) != want):
			t.Errorf("%s: got %q and %v, want %q", name, got, err, want)
		case fails && (err == nil || got != nil || !strings.Contains(err.Error(), why)):
			t.Errorf("%s: got %q and %v, want an error about %q", name, got, err, why)
		case fails && why == "" && !errors.Is(err, fs.ErrNotExist):
			t.Errorf("%s: got %v, want that it does not exist", name, err)
		}
		if len(w.Consulted().Paths) == 0 {
			t.Errorf("%s: the account says nothing about it", name)
		}
	}
}
