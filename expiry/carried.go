package expiry

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/itchyny/gojq"
)

const (
	// carryYears is how far ahead an end may be. What is further is a number in
	// other units than was thought.
	carryYears = 10
	// unixSeconds and unixMillis are where numbers are no longer seconds from
	// the creation but seconds, then milliseconds, since the epoch.
	unixSeconds = 1e9
	unixMillis  = 1e11
)

// Carried returns the end, in nanoseconds since the epoch and never 0, that a
// value gives for something created at a given time. With never set there is
// no end. A value is what a jq program yields: null, a boolean, a number, a
// text, a list or an object. A number is in seconds from the creation, or in
// seconds or milliseconds since the epoch if it is that large.
func Carried(v any, created time.Time) (ns int64, never bool, err error) {
	var end time.Time
	switch v := v.(type) {
	case nil:
		return 0, false, errors.New("yields null")
	case string:
		if n, perr := strconv.ParseFloat(v, 64); perr == nil && strings.Trim(v, "0123456789.") == "" {
			end, err = numberEnd(n, created)
			break
		}
		e, perr := Parse(v)
		if perr != nil {
			return 0, false, perr
		}
		if end, never = e.End(created); never {
			return 0, true, nil
		}
	default:
		n, ok := gojq.ToFloat64(v)
		if !ok {
			return 0, false, fmt.Errorf("yields %s, not an expiry", gojq.TypeOf(v))
		}
		end, err = numberEnd(n, created)
	}
	if err == nil && end.After(created.AddDate(carryYears, 0, 0)) {
		err = fmt.Errorf("ends more than %d years ahead", carryYears)
	}
	if err != nil {
		return 0, false, err
	}
	if ns := UnixNano(end); ns != 0 {
		return ns, false, nil
	}
	return 1, false, nil
}

// numberEnd returns the end that a number tells, of seconds or milliseconds by
// its magnitude. An end beyond all bounds is some end that is too far ahead.
func numberEnd(n float64, created time.Time) (time.Time, error) {
	if !(n >= 0) { // NaN too
		return time.Time{}, fmt.Errorf("yields %v, which is no time", n)
	}
	from := created
	switch {
	case n > unixMillis:
		from, n = time.Unix(0, 0), n/1000
	case n > unixSeconds:
		from = time.Unix(0, 0)
	}
	seconds, fraction := math.Modf(min(n, unixMillis))
	return time.Unix(from.Unix()+int64(seconds), int64(from.Nanosecond())+int64(fraction*1e9)), nil
}
