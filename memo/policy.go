package memo

import (
	"slices"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/store"
)

// DefaultTTL is how long a result is fresh if the call declares neither a TTL
// nor a dependency.
const DefaultTTL = 5 * time.Minute

// DefaultRetryBackoff is the first pause before a failed command is run again.
const DefaultRetryBackoff = time.Second

// DefaultMaxOutput is the largest output that is recorded, in bytes.
const DefaultMaxOutput = 256 << 20

// A Policy says how long results are good for and what a call does on a miss.
// It belongs to the reader: it applies at lookup, whatever policy the result
// was made under.
type Policy struct {
	// TTL is how long a result is fresh. If it is not given, a result with
	// declared dependencies or a version command lives until one of them
	// changes, and any other result lives for DefaultTTL.
	TTL        expiry.Expiry
	DefaultTTL time.Duration // zero: the constant DefaultTTL
	// SWR is how long after its TTL a result is served while it is refreshed in
	// the background (RFC 5861, stale-while-revalidate).
	SWR time.Duration
	// NegativeTTL is how long a failing result is fresh; zero: it is not
	// stored.
	NegativeTTL time.Duration
	// CacheExit are the exit codes that count as success; empty: 0 only.
	CacheExit []int

	// ExpiresFrom reads the end of a good result from its JSON stdout. TTLCmd
	// is a shell command that prints the lifetime: it reads the stdout on its
	// stdin and the exit code in MEMO_EXIT_CODE. The result carries such an
	// end, which takes precedence over any reader's TTL.
	ExpiresFrom expiry.Query
	TTLCmd      string
	// VersionTTL is how long the answer of a version command holds; zero: every
	// call runs the version command. In a session it runs once.
	VersionTTL time.Duration

	// Force runs the command whether or not a result is recorded, and replaces
	// the result.
	Force bool
	// MaxWait is how long a call may take on a miss; zero: without a limit. At
	// the limit the call prints the last known result, or Fallback if
	// HasFallback, and the run goes on in the background.
	MaxWait     time.Duration
	Fallback    string
	HasFallback bool
	// ThenUpdate prints the last known lines at once if no result is fresh, then
	// runs the command and prints the lines that were not among them.
	ThenUpdate bool
	// OnlyCached serves only recorded results and never runs anything.
	OnlyCached bool
	// Warm starts a refresh in the background unless a fresh result is
	// recorded. The call prints nothing.
	Warm bool

	// StaleIfError is how long after its TTL a good result is served when the
	// command fails or times out (RFC 5861, stale-if-error). The result's
	// dependencies must match; only its age is forgiven.
	StaleIfError time.Duration
	// Retry is how often a failing command is run again. The first pause is
	// RetryBackoff (zero: DefaultRetryBackoff), and each pause is longer.
	Retry        int
	RetryBackoff time.Duration

	// OutputExact says that a replay also removes what matches the command's
	// Outputs and what the run did not leave.
	OutputExact bool

	// Timeout limits each run of the command; zero: no limit.
	Timeout time.Duration
	// MaxOutput is the largest output to record, in bytes; zero:
	// DefaultMaxOutput.
	MaxOutput int64
}

// success reports whether a result with the exit code is good.
func (p *Policy) success(code int) bool {
	if len(p.CacheExit) == 0 {
		return code == 0
	}
	return slices.Contains(p.CacheExit, code)
}

// goodCode returns an exit code that counts as success.
func (p *Policy) goodCode() int {
	if len(p.CacheExit) == 0 {
		return 0
	}
	return p.CacheExit[0]
}

// lifetimes returns the lifetimes to store with a result that was made under p.
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

// pauses returns the pauses between attempts. They grow exponentially, with
// jitter, so that calls that fail together don't retry together.
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

// spanOf applies the policy to a result. A failing result is never stale: it is
// fresh for NegativeTTL and then expired. A result from the future, made before
// the clock went back, is stale at best.
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
