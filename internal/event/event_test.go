package event

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/memo"
	"github.com/seed-f39940ff/memo/store"
)

func TestEvents(t *testing.T) {
	w := fingerprint.NewWorld(nil, "/dir")
	cmd := &memo.Command{Argv: []string{"date"}, Scope: "s"}
	key := (&fingerprint.Identity{Argv: cmd.Argv}).Key()
	rows := []struct {
		name   string
		policy memo.Policy
		o      memo.Outcome
		want   string
	}{
		{"hit", memo.Policy{}, memo.Outcome{State: memo.Hit}, "hit"},
		{"stale", memo.Policy{}, memo.Outcome{State: memo.StaleHit, Refreshing: true}, "stale refresh-started"},
		{"miss", memo.Policy{}, memo.Outcome{State: memo.Miss, Stored: true}, "miss stored"},
		{"failure", memo.Policy{}, memo.Outcome{State: memo.Miss, NotStored: memo.Reason{Code: memo.ReasonCommandFailed, Text: "it failed"}}, "miss not-stored"},
		{"nothing cached", memo.Policy{OnlyCached: true}, memo.Outcome{State: memo.Miss}, "miss"},
		{"instead of a failure", memo.Policy{}, memo.Outcome{State: memo.StaleHit, Reason: memo.Reason{Code: memo.ReasonCommandFailed, Text: "it failed"}}, "stale"},
		{"warm", memo.Policy{Warm: true}, memo.Outcome{State: memo.Miss, Refreshing: true}, "refresh-started"},
		{"warm already", memo.Policy{Warm: true}, memo.Outcome{State: memo.Hit}, ""},
		{"refresh", memo.Policy{}, memo.Outcome{State: memo.Miss, Stored: true}, "stored"},
		{"refresh fails", memo.Policy{}, memo.Outcome{State: memo.Miss, NotStored: memo.Reason{Code: memo.ReasonCommandFailed, Text: "it failed"}}, "refresh-failed"},
		{"refresh was not needed", memo.Policy{}, memo.Outcome{State: memo.Hit}, ""},
		{"bypass", memo.Policy{}, memo.Outcome{State: memo.Bypass}, ""},
	}
	for _, row := range rows {
		row.o.Key = key
		r := &memo.Runner{World: w}
		if strings.HasPrefix(row.name, "refresh") {
			r.Renewal = &memo.Renewal{}
		}
		var names []string
		for _, e := range Of(r, cmd, &row.policy, &row.o, r.World.Now()) {
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

func TestEnd(t *testing.T) {
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
		{"fresh", 0, minute, 0, store.Verdict{}, store.Evicted, Evicted},
		{"stale", 90 * time.Second, minute, 0, store.Verdict{}, store.Evicted, Evicted},
		{"expired before", time.Hour, minute, 0, store.Verdict{}, store.Evicted, Expired},
		{"expired", time.Hour, minute, 0, store.Verdict{}, store.Expired, Expired},
		{"failing, not kept", 0, minute, 1, store.Verdict{}, store.Expired, Expired},
		{"replaced", 0, store.Lifetimes{Never: true}, 0, store.Verdict{}, store.Replaced, Expired},
		{"invalidated", 0, minute, 0, store.Verdict{}, store.Invalidated, Invalidated},
		{"invalidated before", time.Hour, minute, 0, all, store.Evicted, Invalidated},
		{"invalidated, then replaced", 0, minute, 0, all, store.Replaced, Invalidated},
		{"from the future", -time.Hour, store.Lifetimes{Never: true}, 0, store.Verdict{}, store.Evicted, Expired},
	}
	for _, row := range rows {
		res := &store.Result{Argv: []string{"date"}, Dir: "/dir", Created: created.UnixNano(), Lifetimes: row.l, ExitCode: row.code}
		e := End(res, row.verdict, row.reason, created.Add(row.age))
		if e.Event != row.want || e.Reason == "" || e.ReasonCode == "" || e.ExitCode != row.code || e.Cwd != "/dir" {
			t.Errorf("%s: %+v, want %s", row.name, e, row.want)
		}
		if want := max(row.age, 0).Milliseconds(); e.AgeMS != want {
			t.Errorf("%s: age %d ms, want %d", row.name, e.AgeMS, want)
		}
	}
}
