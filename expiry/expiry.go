// Package expiry determines when results end.
//
// An [Expiry] is what the user wrote: for 10m, until 18:00, at a point in time,
// or never. It yields an end only together with the creation time of a result,
// so that one Expiry serves every result under a policy. A result can also
// carry its end in its output; a [Query] finds the value and [Carried] converts
// it to an end.
//
// Every end that the package returns as a number is in nanoseconds since the
// epoch, and is never 0.
package expiry

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/xhit/go-str2duration/v2"
)

// An Expiry says when a result ends: after a duration, at a time of day, at a
// point in time, or never. The zero value means that none is given. Expiries
// can be compared with ==.
type Expiry struct {
	kind expiryKind
	// n is in nanoseconds: the duration, the time of day since midnight, the
	// point in time since the epoch, or the wall clock time as if it were UTC.
	n int64
	// zoned says that a time of day is in the zone offset seconds east of UTC;
	// else it is in the local zone.
	zoned  bool
	offset int
}

type expiryKind uint8

const (
	notGiven expiryKind = iota
	duration
	never
	timeOfDay
	instant
	wallTime
)

// Never returns the Expiry of a result that does not end.
func Never() Expiry { return Expiry{kind: never} }

// For returns the Expiry of a result that ends d after its creation.
func For(d time.Duration) Expiry { return Expiry{kind: duration, n: int64(d)} }

// At returns the Expiry of a result that ends at t, whenever it was created.
func At(t time.Time) Expiry { return Expiry{kind: instant, n: UnixNano(t)} }

// Given reports whether e is anything but the zero value.
func (e Expiry) Given() bool { return e.kind != notGiven }

// UsesClock reports whether the end depends on the local time zone, and so on
// TZ and /etc/localtime.
func (e Expiry) UsesClock() bool {
	return e.kind == wallTime || e.kind == timeOfDay && !e.zoned
}

// Within reports whether e ends no later than limit for every creation time. It
// returns false if it can't tell.
func (e Expiry) Within(limit Expiry) bool {
	// The day on which the clock is put back has 25 hours.
	const longestDay = 25 * time.Hour
	switch {
	case limit.kind == never || e == limit:
		return true
	case e.kind == timeOfDay && limit.kind == duration:
		return limit.n >= int64(longestDay)
	case e.kind != limit.kind || e.kind == timeOfDay:
		return false
	default:
		return e.n <= limit.n
	}
}

// End returns the end of a result that was created at a given time. The local
// time zone is the zone of created. never says that there is no end. If e is
// not given, the result ends at once.
func (e Expiry) End(created time.Time) (end time.Time, never bool) {
	switch e.kind {
	case duration:
		return created.Add(time.Duration(e.n)), false
	case timeOfDay:
		return e.nextDaily(created), false
	case instant:
		return time.Unix(0, e.n).In(created.Location()), false
	case wallTime:
		first, _ := onClock(time.Unix(0, e.n).UTC(), created.Location())
		return first, false
	default:
		return created, e.Given()
	}
}

// nextDaily returns the first time after created at which the clock shows the
// time of day. If a change of the clock skips that time, nextDaily counts on
// from the change: 2:30 is 3:30 if the clock goes from 2:00 to 3:00.
func (e Expiry) nextDaily(created time.Time) time.Time {
	zone := created.Location()
	if e.zoned {
		zone = time.FixedZone("", e.offset)
	}
	year, month, day := created.In(zone).Date()
	// Where the zone skips a whole day, a time of the day before can be today.
	for d := day - 1; ; d++ {
		wall := time.Date(year, month, d, 0, 0, 0, 0, time.UTC).Add(time.Duration(e.n))
		first, last := onClock(wall, zone)
		if first.After(created) {
			return first
		}
		if last.After(created) {
			return last
		}
	}
}

// onClock returns the first and the last instant at which a clock in a zone
// shows a wall time, which is given as if it were UTC. They differ when the
// clock is put back.
func onClock(wall time.Time, zone *time.Location) (first, last time.Time) {
	_, before := wall.Add(-24 * time.Hour).In(zone).Zone()
	_, after := wall.Add(24 * time.Hour).In(zone).Zone()
	first = wall.Add(-time.Duration(before) * time.Second).In(zone)
	last = wall.Add(-time.Duration(after) * time.Second).In(zone)
	switch {
	case shows(first, wall) && shows(last, wall):
		return first, last
	case shows(last, wall):
		return last, last
	default:
		return first, first
	}
}

