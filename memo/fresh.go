package memo

import (
	"time"

	"github.com/seed-f39940ff/memo/store"
)

// Served returns the times until which a call under the policy replays a result
// as fresh and as stale; zero: without an end. hasDeps says whether the call
// declares dependencies or a version command. ok is false if the result is
// neither fresh nor stale now.
func (p *Policy) Served(res *store.Result, hasDeps bool, now time.Time) (fresh, stale time.Time, ok bool) {
	span := p.spanOf(res, hasDeps, now)
	if span.NoEnd {
		return fresh, stale, span.State == Fresh
	}
	fresh = now.Add(span.Left)
	stale = fresh
	if p.success(res.ExitCode) {
		stale = fresh.Add(p.SWR)
	}
	return fresh, stale, span.State != Expired
}
