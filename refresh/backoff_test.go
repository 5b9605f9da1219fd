package refresh

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestBackoffDoubles(t *testing.T) {
	b := Backoff{filepath.Join(t.TempDir(), "key")}
	now := time.Unix(1_800_000_000, 0)
	if got := b.Until(now); !got.IsZero() {
		t.Fatalf("without a failure: until %v, want zero", got)
	}
	want := []time.Duration{1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300}
	for i, seconds := range want {
		if err := b.Failed(now); err != nil {
			t.Fatal(err)
		}
		if got := b.Until(now).Sub(now); got != seconds*time.Second {
			t.Errorf("after failure %d: pause %v, want %v", i+1, got, seconds*time.Second)
		}
	}
	if err := b.Succeeded(); err != nil {
		t.Fatal(err)
	}
	if got := b.Until(now); !got.IsZero() {
		t.Errorf("after a success: until %v, want zero", got)
	}
	if err := b.Succeeded(); err != nil {
		t.Errorf("a second success: %v", err)
	}
}

func TestBackoffProlong(t *testing.T) {
	b := Backoff{filepath.Join(t.TempDir(), "key")}
	now := time.Unix(1_800_000_000, 0)
	for failures := 1; failures <= 3; failures++ {
		if err := b.Failed(now); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Minute)
		if err := b.Prolong(now); err != nil {
			t.Fatal(err)
		}
		if got := b.Until(now).Sub(now); got != Pause(failures) {
			t.Errorf("after failure %d: pause %v, want %v", failures, got, Pause(failures))
		}
	}
}

func TestBackoffIgnoresAClockThatWentBack(t *testing.T) {
	b := Backoff{filepath.Join(t.TempDir(), "key")}
	now := time.Unix(1_800_000_000, 0)
	if err := b.Failed(now); err != nil {
		t.Fatal(err)
	}
	if got := b.Until(now.Add(-time.Hour)); !got.IsZero() {
		t.Errorf("an hour earlier: until %v, want zero", got)
	}
}

func FuzzBackoffRead(f *testing.F) {
	f.Add([]byte("3 17\n"))
	f.Add([]byte("-1 99999999999999999999\n"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, text []byte) {
		b := Backoff{filepath.Join(t.TempDir(), "key")}
		if err := os.WriteFile(b.Path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		now := time.Unix(1_800_000_000, 0)
		if got := b.Until(now); got.Sub(now) > longestPause {
			t.Errorf("until %v is too far away", got)
		}
		if err := b.Failed(now); err != nil {
			t.Error(err)
		}
	})
}
