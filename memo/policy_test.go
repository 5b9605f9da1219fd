package memo

import (
	"math"
	"testing"
	"time"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/store"
)

func TestLifetimeOf(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	at := func(age time.Duration) int64 { return now.Add(-age).UnixNano() }
	minute := expiry.For(time.Minute)
	rows := []struct {
		name    string
		policy  Policy
		res     store.Result
		hasDeps bool
		want    Freshness
	}{
		{"young", Policy{TTL: minute}, store.Result{Created: at(59 * time.Second)}, false, Fresh},
		{"exactly at the end", Policy{TTL: minute}, store.Result{Created: at(time.Minute)}, false, Expired},
		{"stale", Policy{TTL: minute, SWR: minuteOf(1)}, store.Result{Created: at(61 * time.Second)}, false, Stale},
		{"older than stale", Policy{TTL: minute, SWR: minuteOf(1)}, store.Result{Created: at(2 * time.Minute)}, false, Expired},
		{"no ttl, young", Policy{}, store.Result{Created: at(299 * time.Second)}, false, Fresh},
		{"no ttl, old", Policy{}, store.Result{Created: at(301 * time.Second)}, false, Expired},
		{"no ttl but dependencies", Policy{}, store.Result{Created: at(9999 * time.Hour)}, true, Fresh},
		{"default ttl", Policy{DefaultTTL: time.Second}, store.Result{Created: at(2 * time.Second)}, false, Expired},
		{"never", Policy{TTL: expiry.Never()}, store.Result{Created: at(9999 * time.Hour)}, false, Fresh},
		{"from the future", Policy{TTL: minute}, store.Result{Created: at(-time.Second)}, false, Expired},
		{"from the future, swr", Policy{TTL: minute, SWR: minuteOf(1)}, store.Result{Created: at(-time.Second)}, false, Stale},
		{"from the future, never, swr", Policy{TTL: expiry.Never(), SWR: minuteOf(1)}, store.Result{Created: at(-time.Second)}, false, Stale},
		{"carried end beats ttl", Policy{TTL: minute}, store.Result{Created: at(time.Hour), Carried: now.Add(1).UnixNano()}, false, Fresh},
		{"carried end is over", Policy{TTL: expiry.Never()}, store.Result{Created: at(0), Carried: now.UnixNano()}, false, Expired},
		{"failing, not kept", Policy{TTL: minute}, store.Result{Created: at(0), ExitCode: 1}, false, Expired},
		{"failing, kept", Policy{TTL: minute, NegativeTTL: minuteOf(1)}, store.Result{Created: at(0), ExitCode: 1}, false, Fresh},
		{"failing, kept, over", Policy{TTL: expiry.Never(), NegativeTTL: minuteOf(1), SWR: minuteOf(9)}, store.Result{Created: at(61 * time.Second), ExitCode: 1}, false, Expired},
		{"counts as success", Policy{TTL: minute, CacheExit: []int{0, 1}}, store.Result{Created: at(0), ExitCode: 1}, false, Fresh},
		{"zero is no success", Policy{TTL: minute, CacheExit: []int{1}}, store.Result{Created: at(0)}, false, Expired},
		{"saturates", Policy{TTL: expiry.For(math.MaxInt64), SWR: math.MaxInt64}, store.Result{Created: at(0)}, false, Fresh},
		{"saturates far back", Policy{TTL: minute, SWR: math.MaxInt64}, store.Result{Created: math.MinInt64}, false, Expired},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			if got := row.policy.spanOf(&row.res, row.hasDeps, now).State; got != row.want {
				t.Errorf("got %v, want %v", got, row.want)
			}
		})
	}
}

func minuteOf(n time.Duration) time.Duration { return n * time.Minute }
