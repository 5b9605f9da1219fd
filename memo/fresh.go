package memo

import (
	"time"

	"github.com/seed-f39940ff/memo/store"
)

// FreshUntil returns the time until which a call under the policy replays a
// result as fresh. never says that there is no such time. hasDeps says whether
// the call declares dependencies or a version command. ok is false if the result
// isn't fresh now.
func (p *Policy) FreshUntil(res *store.Result, hasDeps bool, now time.Time) (end time.Time, never, ok bool) {
	l := p.spanOf(res, hasDeps, now)
	return now.Add(l.Left), l.NoEnd, l.State == Fresh
}
