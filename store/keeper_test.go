package store

import (
	"errors"
	"os"
	"testing"
)

func TestOneKeeper(t *testing.T) {
	if !renameOpen {
		t.Skip("there are no file locks on this platform")
	}
	s := openTest(t)
	k, err := s.LockKeeper(testKey(1))
	if err != nil {
		t.Fatal(err)
	}
	var kept *KeptError
	if _, err := s.LockKeeper(testKey(1)); !errors.As(err, &kept) || kept.Pid != os.Getpid() {
		t.Errorf("second: %v, want this process named", err)
	}
	other, err := s.LockKeeper(testKey(2))
	if err != nil {
		t.Errorf("of another key: %v", err)
	}
	other.Release()
	k.Release()
	if k, err = s.LockKeeper(testKey(1)); err != nil {
		t.Fatalf("after the release: %v", err)
	}
	defer k.Release()
	if err := os.RemoveAll(s.Root()); err != nil {
		t.Fatal(err)
	}
	if k.Held() {
		t.Error("held after the cache was deleted")
	}
	again, err := s.LockKeeper(testKey(1))
	if err != nil || !again.Held() {
		t.Errorf("in a cache that was made again: %v", err)
	}
	again.Release()
}
