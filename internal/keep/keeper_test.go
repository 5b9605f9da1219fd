package keep

import (
	"slices"
	"testing"
	"time"

	"github.com/seed-f39940ff/memo/refresh"
)

// A clocked keeper lives by a clock that a test moves.
type clocked struct {
	*Keeper
	at   time.Time
	said []string
}

func newClocked(every time.Duration) *clocked {
	c := &clocked{at: time.Unix(1_800_000_000, 0)}
	c.Keeper = &Keeper{
		clock: func() time.Time { return c.at },
		Every: every,
		Say:   func(line string) { c.said = append(c.said, line) },
	}
	return c
}

// TestPlan has attempts of 3 s each end in different ways, and looks when the
// next one is due after the last.
func TestPlan(t *testing.T) {
	const took = 3 * time.Second
	failed := Attempt{Why: "exit code 1"}
	for name, row := range map[string]struct {
		every    time.Duration
		attempts []Attempt
		want     time.Duration
	}{
		"stored: from its beginning": {time.Minute, []Attempt{{Stored: true}}, time.Minute - took},
		"stored, slower than every":  {time.Second, []Attempt{{Stored: true}}, MinEvery},
		"fresh: from when it was made": {
			time.Minute, []Attempt{{Fresh: true, AgeMS: 10_000}}, 50 * time.Second,
		},
		"another process is at it": {time.Minute, []Attempt{{Busy: true}}, busyPause},
		"failed once":              {time.Minute, []Attempt{failed}, refresh.Pause(1)},
		"failed three times":       {time.Minute, []Attempt{failed, failed, failed}, refresh.Pause(3)},
		"failed and then stored":   {time.Minute, []Attempt{failed, {Stored: true}}, time.Minute - took},
	} {
		t.Run(name, func(t *testing.T) {
			k := newClocked(row.every)
			for _, a := range row.attempts {
				began := k.now()
				k.at = k.at.Add(took)
				k.plan(&a, began)
			}
			if got := k.next.Sub(k.at); got != row.want {
				t.Errorf("next attempt in %v, want %v", got, row.want)
			}
		})
	}
}

// TestPlanSays has failures reported, except the first one of a command whose
// own files changed.
func TestPlanSays(t *testing.T) {
	k := newClocked(time.Minute)
	moved := Attempt{Why: "a dependency changed while it ran", Moved: true}
	for range 2 {
		k.plan(&moved, k.now())
	}
	want := []string{"not renewed: a dependency changed while it ran; trying again in 2s"}
	if !slices.Equal(k.said, want) {
		t.Errorf("said %q, want %q", k.said, want)
	}
}

// TestWaitEnds has a keeper wait until it is due, and has the clock go back by a
// day while it does.
func TestWaitEnds(t *testing.T) {
	k := newClocked(time.Minute)
	k.Show = func(Status) { k.at = k.at.Add(time.Hour) }
	k.next = k.at.Add(10 * time.Millisecond)
	if why, sig := k.wait(); why != byTime || sig != nil {
		t.Errorf("got cause %v, signal %v; want the time", why, sig)
	}
	k.next = k.at.Add(24 * time.Hour) // as after the clock went back
	k.ends = nil
	shown := Status{}
	k.Show = func(st Status) { shown, k.at = st, k.at.Add(2*time.Minute) }
	k.Live = true
	if why, _ := k.wait(); why != byTime || shown.Next > time.Minute {
		t.Errorf("got cause %v, next in %v; want the time, within a minute", why, shown.Next)
	}
}

// TestStatus has the line of a keeper say how its result is.
func TestStatus(t *testing.T) {
	k := newClocked(time.Minute)
	if st := k.status(k.at); st.Made || st.Failing || !st.Periodic {
		t.Errorf("before the first attempt: %+v", st)
	}
	k.plan(&Attempt{Stored: true}, k.at)
	k.at = k.at.Add(20 * time.Second)
	if st := k.status(k.at); !st.Made || st.Age != 20*time.Second || st.Next != 40*time.Second {
		t.Errorf("20 s after a run: %+v", st)
	}
	k.plan(&Attempt{Why: "exit code 1"}, k.at)
	if st := k.status(k.at); !st.Failing {
		t.Errorf("after a failure: %+v", st)
	}
}
