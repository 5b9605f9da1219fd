package memo

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

func TestEvents(t *testing.T) {
	r := &Runner{World: fingerprint.NewWorld(nil, "/dir")}
	cmd := &Command{Argv: []string{"date"}, Scope: "s"}
	key := (&fingerprint.Identity{Argv: cmd.Argv}).Key()
	rows := []struct {
		name   string
		policy Policy
		o      Outcome
		want   string
	}{
		{"hit", Policy{}, Outcome{State: Hit}, "hit"},
		{"stale", Policy{}, Outcome{State: StaleHit, Refreshing: true}, "stale refresh-started"},
		{"miss", Policy{}, Outcome{State: Miss, Stored: true}, "miss stored"},
		{"failure", Policy{}, Outcome{State: Miss, NotStored: because(ReasonCommandFailed, "it failed")}, "miss not-stored"},
		{"nothing cached", Policy{OnlyCached: true}, Outcome{State: Miss}, "miss"},
		{"instead of a failure", Policy{}, Outcome{State: StaleHit, Reason: because(ReasonCommandFailed, "it failed")}, "stale"},
		{"warm", Policy{Warm: true}, Outcome{State: Miss, Refreshing: true}, "refresh-started"},
		{"warm already", Policy{Warm: true}, Outcome{State: Hit}, ""},
		{"refresh", Policy{Refreshing: true}, Outcome{State: Miss, Stored: true}, "stored"},
		{"refresh fails", Policy{Refreshing: true}, Outcome{State: Miss, NotStored: because(ReasonCommandFailed, "it failed")}, "refresh-failed"},
		{"refresh was not needed", Policy{Refreshing: true}, Outcome{State: Hit}, ""},
		{"bypass", Policy{}, Outcome{State: Bypass}, ""},
	}
	for _, row := range rows {
		row.o.Key = key
		var names []string
		for _, e := range r.Events(cmd, &row.policy, &row.o, r.World.Now()) {
			names = append(names, e.Event)
			if e.Key != key.String() || !slices.Equal(e.Command, cmd.Argv) || e.Cwd != "/dir" || e.Scope != "s" || e.Time.IsZero() {
				t.Errorf("%s: %+v", row.name, e)
			}
		}
		if got := strings.Join(names, " "); got != row.want {
			t.Errorf("%s: events %q, want %q", row.name, got, row.want)
		}
	}
}

func TestEndEvent(t *testing.T) {
	created := time.Unix(1_800_000_000, 0)
	minute := store.Lifetimes{TTL: time.Minute, SWR: time.Minute}
	all := store.Verdict{Selectors: []store.Selector{{All: true}}}
	rows := []struct {
		name    string
		age     time.Duration
		l       store.Lifetimes
		code    int
		verdict store.Verdict
		reason  store.Reason
		want    string
	}{
		{"fresh", 0, minute, 0, store.Verdict{}, store.Evicted, EventEvicted},
		{"stale", 90 * time.Second, minute, 0, store.Verdict{}, store.Evicted, EventEvicted},
		{"expired before", time.Hour, minute, 0, store.Verdict{}, store.Evicted, EventExpired},
		{"expired", time.Hour, minute, 0, store.Verdict{}, store.Expired, EventExpired},
		{"failing, not kept", 0, minute, 1, store.Verdict{}, store.Expired, EventExpired},
		{"replaced", 0, store.Lifetimes{Never: true}, 0, store.Verdict{}, store.Replaced, EventExpired},
		{"invalidated", 0, minute, 0, store.Verdict{}, store.Invalidated, EventInvalidated},
		{"invalidated before", time.Hour, minute, 0, all, store.Evicted, EventInvalidated},
		{"invalidated, then replaced", 0, minute, 0, all, store.Replaced, EventInvalidated},
		{"from the future", -time.Hour, store.Lifetimes{Never: true}, 0, store.Verdict{}, store.Evicted, EventExpired},
	}
	for _, row := range rows {
		res := &store.Result{Argv: []string{"date"}, Dir: "/dir", Created: created.UnixNano(), Lifetimes: row.l, ExitCode: row.code}
		e := EndEvent(res, row.verdict, row.reason, created.Add(row.age))
		if e.Event != row.want || e.Reason == "" || e.ReasonCode == "" || e.ExitCode != row.code || e.Cwd != "/dir" {
			t.Errorf("%s: %+v, want %s", row.name, e, row.want)
		}
		if want := max(row.age, 0).Milliseconds(); e.AgeMS != want {
			t.Errorf("%s: age %d ms, want %d", row.name, e.AgeMS, want)
		}
	}
}
