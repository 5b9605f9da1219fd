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
	// carryYears is how far ahead an end may be, in years. A number that is
	// further ahead is in another unit than expected.
	carryYears = 10
	// Numbers above unixSeconds are seconds since the epoch, and numbers above
	// unixMillis milliseconds. Smaller numbers are seconds from the creation.
	unixSeconds = 1e9
	unixMillis  = 1e11
)

// Carried returns the end that a value gives for a result created at a given
// time, in nanoseconds since the epoch. The end is never 0 unless never is set,
// which says that there is no end, or there is an error. v is a value that a jq
// program yields: null, a boolean, a number, a text, a list or an object. A
// number is in seconds from the creation or, if it is large enough, in seconds
// or milliseconds since the epoch.
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

// numberEnd returns the end that a number gives. The magnitude of the number
// determines its unit. A number that is out of range gives an end that is too
// far ahead.
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
