package expiry

import (
	"math"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // makes the zones available on every system
)

func TestParseDuration(t *testing.T) {
	const day = 24 * time.Hour
	rows := []struct {
		text string
		want time.Duration
	}{
		{"0s", 0},
		{"90s", 90 * time.Second},
		{"10m", 10 * time.Minute},
		{"1d12h", 36 * time.Hour},
		{"1d42m6s", day + 42*time.Minute + 6*time.Second},
		{"1.5h", 90 * time.Minute},
		{".5s", 500 * time.Millisecond},
		{"2w", 14 * day},
		{"10minutes", 10 * time.Minute},
		{"2 days", 2 * day},
		{" 2\tDays ", 2 * day},
		{"1 day 42 minutes 6 seconds", day + 42*time.Minute + 6*time.Second},
		{"1 week", 7 * day},
		{"3 ms", 3 * time.Millisecond},
		{"5µs", 5 * time.Microsecond},
		{"PT15M", 15 * time.Minute},
		{"P4D", 4 * day},
		{"P1W", 7 * day},
		{"P1DT2H3M4.5S", day + 2*time.Hour + 3*time.Minute + 4500*time.Millisecond},
		{"PT0,5H", 30 * time.Minute},
		{"9223372036854775807ns", math.MaxInt64},
	}
	for _, row := range rows {
		if got, err := ParseDuration(row.text); got != row.want || err != nil {
			t.Errorf("ParseDuration(%q) = %v, %v, want %v", row.text, got, err, row.want)
		}
	}
}

func TestParseDurationErrors(t *testing.T) {
	rows := []struct{ text, why string }{
		{"", "is empty"},
		{"  ", "is empty"},
		{"-5s", "is negative"},
		{"-PT5M", "is negative"},
		{"10", "a number needs a unit"},
		{"0", "a number needs a unit"},
		{"1h30", "a number needs a unit"},
		{"1.s", "a number needs a unit"},
		{"1y2z", "months and years vary in length"},
		{"1z", `unknown unit "z"`},
		{"1D", `units are lower case (m is minutes, d is days), not "D"`},
		{"5M", `units are lower case (m is minutes, d is days), not "M"`},
		{"18:00", "a time of day is not accepted here"},
		{"never", "an end is needed here"},
		{"@1", "a point in time is not accepted here"},
		{"1e5s", `unknown unit "e"`},
		{"soon", "is not a duration"},
		{"1s!", "is not a duration"},
		{"+5s", "is not a duration"},
		{".", "is not a duration"},
		{"P", "is not an ISO 8601 duration"},
		{"PT", "is not an ISO 8601 duration"},
		{"P1DT", "is not an ISO 8601 duration"},
		{"P1H", "is not an ISO 8601 duration"},
		{"PT1M2M", "is not an ISO 8601 duration"},
		{"PT1S1H", "is not an ISO 8601 duration"},
		{"P1M", "months and years vary in length"},
		{"P2Y", "months and years vary in length"},
		{"15251w", "is longer than 292 years"},
		{"99999999999999999999999s", "is longer than 292 years"},
		{"15000w15000w", "is longer than 292 years"},
	}
	for _, row := range rows {
		_, err := ParseDuration(row.text)
		want := ` ` + row.why + "; write for example 90s, 10m or 1d12h"
		if err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("ParseDuration(%q) = %v, want ...%s", row.text, err, want)
		}
	}
}

