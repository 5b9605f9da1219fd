package expiry

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/xhit/go-str2duration/v2"
)

// ParseDuration parses a duration: numbers, which may have fractions, with
// units from ns to weeks, short or spelled out ("90s", "1d12h", "1.5h", "2
// days", "1 day 42 minutes"), or an ISO 8601 duration ("PT15M", "P4D", "P1W").
// A day has 24 hours. Months and years are errors because their length varies.
// Negative durations and those over 292 years are errors too.
func ParseDuration(s string) (time.Duration, error) {
	text := strings.TrimSpace(s)
	d, why := parseDuration(text)
	if why == "" {
		return d, nil
	}
	if e, err := Parse(text); err == nil {
		why = e.noDuration()
	}
	return 0, valueError("duration", s, why, "90s, 10m or 1d12h")
}

// noDuration returns why e is no duration.
func (e Expiry) noDuration() string {
	switch e.kind {
	case never:
		return "an end is needed here"
	case timeOfDay:
		return "a time of day is not accepted here"
	default:
		return "a point in time is not accepted here"
	}
}

// parseDuration is ParseDuration. why says what is wrong with the text; empty
// if nothing is.
func parseDuration(text string) (d time.Duration, why string) {
	switch {
	case text == "":
		return 0, "is empty"
	case text[0] == '-':
		return 0, "is negative"
	}
	var compact string
	if iso, ok := strings.CutPrefix(text, "P"); ok {
		compact, why = compactISO(iso)
	} else {
		compact, why = compactDuration(text)
	}
	if why != "" {
		return 0, why
	}
	d, err := str2duration.ParseDuration(compact)
	if err != nil {
		return 0, "is longer than 292 years" // the numbers and units are valid
	}
	return d, ""
}

// compactDuration returns a duration with all units short and without spaces.
func compactDuration(text string) (compact, why string) {
	var b strings.Builder
	for text != "" {
		number, rest := splitNumber(text)
		if number == "" {
			return "", "is not a duration"
		}
		rest = strings.TrimLeftFunc(rest, unicode.IsSpace)
		word := rest
		if i := strings.IndexFunc(rest, notLetter); i >= 0 {
			word = rest[:i]
		}
		if word == "" {
			return "", "a number needs a unit"
		}
		unit, why := shortUnit(word)
		if why != "" {
			return "", why
		}
		b.WriteString(number + unit)
		text = strings.TrimLeftFunc(rest[len(word):], unicode.IsSpace)
	}
	return b.String(), ""
}

func notLetter(r rune) bool { return !unicode.IsLetter(r) }

// splitNumber splits text after its leading decimal number. number is empty if
// there is none.
func splitNumber(text string) (number, rest string) {
	digits := func(i int) int {
		for i < len(text) && '0' <= text[i] && text[i] <= '9' {
			i++
		}
		return i
	}
	end := digits(0)
	if end < len(text) && text[end] == '.' {
		if fraction := digits(end + 1); fraction > end+1 {
			end = fraction
		}
	}
	return text[:end], text[end:]
}

func isUnit(word string) bool {
	return slices.Contains([]string{"ns", "us", "µs", "μs", "ms", "s", "m", "h", "d", "w"}, word)
}

// shortUnit returns the short form of a unit.
func shortUnit(word string) (unit, why string) {
	if isUnit(word) {
		return word, ""
	}
	switch strings.ToLower(word) {
	case "nanosecond", "nanoseconds":
		return "ns", ""
	case "microsecond", "microseconds":
		return "us", ""
	case "millisecond", "milliseconds":
		return "ms", ""
	case "sec", "secs", "second", "seconds":
		return "s", ""
	case "min", "mins", "minute", "minutes":
		return "m", ""
	case "hr", "hrs", "hour", "hours":
		return "h", ""
	case "day", "days":
		return "d", ""
	case "wk", "wks", "week", "weeks":
		return "w", ""
	case "mo", "month", "months", "y", "yr", "yrs", "year", "years":
		return "", "months and years vary in length"
	}
	if lower := strings.ToLower(word); lower != word && isUnit(lower) {
		return "", fmt.Sprintf("units are lower case (m is minutes, d is days), not %q", word)
	}
	return "", fmt.Sprintf("unknown unit %q", word)
}

// compactISO returns a duration of ISO 8601, without its P, in the short form:
// P[nW][nD][T[nH][nM][nS]], each at most once and in this order.
func compactISO(text string) (compact, why string) {
	const malformed = "is not an ISO 8601 duration"
	date, clock, hasClock := strings.Cut(text, "T")
	if text == "" || hasClock && clock == "" {
		return "", malformed
	}
	var b strings.Builder
	for i, part := range [2]string{date, clock} {
		units := [2]string{"WD", "HMS"}[i]
		for part != "" {
			number, rest := splitNumber(strings.Replace(part, ",", ".", 1))
			if number == "" || rest == "" {
				return "", malformed
			}
			designator := rest[:1]
			if i == 0 && (designator == "Y" || designator == "M") {
				return "", "months and years vary in length"
			}
			at := strings.Index(units, designator)
			if at < 0 {
				return "", malformed
			}
			b.WriteString(number + strings.ToLower(designator))
			units, part = units[at+1:], rest[1:]
		}
	}
	return b.String(), ""
}

// parseUnix parses seconds since the epoch, with or without a fraction. It
// returns nanoseconds.
func parseUnix(text string) (int64, bool) {
	number, rest := splitNumber(text)
	whole, fraction, _ := strings.Cut(number, ".")
	if number == "" || whole == "" || rest != "" {
		return 0, false
	}
	seconds, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || seconds > math.MaxInt64/int64(time.Second) {
		return math.MaxInt64, true
	}
	nanos, err := strconv.ParseInt((fraction + "000000000")[:9], 10, 64)
	if err != nil {
		return 0, false
	}
	if seconds *= int64(time.Second); seconds > math.MaxInt64-nanos {
		return math.MaxInt64, true
	}
	return seconds + nanos, true
}

// parseClock parses a time of day, a date, or both, with or without a zone.
func parseClock(text string) (Expiry, bool) {
	for _, form := range [...]struct {
		layout string
		kind   expiryKind
		zoned  bool
	}{
		{"15:04", timeOfDay, false},
		{"15:04:05", timeOfDay, false},
		{"15:04Z07:00", timeOfDay, true},
		{"15:04:05Z07:00", timeOfDay, true},
		{time.DateOnly, wallTime, false},
		{"2006-01-02T15:04", wallTime, false},
		{"2006-01-02T15:04:05", wallTime, false},
		{"2006-01-02 15:04", wallTime, false},
		{time.DateTime, wallTime, false},
		{time.RFC3339, instant, false},
		{"2006-01-02T15:04Z07:00", instant, false},
	} {
		t, err := time.ParseInLocation(form.layout, text, time.UTC)
		if err != nil {
			continue
		}
		if form.kind != timeOfDay {
			return Expiry{kind: form.kind, n: UnixNano(t)}, true
		}
		e := Expiry{kind: timeOfDay, zoned: form.zoned}
		e.n = int64(t.Sub(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())))
		if e.zoned {
			_, e.offset = t.Zone()
		}
		return e, true
	}
	return Expiry{}, false
}
