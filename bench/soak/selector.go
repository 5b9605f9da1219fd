//go:build linux

package main

import "slices"

// A selector is what an invalidation is about. Its zero value is everything.
type selector struct {
	tag, scope, dep string
	inv             *invocation // the words of its command, in a directory
	dir             string
}

// args are the arguments of memo invalidate.
func (s *selector) args() []string {
	switch {
	case s.tag != "":
		return []string{"invalidate", "--tag", s.tag}
	case s.scope != "":
		return []string{"invalidate", "--scope", s.scope}
	case s.dep != "":
		return []string{"invalidate", "--dep", "../in/" + s.dep}
	case s.inv != nil:
		return append([]string{"invalidate", "--", "prog"}, s.inv.words...)
	}
	return []string{"invalidate", "--all"}
}

// covers reports whether the selector ends the result of an invocation. Of a
// nested one that is the inner result, which has no tags.
func (s *selector) covers(made *invocation, dir string) bool {
	switch {
	case s.tag != "":
		return !made.nested && slices.Contains(made.tags, s.tag)
	case s.scope != "":
		return made.scope == s.scope
	case s.dep != "":
		return slices.Contains(made.deps, s.dep)
	case s.inv != nil:
		// A command is looked for in the scope of the caller, which has none.
		return made.scope == "" && slices.Equal(made.words, s.inv.words) && (made.anyCwd || dir == s.dir)
	}
	return true
}

// reaches reports whether the selector also ends outer results that rest on an
// inner one which it covers.
func (s *selector) reaches() bool { return s.scope == "" && s.inv == nil }
