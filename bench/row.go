package main

import (
	"fmt"
	"regexp"
	"slices"
	"time"
)

// A row is one line of the table: something that is done once in a round.
type row struct {
	name string
	// once does it and returns how long it took. It gets the number of the
	// round, for rows that must do something new every time.
	once func(round int) (time.Duration, error)
	// setup, if not nil, is called before the first round.
	setup func() error
	// every makes slow rows take part in only one of so many rounds; 0 is 1.
	every int
	// base is the name of the row that this one is compared with.
	base string
	// bound is the largest allowed ratio to base, limit the largest allowed
	// median; 0 is none.
	bound float64
	limit time.Duration

	times []time.Duration
}

func (r *row) median() time.Duration {
	if len(r.times) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(r.times))
	return sorted[len(sorted)/2]
}

// selected returns the rows whose names match, and their baselines.
func selected(rows []*row, re *regexp.Regexp) []*row {
	wanted := map[string]bool{}
	for _, r := range rows {
		if re.MatchString(r.name) {
			wanted[r.name], wanted[r.base] = true, true
		}
	}
	return slices.DeleteFunc(rows, func(r *row) bool { return !wanted[r.name] })
}

// measure gives every row its turn in every round. The first round warms
// caches up and does not count.
func measure(rows []*row, rounds int) error {
	for round := -1; round < rounds; round++ {
		for _, r := range rows {
			if round >= 0 && round%max(r.every, 1) != 0 {
				continue
			}
			took, err := r.once(round)
			if err != nil {
				return fmt.Errorf("%q, round %d: %w", r.name, round, err)
			}
			if round >= 0 {
				r.times = append(r.times, took)
			}
		}
	}
	return nil
}
