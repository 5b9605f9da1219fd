package memo

import (
	"time"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

// Recorded returns where a result is in the lifetime that the run that made it
// gave it. It is what counts where there is no reader with a policy of its
// own.
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

// OutOfDate returns why the dependencies of a result, as far as they are files,
// programs and variables, are not in the states that prints record, or no
// reason.
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

// Identify returns what makes a command the command that it is, and reads its
// Stdin to the end if it has one. Nothing is run.
func (r *Runner) Identify(cmd *Command) (fingerprint.Identity, error) {
	c := &call{Runner: r, cmd: cmd, policy: &Policy{}, arrived: r.World.Now()}
	defer c.close()
	if err := c.prepare(); err != nil {
		return fingerprint.Identity{}, err
	}
	return c.id, nil
}
