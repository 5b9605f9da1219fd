package memo

import (
	"fmt"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// The limits on the work in one call for dependencies from untrusted sources.
// It takes a second or two.
const (
	doubtfulEntries = 500_000
	doubtfulBytes   = 1 << 30
)

// A Doubt is a dependency from a source that the user does not trust.
type Doubt struct {
	Dep    string // as in [Command.Deps]
	Source string // "FILE:LINE"
	Shown  string // the dependency as it is written in the source
}

// doubts limits the work that untrusted dependencies cause.
type doubts struct {
	deps   []fingerprint.Dependency
	of     map[string]Doubt // by argument
	budget *fingerprint.Budget
}

// newDoubts returns the doubts for the untrusted dependencies among deps. It
// returns nil if the list is empty.
func newDoubts(list []Doubt, deps []fingerprint.Dependency) (*doubts, error) {
	if len(list) == 0 {
		return nil, nil
	}
	d := &doubts{of: map[string]Doubt{}, budget: fingerprint.NewBudget(doubtfulEntries, doubtfulBytes)}
	for _, doubt := range list {
		parsed, err := fingerprint.ParseDependencies([]string{doubt.Dep})
		if err != nil {
			return nil, err
		}
		for _, dep := range parsed {
			d.of[dep.Arg()] = doubt
		}
	}
	for _, dep := range deps {
		if d.concern(dep) {
			d.deps = append(d.deps, dep)
		}
	}
	return d, nil
}

// concern reports whether a dependency is untrusted.
func (d *doubts) concern(dep fingerprint.Dependency) bool {
	_, ok := d.of[dep.Arg()]
	return ok && !dep.Inherited
}

// excess takes the states of the untrusted dependencies. If that exceeds the
// budget, it returns the reason why the cache can't be used; else it lifts the
// budget and returns the zero Reason.
func (d *doubts) excess(taker *fingerprint.Taker) Reason {
	if d == nil {
		return Reason{}
	}
	for _, dep := range d.deps {
		taker.Take(dep)
		if dep := d.budget.Blamed(); dep != nil {
			doubt := d.of[dep.Arg()]
			return Reason{Code: ReasonOverBudget, Subject: doubt.Shown, Text: fmt.Sprintf(
				"%s: checking dependency %q takes over %v; read the file, then type: memo config trust",
				doubt.Source, shorten(doubt.Shown), d.budget)}
		}
	}
	d.budget.Lift()
	return Reason{}
}

// shorten cuts an untrusted text to a length that fits into a line.
func shorten(text string) string {
	const most = 80
	if len(text) <= most {
		return text
	}
	return text[:most] + "..."
}