// shows reports whether the clock at t shows a wall time.
func shows(t, wall time.Time) bool {
	_, offset := t.Zone()
	return t.Add(time.Duration(offset) * time.Second).Equal(wall)
}

// Stored returns e in the form that the store keeps, for a result created at a
// given time: as a duration, as an end in nanoseconds since the epoch (0:
// none), or as forever.
func (e Expiry) Stored(created time.Time) (ttl time.Duration, until int64, forever bool) {
	switch e.kind {
	case notGiven:
		return 0, 0, false
	case duration:
		return time.Duration(e.n), 0, false
	case never:
		return 0, 0, true
	}
	end, _ := e.End(created)
	if until = UnixNano(end); until == 0 {
		until = 1 // 0 means that there is no end
	}
	return 0, until, false
}

// String returns a text that [Parse] reads as e, or "" if e is not given.
func (e Expiry) String() string {
	switch e.kind {
	case duration:
		return FormatDuration(time.Duration(e.n))
	case never:
		return "never"
	case timeOfDay:
		layout := "15:04"
		if e.n%int64(time.Minute) != 0 {
			layout = "15:04:05.999999999"
		}
		zone := time.UTC
		if e.zoned {
			layout, zone = layout+"Z07:00", time.FixedZone("", e.offset)
		}
		return time.Date(2000, 1, 1, 0, 0, 0, 0, zone).Add(time.Duration(e.n)).Format(layout)
	case instant:
		return time.Unix(0, e.n).UTC().Format(time.RFC3339Nano)
	case wallTime:
		wall := time.Unix(0, e.n).UTC()
		if wall.Truncate(24 * time.Hour).Equal(wall) {
			return wall.Format(time.DateOnly)
		}
		return wall.Format("2006-01-02T15:04:05.999999999")
	default:
		return ""
	}
}

// FormatDuration returns d in the syntax of [ParseDuration], in units up to
// weeks: "1d12h". A negative d has a sign, which ParseDuration rejects.
func FormatDuration(d time.Duration) string { return str2duration.String(d) }

// UnixNano returns t in nanoseconds since the epoch. If t is before 1677 or
// after 2262, it returns the nearest int64.
func UnixNano(t time.Time) int64 {
	switch {
	case t.Before(time.Unix(0, math.MinInt64)):
		return math.MinInt64
	case t.After(time.Unix(0, math.MaxInt64)):
		return math.MaxInt64
	}
	return t.UnixNano()
}

// Parse parses an expiry: a duration in the syntax of [ParseDuration]; "never";
// a time of day such as 18:00, 18:00:30, 18:00Z or 18:00+02:00, which means the
// next one after the creation; a local date, or date and time, such as
// 2026-12-24 or 2026-12-24T18:00; a time of RFC 3339; or @ and seconds since
// the epoch. A point in time that is out of range counts as the nearest in
// range.
func Parse(s string) (Expiry, error) {
	text := strings.TrimSpace(s)
	if text == "never" {
		return Never(), nil
	}
	if rest, ok := strings.CutPrefix(text, "@"); ok {
		if n, ok := parseUnix(rest); ok {
			return Expiry{kind: instant, n: n}, nil
		}
		return Expiry{}, expiryError(s, "want seconds since 1970 after the @")
	}
	if e, ok := parseClock(text); ok {
		return e, nil
	}
	if strings.Contains(text, ":") || strings.Count(text, "-") >= 2 {
		return Expiry{}, expiryError(s, "no such time or date")
	}
	d, why := parseDuration(text)
	if why != "" {
		return Expiry{}, expiryError(s, why)
	}
	return For(d), nil
}

func expiryError(s, why string) error {
	return valueError("expiry", s, why, "10m, 18:00 or never")
}

// valueError returns an error that says what is wrong with a text, and shows a
// few valid ones.
func valueError(what, s, why, right string) error {
	subject := fmt.Sprintf("%s %q: ", what, s)
	if strings.TrimSpace(s) == "" {
		subject = "the " + what + " "
	}
	return errors.New(subject + why + "; write for example " + right)
}
