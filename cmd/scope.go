package cmd

import (
	"cmp"
	"slices"

	"github.com/seed-f39940ff/memo/store"
)

// A scopeBound is what the results of one scope are kept within, besides what
// the whole store is. It is said in files only.
type scopeBound struct {
	name   string
	bounds store.Bounds
	said   []value // the settings that say so, one each
}

// isBound reports whether a value bounds the store, or in a scope its results.
func isBound(v value) bool { return v.setting.place == perScope }

// scopeBounds returns the bounds of all scopes that have some, in the order in
// which files name them. What is said later counts, and the eviction policy is
// by default that of the store.
func scopeBounds(policy string, files ...*file) []scopeBound {
	var list []scopeBound
	for _, f := range files {
		if f == nil {
			continue
		}
		for _, s := range f.scopes {
			i := slices.IndexFunc(list, func(b scopeBound) bool { return b.name == s.name })
			if i < 0 {
				list = append(list, scopeBound{name: s.name})
				i = len(list) - 1
			}
			for _, v := range s.values {
				if isBound(v) {
					list[i].set(v)
				}
			}
		}
	}
	list = slices.DeleteFunc(list, func(b scopeBound) bool { return b.bounds.MaxSize == 0 && b.bounds.MaxResults == 0 })
	for i := range list {
		list[i].bounds.Policy = cmp.Or(list[i].bounds.Policy, policy)
	}
	return list
}

// set takes over what a file says.
func (b *scopeBound) set(v value) {
	switch typed := v.typed().(type) {
	case string:
		b.bounds.Policy = typed
	case int64:
		if v.setting.kind == countKind {
			b.bounds.MaxResults = typed
		} else {
			b.bounds.MaxSize = typed
		}
	}
	b.said = slices.DeleteFunc(b.said, func(old value) bool { return old.setting == v.setting })
	b.said = append(b.said, v)
}

// boundsOf returns the bounds of a scope; ok is false if it has none.
func (c *config) boundsOf(scope string) (b store.Bounds, ok bool) {
	if i := slices.IndexFunc(c.scopes, func(b scopeBound) bool { return b.name == scope }); i >= 0 {
		return c.scopes[i].bounds, true
	}
	return b, false
}
