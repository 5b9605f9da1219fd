package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// A Selector selects the results to end: those that match any of its parts. The
// zero Selector matches nothing.
type Selector struct {
	// Paths are absolute paths and globs, matched against the dependencies as
	// [fingerprint.Covers] does.
	Paths []string `cbor:"1,keyasint,omitempty"`
	Tags  []string `cbor:"2,keyasint,omitempty"`
	// Commands are globs over the argv joined by single spaces. A * matches
	// any characters, including spaces and slashes.
	Commands []string `cbor:"3,keyasint,omitempty"`
	Scopes   []string `cbor:"4,keyasint,omitempty"`
	// Keys are prefixes of keys and Groups whole groups, both in lower-case
	// hexadecimal digits.
	Keys   []string `cbor:"5,keyasint,omitempty"`
	Groups []string `cbor:"6,keyasint,omitempty"`
	All    bool     `cbor:"7,keyasint,omitempty"`
	// Before matches results created before this time, in nanoseconds since
	// the epoch; 0 matches nothing.
	Before int64 `cbor:"8,keyasint,omitempty"`
	// Calls match results recorded under a key template. Groups match the
	// other results of a call.
	Calls []Call `cbor:"9,keyasint,omitempty"`
}

// Empty reports whether sel can match nothing.
func (sel *Selector) Empty() bool {
	return len(sel.Paths)+len(sel.Tags)+len(sel.Commands)+len(sel.Scopes)+len(sel.Keys)+len(sel.Groups)+len(sel.Calls) == 0 &&
		!sel.All && sel.Before == 0
}

// Matches reports whether sel ends r.
func (sel *Selector) Matches(r *Result) bool { return sel.match(r) != "" }

// match returns the part of sel that matches r, as "tag x", or "".
func (sel *Selector) match(r *Result) string {
	switch {
	case sel.All:
		return "all"
	case r.Created < sel.Before:
		return "created before"
	case slices.Contains(sel.Scopes, r.Scope):
		return "scope " + r.Scope
	case sel.matchesKey(r.Key):
		return "key " + r.Key.String()
	case slices.ContainsFunc(sel.Calls, func(c Call) bool { return c.matches(r) }):
		return "call"
	}
	for _, tag := range r.Tags {
		if slices.Contains(sel.Tags, tag) {
			return "tag " + tag
		}
	}
	if len(sel.Commands) > 0 {
		line := strings.Join(r.Argv, " ")
		for _, glob := range sel.Commands {
			if matchLine(glob, line) {
				return "command " + glob
			}
		}
	}
	for _, path := range sel.Paths {
		for i := range r.Fingerprints {
			if fingerprint.Covers(path, &r.Fingerprints[i], r.Dir) {
				return "dependency " + path
			}
		}
	}
	return ""
}

func (sel *Selector) matchesKey(key fingerprint.Key) bool {
	if len(sel.Keys)+len(sel.Groups) == 0 {
		return false
	}
	name := key.String()
	return slices.Contains(sel.Groups, key.Group()) ||
		slices.ContainsFunc(sel.Keys, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// mayMatch reports whether sel can match a result under key. Results that it
// can't match need not be opened.
func (sel *Selector) mayMatch(key fingerprint.Key) bool {
	byName := !sel.All && sel.Before == 0 && len(sel.Paths)+len(sel.Tags)+len(sel.Commands)+len(sel.Scopes) == 0
	return !byName || sel.matchesKey(key) || len(sel.Calls) > 0 && key.Templated()
}

// check rejects relative paths and empty selectors.
func (sel *Selector) check() error {
	for _, p := range sel.Paths {
		if !filepath.IsAbs(p) {
			return fmt.Errorf("invalidate %q: not an absolute path", p)
		}
	}
	for _, list := range [][]string{sel.Tags, sel.Commands, sel.Keys, sel.Groups} {
		if slices.Contains(list, "") {
			return errors.New("invalidate: empty selector")
		}
	}
	return nil
}

// matchLine reports whether line matches a glob. Only * is special.
func matchLine(glob, line string) bool {
	parts := strings.Split(glob, "*")
	if len(parts) == 1 {
		return glob == line
	}
	first, last := parts[0], parts[len(parts)-1]
	if len(line) < len(first)+len(last) || !strings.HasPrefix(line, first) || !strings.HasSuffix(line, last) {
		return false
	}
	line = line[len(first) : len(line)-len(last)]
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(line, part)
		if i < 0 {
			return false
		}
		line = line[i+len(part):]
	}
	return true
}

// A Verdict holds the entries of the invalidation log that apply to results
// made at one [Mark].
type Verdict struct {
	// Unknown, if not empty, says why the log can't decide. The results must
	// not be used then.
	Unknown string
	// Selectors were appended after the mark, in this order.
	Selectors []Selector
}

// An Ending says why a result has ended.
type Ending struct {
	Text string // a short clause
	// Selector is the part that ended it, as "tag x"; empty if unknown.
	Selector string
}

// Ended reports whether a result with the verdict's mark has ended, and why.
func (v Verdict) Ended(r *Result) (end Ending, ended bool) {
	if v.Unknown != "" {
		return Ending{Text: v.Unknown}, true
	}
	for i := range v.Selectors {
		if part := v.Selectors[i].match(r); part != "" {
			return Ending{Text: "invalidated", Selector: part}, true
		}
	}
	return Ending{}, false
}
