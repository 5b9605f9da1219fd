package store

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// smallDisk mounts a file system of a few KiB.
func smallDisk(t *testing.T, options string) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("memo-test", dir, "tmpfs", 0, options); err != nil {
		t.Skipf("can't mount a small tmpfs: %v", err)
	}
	t.Cleanup(func() { unix.Unmount(dir, unix.MNT_DETACH) })
	return dir
}

func TestFullDisk(t *testing.T) {
	s, err := Open(filepath.Join(smallDisk(t, "size=128k,mode=0700"), "cache"), Options{})
	must(t, err)
	w := s.NewWriter(testKey(1))
	for range 100 {
		w.Write(Stdout, make([]byte, 10_000))
	}
	if !errors.Is(w.Err(), syscall.ENOSPC) {
		t.Fatalf("got %v, want ENOSPC", w.Err())
	}
	if _, err := w.Commit(testResult(1)); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("Commit: got %v, want ENOSPC", err)
	}
	noTempFiles(t, s)

	// Full to the last byte: the lock is to be had or honestly is not.
	filler, err := os.Create(filepath.Join(s.Root(), "filler"))
	must(t, err)
	defer filler.Close()
	for err == nil {
		_, err = filler.Write(make([]byte, 4096))
	}
	w = s.NewWriter(testKey(1))
	w.Write(Stdout, []byte("small"))
	if _, err := w.Commit(testResult(1)); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("Commit: got %v, want ENOSPC", err)
	}
	noTempFiles(t, s)
	if lock, err := s.TryLock(testKey(1)); err == nil {
		lock.Unlock()
	} else if errors.Is(err, ErrLocked) || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("TryLock: got %v", err)
	}
	noLockFiles(t, s)

	// And it heals.
	must(t, os.Remove(filler.Name()))
	filler.Close()
	r, err := s.Open(put(t, s, testKey(1), testResult(1), "again"))
	must(t, err)
	defer r.Close()
	must(t, r.Verify())
}

func TestDiskFullFromTheStart(t *testing.T) {
	dir := smallDisk(t, "size=64k,nr_inodes=1,mode=0700")
	if _, err := Open(filepath.Join(dir, "cache"), Options{}); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("got %v, want ENOSPC", err)
	}
}

func TestReadOnlyFileSystem(t *testing.T) {
	dir := smallDisk(t, "size=1m,mode=0700")
	s, err := Open(dir, Options{})
	must(t, err)
	ref := put(t, s, testKey(1), testResult(1), "x")
	if err := unix.Mount("", dir, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Skipf("can't remount read-only: %v", err)
	}
	s, err = Open(dir, Options{})
	must(t, err)
	r, err := s.Open(ref)
	must(t, err)
	must(t, r.Verify())
	r.Close()
	if _, err := s.NewWriter(testKey(1)).Commit(testResult(2)); !errors.Is(err, syscall.EROFS) {
		t.Errorf("Commit: got %v, want EROFS", err)
	}
	if _, _, err := s.LockOrJoin(testKey(1)); !errors.Is(err, syscall.EROFS) {
		t.Errorf("LockOrJoin: got %v, want EROFS", err)
	}
}
