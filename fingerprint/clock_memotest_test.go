//go:build memotest

package fingerprint

import (
	"testing"
	"time"
)

func TestClockOverride(t *testing.T) {
	for value, want := range map[string]time.Duration{"": 0, "90s": 90 * time.Second, "-1h": -time.Hour, "nonsense": 0} {
		t.Setenv("TESTING_MEMO_CLOCK", value)
		ahead := time.Until(NewWorld(nil, "/").Now())
		if diff := ahead - want; diff < -time.Second || diff > time.Second {
			t.Errorf("TESTING_MEMO_CLOCK=%q: the clock is %v ahead, want %v", value, ahead, want)
		}
	}
}