func TestEnd(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	at := func(text string) time.Time {
		t.Helper()
		end, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return end
	}
	rows := []struct{ text, created, want string }{
		{"90s", "2026-06-01T12:00:00+02:00", "2026-06-01T12:01:30+02:00"},
		{"18:00", "2026-06-01T12:00:00+02:00", "2026-06-01T18:00:00+02:00"},
		{"18:00", "2026-06-01T18:00:00+02:00", "2026-06-02T18:00:00+02:00"},
		{"8:05", "2026-12-31T23:00:00+01:00", "2027-01-01T08:05:00+01:00"},
		{"18:00:30", "2026-06-01T18:00:00+02:00", "2026-06-01T18:00:30+02:00"},
		{"18:00Z", "2026-06-01T19:00:00+02:00", "2026-06-01T18:00:00Z"},
		{"18:00-05:00", "2026-06-01T12:00:00+02:00", "2026-06-01T18:00:00-05:00"},
		{"00:30+14:00", "2026-06-01T12:00:00+02:00", "2026-06-02T00:30:00+14:00"},
		// The clock is put forward from 2:00 to 3:00 on 2026-03-29, and back
		// from 3:00 to 2:00 on 2026-10-25.
		{"12:00", "2026-03-28T13:00:00+01:00", "2026-03-29T12:00:00+02:00"},
		{"02:30", "2026-03-28T12:00:00+01:00", "2026-03-29T03:30:00+02:00"},
		{"02:30", "2026-10-24T12:00:00+02:00", "2026-10-25T02:30:00+02:00"},
		{"02:30", "2026-10-25T02:40:00+02:00", "2026-10-25T02:30:00+01:00"},
		{"02:30", "2026-10-25T02:40:00+01:00", "2026-10-26T02:30:00+01:00"},
		{"12:00", "2026-10-24T13:00:00+02:00", "2026-10-25T12:00:00+01:00"},
		{"2026-12-24", "2026-06-01T12:00:00+02:00", "2026-12-24T00:00:00+01:00"},
		{"2026-12-24T18:00", "2026-06-01T12:00:00+02:00", "2026-12-24T18:00:00+01:00"},
		{"2026-07-01 18:00:01", "2026-06-01T12:00:00+02:00", "2026-07-01T18:00:01+02:00"},
		{"2026-12-24T18:00:00Z", "2026-06-01T12:00:00+02:00", "2026-12-24T18:00:00Z"},
		{"2020-01-01T00:00:00Z", "2026-06-01T12:00:00+02:00", "2020-01-01T00:00:00Z"},
		{"@1790000000", "2026-06-01T12:00:00+02:00", "2026-09-21T14:13:20Z"},
		{"@1790000000.25", "2026-06-01T12:00:00+02:00", "2026-09-21T14:13:20.25Z"},
		{"9999-12-31", "2026-06-01T12:00:00+02:00", "2262-04-11T21:47:16.854775807Z"},
		{"@99999999999999999999", "2026-06-01T12:00:00+02:00", "2262-04-11T23:47:16.854775807Z"},
	}
	for _, row := range rows {
		e, err := Parse(row.text)
		if err != nil {
			t.Errorf("Parse(%q): %v", row.text, err)
			continue
		}
		end, never := e.End(at(row.created).In(berlin))
		if !end.Equal(at(row.want)) || never {
			t.Errorf("%q after %s: got %s, %v, want %s", row.text, row.created, end.Format(time.RFC3339Nano), never, row.want)
		}
	}
}

// TestTimeOfDayIsNext compares nextDaily with a search minute by minute, over a
// year in which the clock changes and over the day that Samoa skipped.
func TestTimeOfDayIsNext(t *testing.T) {
	rows := []struct {
		zone, text, from string
		days             int
	}{
		{"Europe/Berlin", "02:30", "2026-03-20", 20},
		{"Europe/Berlin", "02:30", "2026-10-20", 10},
		{"America/Sao_Paulo", "23:15", "2018-02-10", 14},
		{"Australia/Lord_Howe", "01:45", "2026-04-01", 10},
		{"Pacific/Apia", "10:00", "2011-12-25", 10},
	}
	for _, row := range rows {
		loc := zone(t, row.zone)
		start, err := time.ParseInLocation(time.DateOnly, row.from, loc)
		if err != nil {
			t.Fatal(err)
		}
		e, err := Parse(row.text)
		if err != nil {
			t.Fatal(err)
		}
		stop := start.AddDate(0, 0, row.days)
		var next time.Time
		for now := stop; now.After(start); now = now.Add(-time.Minute) {
			got, _ := e.End(now)
			if !next.IsZero() && !got.Equal(next) && got.Format("15:04") == row.text {
				t.Fatalf("%s, %s after %v: got %v, want %v", row.zone, row.text, now, got, next)
			}
			if now.Format("15:04") == row.text {
				next = now
			}
		}
	}
}

