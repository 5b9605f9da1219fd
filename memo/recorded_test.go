package memo

import (
	"testing"
	"time"

	"github.com/seed-f39940ff/memo/store"
)

func TestRecorded(t *testing.T) {
	created := time.Unix(1_000_000, 0)
	now := created.Add(10 * time.Minute)
	for _, tt := range []struct {
		name string
		res  store.Result
		want Span
	}{
		{"fresh", store.Result{Lifetimes: store.Lifetimes{TTL: time.Hour}},
			Span{State: Fresh, Age: 10 * time.Minute, Left: 50 * time.Minute}},
		{"stale", store.Result{Lifetimes: store.Lifetimes{TTL: time.Minute, SWR: time.Hour}},
			Span{State: Stale, Age: 10 * time.Minute, Left: -9 * time.Minute}},
		{"expired", store.Result{Lifetimes: store.Lifetimes{TTL: time.Minute}},
			Span{State: Expired, Age: 10 * time.Minute, Left: -9 * time.Minute}},
		{"never", store.Result{Lifetimes: store.Lifetimes{Never: true}},
			Span{State: Fresh, Age: 10 * time.Minute, NoEnd: true}},
		{"until", store.Result{Lifetimes: store.Lifetimes{Until: now.Add(time.Second).UnixNano()}},
			Span{State: Fresh, Age: 10 * time.Minute, Left: time.Second}},
		{"carried", store.Result{Carried: now.Add(-time.Second).UnixNano(), Lifetimes: store.Lifetimes{Never: true}},
			Span{State: Expired, Age: 10 * time.Minute, Left: -time.Second}},
		{"failing", store.Result{ExitCode: 1, Lifetimes: store.Lifetimes{TTL: time.Minute, NegativeTTL: time.Hour}},
			Span{State: Fresh, Age: 10 * time.Minute, Left: 50 * time.Minute}},
		{"failing that counts", store.Result{ExitCode: 1, Lifetimes: store.Lifetimes{TTL: time.Hour, CacheExit: []int{0, 1}}},
			Span{State: Fresh, Age: 10 * time.Minute, Left: 50 * time.Minute}},
	} {
		tt.res.Created = created.UnixNano()
		if got := Recorded(&tt.res, now); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}
