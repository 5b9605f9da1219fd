package memo

import (
	"time"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

// Recorded returns the span of a result under the lifetimes that its own run
// gave it. It is for callers that have no reader's policy.
func Recorded(res *store.Result, now time.Time) Span {
	l := &res.Lifetimes
	p := Policy{TTL: expiry.For(l.TTL), SWR: l.SWR, NegativeTTL: l.NegativeTTL, CacheExit: l.CacheExit}
	switch {
	case l.Never:
		p.TTL = expiry.Never()
	case l.Until != 0:
		p.TTL = expiry.At(time.Unix(0, l.Until))
	}
	return p.spanOf(res, false, now)
}

// OutOfDate returns the reason why a file, program or variable is no longer in
// the state that prints record, or the zero Reason. It ignores version
// commands.
func OutOfDate(taker *fingerprint.Taker, prints []fingerprint.Fingerprint) Reason {
	for i := range prints {
		if prints[i].Dep.Kind == fingerprint.KindVersion {
			continue
		}
		if match, changes := taker.Explain(&prints[i]); !match {
			return dependencyChanged("", &prints[i], changes)
		}
	}
	return Reason{}
}

// Identify returns the identity of a command, from which its key is made. It
// reads the command's Stdin to the end, and runs nothing.
func (r *Runner) Identify(cmd *Command) (fingerprint.Identity, error) {
	c := &call{Runner: r, cmd: cmd, policy: &Policy{}, arrived: r.World.Now()}
	defer c.close()
	if err := c.prepare(); err != nil {
		return fingerprint.Identity{}, err
	}
	return c.id, nil
}