func TestKinds(t *testing.T) {
	if e := (Expiry{}); e.Given() || e.UsesClock() || e.String() != "" {
		t.Errorf("zero Expiry: given %v, uses clock %v, %q", e.Given(), e.UsesClock(), e.String())
	}
	if _, never := Never().End(time.Unix(0, 0)); !never {
		t.Error("Never ends")
	}
	for text, want := range map[string]bool{
		"90s": false, "never": false, "@5": false, "18:00Z": false, "2026-12-24T18:00:00+01:00": false,
		"18:00": true, "2026-12-24": true, "2026-12-24T18:00": true,
	} {
		e, err := Parse(text)
		if err != nil || e.UsesClock() != want {
			t.Errorf("%q uses the clock: %v, %v, want %v", text, e.UsesClock(), err, want)
		}
	}
}

func TestWithin(t *testing.T) {
	rows := []struct {
		e, limit string
		want     bool
	}{
		{"5m", "10m", true},
		{"10m", "10m", true},
		{"11m", "10m", false},
		{"never", "10m", false},
		{"never", "never", true},
		{"18:00", "never", true},
		{"18:00", "10m", false},
		{"18:00", "25h", true},
		{"18:00", "18:00", true},
		{"17:00", "18:00", false}, // of the next day, after 17:00
		{"10m", "18:00", false},
		{"2026-12-24", "2026-12-25", true},
		{"2026-12-24", "10m", false},
		{"@5", "@4", false},
	}
	for _, row := range rows {
		e, err := Parse(row.e)
		limit, err2 := Parse(row.limit)
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		if got := e.Within(limit); got != row.want {
			t.Errorf("%q within %q: got %v, want %v", row.e, row.limit, got, row.want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	rows := []struct{ text, why string }{
		{"", "is empty"},
		{"10", "a number needs a unit"},
		{"Never", "is not a duration"},
		{"25:00", "no such time or date"},
		{"18:60", "no such time or date"},
		{"2026-02-30", "no such time or date"},
		{"2026-13-01", "no such time or date"},
		{"@", "want seconds since 1970 after the @"},
		{"@-5", "want seconds since 1970 after the @"},
		{"@1x", "want seconds since 1970 after the @"},
		{"1q", `unknown unit "q"`},
	}
	for _, row := range rows {
		want := ` ` + row.why + "; write for example 10m, 18:00 or never"
		if _, err := Parse(row.text); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("Parse(%q) = %v, want ...%s", row.text, err, want)
		}
	}
}

func TestStored(t *testing.T) {
	created := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	clock, err := Parse("18:00")
	if err != nil {
		t.Fatal(err)
	}
	if ttl, until, never := clock.Stored(created); ttl != 0 || until != created.Add(6*time.Hour).UnixNano() || never {
		t.Errorf("18:00 is stored as %v, %v, %v", ttl, until, never)
	}
	if ttl, until, never := For(0).Stored(created); ttl != 0 || until != 0 || never {
		t.Errorf("0s is stored as %v, %v, %v", ttl, until, never)
	}
	if _, until, _ := At(time.Unix(0, 0)).Stored(created); until == 0 {
		t.Error("an end at the epoch is stored as no end")
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"", "90s", "1d12h", "2 days", "P1DT2.5H", "never", "18:00", "18:00:30.5+02:00", "2026-12-24", "2026-12-24T18:00:00Z", "@1790000000.25", "15251w", "0001-01-01", "@9223372036.9"} {
		f.Add(text, int64(1_800_000_000))
	}
	f.Fuzz(func(t *testing.T, text string, created int64) {
		e, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(e.String())
		if err != nil || again != e {
			t.Fatalf("%q is %q, which is %+v, %v, want %+v", text, e, again, err, e)
		}
		start := time.Unix(created, 0)
		if end, _ := e.End(start); e.kind == timeOfDay && !end.After(start) {
			t.Fatalf("%q after %v: %v", text, start, end)
		}
		e.Stored(start)
	})
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}
