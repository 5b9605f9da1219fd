//go:build cgo && (linux || darwin)

package recall

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-f39940ff/memo/store"
)

// stale returns a stage with a record of a stale result, and the file in which
// refreshers leave a line each.
func stale(t *testing.T) (s *stage, refreshers string) {
	t.Helper()
	s = newStage(t)
	r := s.record("cmd")
	r.FreshUntil = time.Now().Add(-time.Millisecond).UnixNano()
	refreshers = filepath.Join(s.root, "refreshers")
	s.env = append(s.env, "REFRESHER="+refreshers)
	for _, dir := range []string{"locks", "refresh"} {
		if err := os.Mkdir(filepath.Join(s.store, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	s.put(r)
	return s, refreshers
}

// wantRefreshers waits until n refreshers have left their lines.
func wantRefreshers(t *testing.T, path string, n int) {
	t.Helper()
	var text []byte
	for range 2000 {
		if text, _ = os.ReadFile(path); strings.Count(string(text), "\n") >= n {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if want := strings.Repeat("files 3 leader 1 pipe default\n", n); string(text) != want {
		t.Errorf("refreshers: got %q, want %q", text, want)
	}
}

// TestServeStale has each stale hit start a refresher that shares nothing with
// the caller. The pipes of run would not end before those that a refresher has
// open.
func TestServeStale(t *testing.T) {
	s, refreshers := stale(t)
	s.wantHit("stale")
	wantRefreshers(t, refreshers, 1)
	s.wantHit("again")
	wantRefreshers(t, refreshers, 2)
	journal, err := os.ReadFile(filepath.Join(s.store, "journal"))
	if want := []byte{byte(store.StaleHit), 0, 3, 0}; err != nil || len(journal) != 160 ||
		!bytes.Equal(journal[4:8], want) || !bytes.Equal(journal[84:88], want) {
		t.Errorf("journal %q, error %v; want two stale hits", journal, err)
	}
}

// TestServeFreshStartsNothing has a record that will be stale.
func TestServeFreshStartsNothing(t *testing.T) {
	s, refreshers := stale(t)
	r := s.record("cmd")
	r.StaleUntil += int64(time.Hour)
	s.put(r)
	s.wantHit("fresh")
	s.wantNone(refreshers)
}

// wantNone fails the test if there was a refresher.
func (s *stage) wantNone(refreshers string) {
	s.t.Helper()
	time.Sleep(50 * time.Millisecond) // one that was started would be there by then
	if text, err := os.ReadFile(refreshers); err == nil {
		s.t.Errorf("refreshers: %q, want none", text)
	}
}

// TestServeStaleWhileRunning has another run hold the lock.
func TestServeStaleWhileRunning(t *testing.T) {
	s, refreshers := stale(t)
	lock := filepath.Join(s.store, "locks/9")
	s.write(lock, "")
	f, err := os.Open(lock)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	s.wantHit("locked")
	s.wantNone(refreshers)
}

// TestServeStaleForGo has what Go has to decide about.
func TestServeStaleForGo(t *testing.T) {
	for name, change := range map[string]func(s *stage){
		"a refresh has failed": func(s *stage) { s.write(filepath.Join(s.store, "refresh/9"), "1 1\n") },
		"a leader was killed":  func(s *stage) { s.write(filepath.Join(s.store, "locks/9"), "") },
		"the lock is a directory": func(s *stage) {
			os.Mkdir(filepath.Join(s.store, "locks/9"), 0o700)
		},
		"the lock is a FIFO": func(s *stage) { syscall.Mkfifo(filepath.Join(s.store, "locks/9"), 0o600) },
		"the locks can't be looked at": func(s *stage) {
			os.Remove(filepath.Join(s.store, "locks"))
			os.Symlink("locks", filepath.Join(s.store, "locks"))
		},
		"no journal": func(s *stage) { os.Remove(filepath.Join(s.store, "journal")) },
		"it is too old": func(s *stage) {
			r := s.record("cmd")
			r.FreshUntil, r.StaleUntil = 1, time.Now().UnixNano()
			r.NotBefore = 0
			s.put(r)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, refreshers := stale(t)
			change(s)
			s.wantGo(name)
			s.wantNone(refreshers)
		})
	}
}
