package memo

import (
	"slices"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/store"
)

// DefaultTTL is how long a result is fresh if neither a TTL nor anything that
// it depends on is declared.
const DefaultTTL = 5 * time.Minute

// DefaultRetryBackoff is the first pause before a failed command is run again.
const DefaultRetryBackoff = time.Second

// DefaultMaxOutput is the largest output that is recorded, in bytes.
const DefaultMaxOutput = 256 << 20

// A Policy is how long results are good for and what may be done about a
// miss. It belongs to the reader: it applies at lookup to whatever result is
// there.
type Policy struct {
	// TTL is how long a result is fresh. If it is not given, a result with
	// declared dependencies or a version command lives until one changes, any
	// other for DefaultTTL.
	TTL        expiry.Expiry
	DefaultTTL time.Duration // zero: the constant DefaultTTL
	// SWR is for how long after its TTL a result is served while it is
	// refreshed in the background (RFC 5861, stale-while-revalidate).
	SWR time.Duration
	// NegativeTTL is how long a failing result is kept; zero: not at all.
	NegativeTTL time.Duration
	// CacheExit are the exit codes that count as success; empty: 0 only.
	CacheExit []int

	// ExpiresFrom finds the end of a good result in its JSON stdout. TTLCmd is a
	// shell command that tells it: it gets the stdout on its stdin and the exit
	// code in MEMO_EXIT_CODE. Such an end is kept with the result and takes
	// precedence over any reader's TTL.
	ExpiresFrom expiry.Query
	TTLCmd      string
	// VersionTTL is how long the answer of a version command holds; zero: it is
	// asked by every call. In a session it is asked once.
	VersionTTL time.Duration

	// Force runs the command whatever is recorded, and replaces it.
	Force bool
	// MaxWait is how long a call may take on a miss; then the last known
	// result is printed, or Fallback if HasFallback, and the run goes on in
	// the background. Zero: as long as it takes.
	MaxWait     time.Duration
	Fallback    string
	HasFallback bool
	// OnlyCached never runs anything.
	OnlyCached bool
	// Warm sees to it that a fresh result will be there, in the background.
	Warm bool

	// StaleIfError is for how long after its TTL a good result is served when
	// the command fails or times out (RFC 5861, stale-if-error). Its
	// dependencies must match; only its age is forgiven.
	StaleIfError time.Duration
	// Retry is how often a failing command is run again, after RetryBackoff
	// (zero: DefaultRetryBackoff), then longer each time.
	Retry        int
	RetryBackoff time.Duration

	// Timeout ends each run of the command; zero: never.
	Timeout time.Duration
	// MaxOutput is the largest output to record; zero: DefaultMaxOutput.
	MaxOutput int64
}

// success reports whether an exit code counts as a good result.
func (p *Policy) success(code int) bool {
	if len(p.CacheExit) == 0 {
		return code == 0
	}
	return slices.Contains(p.CacheExit, code)
}

// lifetimes returns what a result made under p is stored with.
func (p *Policy) lifetimes(hasDeps bool, created time.Time) store.Lifetimes {
	l := store.Lifetimes{SWR: p.SWR, StaleIfError: p.StaleIfError, NegativeTTL: p.NegativeTTL, CacheExit: p.CacheExit}
	l.TTL, l.Until, l.Never = p.Lifetime(hasDeps).Stored(created)
	return l
}

// Lifetime returns the TTL that applies to a result with or without declared
// dependencies.
func (p *Policy) Lifetime(hasDeps bool) expiry.Expiry {
	switch {
	case p.TTL.Given():
		return p.TTL
	case hasDeps:
		return expiry.Never()
	case p.DefaultTTL > 0:
		return expiry.For(p.DefaultTTL)
	default:
		return expiry.For(DefaultTTL)
	}
}

// pauses returns the pauses between attempts: exponential with jitter, so that
// many who fail together don't try again together.
func (p *Policy) pauses() *backoff.ExponentialBackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval = p.RetryBackoff
	if b.InitialInterval <= 0 {
		b.InitialInterval = DefaultRetryBackoff
	}
	b.Multiplier = 2
	b.MaxInterval = max(b.InitialInterval, 5*time.Minute)
	return b
}

// spanOf applies the policy to a result. A failing result is never stale: it
// is fresh for NegativeTTL or not usable. A result from the future, because the
// clock went back, is stale at best.
func (p *Policy) spanOf(res *store.Result, hasDeps bool, now time.Time) Span {
	created := time.Unix(0, res.Created)
	good := p.success(res.ExitCode)
	end, never := p.Lifetime(hasDeps).End(created)
	switch {
	case res.Carried == store.NoEnd:
		never = true
	case res.Carried != 0:
		end, never = time.Unix(0, res.Carried), false
	case !good:
		end, never = expiry.For(p.NegativeTTL).End(created)
	}
	if limit := time.Unix(0, res.Cap); res.Cap != 0 && (never || limit.Before(end)) {
		end, never = limit, false
	}
	span := Span{Age: now.Sub(created), NoEnd: never}
	span.Future = span.Age < 0
	if !never {
		span.Left = end.Sub(now)
	}
	fresh := never || span.Left > 0
	switch {
	case !good && p.NegativeTTL <= 0:
	case fresh && !span.Future:
		span.State = Fresh
	case good && p.SWR > 0 && (never || span.Left > -p.SWR):
		span.State = Stale
	}
	if span.Future {
		span.Age = 0
	}
	return span
}
