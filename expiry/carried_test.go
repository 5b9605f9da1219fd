package expiry

import (
	"math"
	"strconv"
	"strings"
	"testing"
	"time"
)

// noEnd stands for a result without an end.
const noEnd = math.MaxInt64

func carriedEnd(v any, created time.Time) (int64, error) {
	end, never, err := Carried(v, created)
	if never {
		return noEnd, err
	}
	return end, err
}

func TestCarried(t *testing.T) {
	created := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		program, stdout string
		want            time.Time // zero: --ttl applies
	}{
		{".ttl", `{"ttl": "10m"}`, created.Add(10 * time.Minute)},
		{".ttl", `{"ttl": "1 day 2 hours"}`, created.Add(26 * time.Hour)},
		{".ttl", `{"ttl": "PT5M"}`, created.Add(5 * time.Minute)},
		{".at", `{"at": "18:00"}`, created.Add(6 * time.Hour)},
		{".at", `{"at": "2026-05-05T00:00:00Z"}`, created.Add(12 * time.Hour)},
		{".at", `{"at": "@1777896001"}`, created.Add(time.Second)},
		{".n", `{"n": 90}`, created.Add(90 * time.Second)},
		{".n", `{"n": 1.5}`, created.Add(1500 * time.Millisecond)},
		{".n", `{"n": "90"}`, created.Add(90 * time.Second)},
		{".n", `{"n": 0}`, created},
		{".n", `{"n": 1777896060}`, created.Add(time.Minute)},
		{".n", `{"n": 1777896060500}`, created.Add(time.Minute + 500*time.Millisecond)},
		{".n", `{"n": 1000000001}`, time.Unix(1000000001, 0)}, // long over
		{".n / 2", `{"n": 120}`, created.Add(time.Minute)},
		{"1e3", `{}`, created.Add(1000 * time.Second)},
		{".[]", `[30, 60]`, created.Add(30 * time.Second)},
		{".n", `{"n": 30} {"n": 60}`, created.Add(30 * time.Second)},
		{".n // empty", `{} {"n": 60}`, created.Add(time.Minute)},
		{".", `"never"`, time.Unix(0, noEnd)},

		{".n", `{"n": null}`, time.Time{}},
		{".n", `{}`, time.Time{}},
		{".n", `[1]`, time.Time{}},
		{".n", ``, time.Time{}},
		{".n", "plain text", time.Time{}},
		{".n", `{"n": 30`, time.Time{}},
		{".", "5 apples", time.Time{}},
		{".n", `{"n": -1}`, time.Time{}},
		{".n", `{"n": "-5s"}`, time.Time{}},
		{".n", `{"n": true}`, time.Time{}},
		{".n", `{"n": {}}`, time.Time{}},
		{".n", `{"n": "1y2z"}`, time.Time{}},
		{".n", `{"n": ""}`, time.Time{}},
		{".n", `{"n": "inf"}`, time.Time{}},
		{"nan", `{}`, time.Time{}},
		{"infinite", `{}`, time.Time{}},
		{".n", `{"n": 400000000}`, time.Time{}},           // 12 years
		{".n", `{"n": 4000000000}`, time.Time{}},          // the year 2096
		{".n", `{"n": 1777896060000000000}`, time.Time{}}, // nanoseconds
		{".n", `{"n": 1e300}`, time.Time{}},
		{".n", `{"n": "9999-12-31"}`, time.Time{}},
		{"empty", `{}`, time.Time{}},
		{"error", `{}`, time.Time{}},
		{"halt", `{}`, time.Time{}},
		{"$ENV.HOME", `{}`, time.Time{}},
		{"env.HOME", `{}`, time.Time{}},
		{"def f: f; f", `{}`, time.Time{}},
		{".", strings.Repeat("[", 1e6), time.Time{}},
	} {
		q, err := ParseQuery(c.program)
		if err != nil {
			t.Errorf("%s: %v", c.program, err)
			continue
		}
		v, err := q.Eval([]byte(c.stdout))
		var end int64
		if err == nil {
			end, err = carriedEnd(v, created)
		}
		name := c.program + " of " + c.stdout[:min(len(c.stdout), 40)]
		switch {
		case c.want.IsZero() && err == nil:
			t.Errorf("%s: ends %v, want an error", name, time.Unix(0, end).UTC())
		case c.want.IsZero():
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case end != c.want.UnixNano():
			t.Errorf("%s: ends %v, want %v", name, time.Unix(0, end).UTC(), c.want)
		}
	}
}

func TestParseQueryErrors(t *testing.T) {
	for _, program := range []string{".[", "nosuch", "input", "inputs", `import "a" as a; 1`, "$x", ". as [$a"} {
		if _, err := ParseQuery(program); err == nil || !strings.Contains(err.Error(), strconv.Quote(program)) {
			t.Errorf("%q: error %v, want one that names it", program, err)
		}
	}
}

// FuzzCarried looks for input that makes the evaluation panic or gives an
// invalid end.
func FuzzCarried(f *testing.F) {
	for _, s := range []string{`{"t": 5}`, `{"t": "10m"}`, `{"t": 1e999}`, `{"t": "18:00"}`, `[]`, `{"t": -0.0}`} {
		f.Add(s, int64(1777896000))
	}
	q, err := ParseQuery(".t")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, stdout string, sec int64) {
		created := time.Unix(sec%(1<<33), 0)
		v, err := q.Eval([]byte(stdout))
		if err != nil {
			return
		}
		end, err := carriedEnd(v, created)
		limit := created.AddDate(carryYears, 0, 0).UnixNano()
		if err == nil && end != math.MaxInt64 && end > limit {
			t.Errorf("%s: ends at %d, after %d", stdout, end, limit)
		}
	})
}
