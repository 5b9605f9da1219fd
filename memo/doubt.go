package memo

import (
	"fmt"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// What dependencies from sources that the user does not trust may cost in one
// call: what takes a second or two.
const (
	doubtfulEntries = 500_000
	doubtfulBytes   = 1 << 30
)

// A Doubt is a dependency that a source declares which the user does not trust.
type Doubt struct {
	Dep    string // as in [Command.Deps]
	Source string // "FILE:LINE"
	Shown  string // the dependency as it is written there
}

// doubts bounds the work that dependencies in doubt cause.
type doubts struct {
	deps   []fingerprint.Dependency
	of     map[string]Doubt // by argument
	budget *fingerprint.Budget
}

// newDoubts returns what bounds the dependencies in doubt among deps, nil if
// there are none.
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

// concern reports whether a dependency is in doubt.
func (d *doubts) concern(dep fingerprint.Dependency) bool {
	_, ok := d.of[dep.Arg()]
	return ok && !dep.Inherited
}

// excess takes the states of what is in doubt, and returns why the cache can't
// be used if that costs too much, else no reason. From then on it costs
// nothing.
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

// shorten cuts a text of others to what a line can take.
func shorten(text string) string {
	const most = 80
	if len(text) <= most {
		return text
	}
	return text[:most] + "..."
}
