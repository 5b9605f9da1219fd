//go:build unix

package store

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func tryLock(t *testing.T, s *Store) *Lock {
	t.Helper()
	lock, err := s.TryLock(testKey(1))
	if err != nil {
		t.Fatal(err)
	}
	return lock
}

func join(t *testing.T, s *Store) *Waiter {
	t.Helper()
	w, err := s.Join(testKey(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

// noLockFiles checks that no lock file is left.
func noLockFiles(t *testing.T, s *Store) {
	t.Helper()
	if left, _ := filepath.Glob(s.Path(locksDir, "*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestLockExcludes(t *testing.T) {
	s := openTest(t)
	if s.Locked(testKey(1)) {
		t.Error("locked before the first call")
	}
	lock := tryLock(t, s)
	if _, err := s.TryLock(testKey(1)); !errors.Is(err, ErrLocked) {
		t.Errorf("got %v, want ErrLocked", err)
	}
	if !s.Locked(testKey(1)) || s.Locked(testKey(2)) {
		t.Error("Locked is wrong")
	}
	lock.Unlock()
	lock.Unlock()
	lock.Heartbeat()
	if err := lock.LeaveStored(Ref{}, 1, 2); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Leave after Unlock: got %v", err)
	}
	noLockFiles(t, s)
	tryLock(t, s).Unlock()
}

func TestJoinWithoutLeader(t *testing.T) {
	s := openTest(t)
	if _, err := s.Join(testKey(1)); !errors.Is(err, ErrNoLeader) {
		t.Errorf("got %v, want ErrNoLeader", err)
	}
	must(t, os.WriteFile(s.LockPath(testKey(1)), nil, 0o600))
	if _, err := s.Join(testKey(1)); !errors.Is(err, ErrNoLeader) {
		t.Errorf("empty file: got %v, want ErrNoLeader", err)
	}
}

func TestLeaveStored(t *testing.T) {
	s := openTest(t)
	s.now = func() time.Time { return time.Unix(0, 77) }
	lock := tryLock(t, s)
	if lock.Waited() {
		t.Error("waited before the first call")
	}
	w := join(t, s)
	if !lock.Waited() || w.Started() != 77 {
		t.Errorf("Waited %v, Started %d", lock.Waited(), w.Started())
	}
	ref := Ref{Key: testKey(1), Created: 5, ID: 6}
	must(t, lock.LeaveStored(ref, 3, 4))
	noLockFiles(t, s)
	got, err := w.Wait(t.Context())
	if want := (Outcome{Kind: OutcomeStored, Started: 3, Ended: 4, Ref: ref}); err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

func TestUnlockLeavesNothing(t *testing.T) {
	s := openTest(t)
	lock := tryLock(t, s)
	w := join(t, s)
	lock.Unlock()
	if got, err := w.Wait(t.Context()); err != nil || got.Kind != OutcomeNothing {
		t.Errorf("got %+v, %v, want nothing", got, err)
	}
}

func TestLeaveFails(t *testing.T) {
	s := openTest(t)
	lock := tryLock(t, s)
	w := join(t, s)
	failed := errors.New("too large")
	err := lock.LeaveEmbedded(1, 2, func(f *os.File, off int64) error {
		f.WriteAt([]byte("half"), off)
		return failed
	})
	if !errors.Is(err, failed) {
		t.Errorf("got %v", err)
	}
	if got, err := w.Wait(t.Context()); err != nil || got.Kind != OutcomeNothing {
		t.Errorf("got %+v, %v, want nothing", got, err)
	}
	noLockFiles(t, s)
}

func TestWaitEndsWithContext(t *testing.T) {
	s := openTest(t)
	defer tryLock(t, s).Unlock()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if _, err := join(t, s).Wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestOldOutcomeIsNotTaken(t *testing.T) {
	s := openTest(t)
	// A leader that was killed between leaving its outcome and unlinking.
	path := s.LockPath(testKey(1))
	body := append(make([]byte, outcomeAt), encodeOutcome(Outcome{Kind: OutcomeStored, Ref: Ref{ID: 9}})...)
	copy(body, lockHeader(1))
	must(t, os.WriteFile(path, body, 0o600))
	if _, err := s.Join(testKey(1)); !errors.Is(err, ErrNoLeader) {
		t.Errorf("got %v, want ErrNoLeader", err)
	}
	// Somebody tidies up while a waiter looks.
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	must(t, err)
	must(t, flock(f, lockExclusive))
	w := join(t, s)
	must(t, abandon(f, path))
	f.Close()
	if got, err := w.Wait(t.Context()); err != nil || got.Kind != OutcomeNoLeader {
		t.Errorf("got %+v, %v, want no leader", got, err)
	}
	tryLock(t, s).Unlock()
}

func TestLockSurvivesDeletedDirectory(t *testing.T) {
	s := openTest(t)
	lock := tryLock(t, s)
	must(t, os.RemoveAll(s.Root()))
	second := tryLock(t, s)
	lock.Unlock()
	if !s.Locked(testKey(1)) {
		t.Error("the old leader unlinked the new leader's file")
	}
	second.Unlock()
	noLockFiles(t, s)
}

func TestLeaderKilled(t *testing.T) {
	s := openTest(t)
	leader, _, line := startChild(t, "lead", s)
	if got := line(); got != "leading <nil>" {
		t.Fatal(got)
	}
	w := join(t, s)
	must(t, leader.Process.Kill())
	if got, err := w.Wait(t.Context()); err != nil || got.Kind != OutcomeNothing {
		t.Errorf("got %+v, %v, want nothing", got, err)
	}
	tryLock(t, s).Unlock() // over the leftover
	noLockFiles(t, s)
}

func TestLeaderStopped(t *testing.T) {
	s := openTest(t)
	leader, _, line := startChild(t, "lead", s)
	if got := line(); got != "leading <nil>" {
		t.Fatal(got)
	}
	w := join(t, s)
	w.StallAfter = 300 * time.Millisecond
	alive, cancel := context.WithTimeout(t.Context(), 900*time.Millisecond)
	defer cancel()
	if got, err := w.Wait(alive); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("a beating leader: got %+v, %v", got, err)
	}
	must(t, leader.Process.Signal(syscall.SIGSTOP))
	start := time.Now()
	if got, err := w.Wait(t.Context()); err != nil || got.Kind != OutcomeStalled {
		t.Errorf("got %+v, %v, want stalled", got, err)
	}
	if d := time.Since(start); d < 300*time.Millisecond {
		t.Errorf("stalled after %v", d)
	}
	if _, err := s.TryLock(testKey(1)); !errors.Is(err, ErrLocked) {
		t.Errorf("got %v, want ErrLocked", err)
	}
}

func TestManyProcesses(t *testing.T) {
	const n = 64
	s := openTest(t)
	lines := make(chan string, 4*n)
	done := make(chan []string, n)
	leaders := make(chan io.Closer, n)
	for range n {
		_, in, line := startChild(t, "wait", s)
		go func() {
			said := []string{"nothing"}
			for l := line(); l != ""; l = line() {
				said = append(said, l)
				if strings.HasPrefix(l, "leading") {
					leaders <- in
				}
				lines <- l
			}
			done <- said
		}()
	}
	leader := <-leaders
	for joined := 0; joined < n-1; {
		switch l := <-lines; l {
		case "joined":
			joined++
		case "leading <nil>":
		default:
			t.Fatalf("got %q before the leader was done", l)
		}
	}
	start := time.Now()
	leader.Close()
	ran := 0
	for range n {
		lines := <-done
		switch lines[len(lines)-1] {
		case "ran <nil>":
			ran++
		case "embedded the output 1 2":
		default:
			t.Errorf("got %q", lines)
		}
	}
	if ran != 1 {
		t.Errorf("%d runs, want 1", ran)
	}
	t.Logf("all had the outcome after %v", time.Since(start))
	noLockFiles(t, s)
}

func TestLockStorm(t *testing.T) {
	s := openTest(t)
	const n = 16
	got := make(chan bool, n)
	for range n {
		go func() {
			led := false
			for deadline := time.Now().Add(time.Second); time.Now().Before(deadline); {
				lock, w, err := s.LockOrJoin(testKey(1))
				if err != nil {
					t.Error(err)
					break
				}
				if lock != nil {
					led = true
					lock.Unlock()
					continue
				}
				if _, err := w.Wait(t.Context()); err != nil {
					t.Error(err)
				}
				w.Close()
			}
			got <- led
		}()
	}
	for range n {
		if !<-got {
			t.Error("a call never led")
		}
	}
	noLockFiles(t, s)
}

func FuzzReadLock(f *testing.F) {
	f.Add(append(append(make([]byte, outcomeAt), encodeOutcome(Outcome{Kind: OutcomeEmbedded})...), 1, 2, 3))
	f.Add(lockHeader(5))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "x")
		must(t, os.WriteFile(path, data, 0o600))
		file, err := os.Open(path)
		must(t, err)
		defer file.Close()
		if _, err := readLock(file); err != nil {
			t.Error(err)
		}
	})
}
