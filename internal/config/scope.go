package config

import (
	"cmp"
	"slices"

	"github.com/seed-f39940ff/memo/store"
)

// A ScopeBound is what the results of one scope are kept within, besides what
// the whole store is. It is said in files only.
type ScopeBound struct {
	Name   string
	Bounds store.Bounds
	said   []value // the settings that say so, one each
}

// isBound reports whether a value bounds the store, or in a scope its results.
func isBound(v value) bool { return v.setting.IsBound() }

// scopeBounds returns the bounds of all scopes that have some, in the order in
// which files name them. What is said later counts, and the eviction policy is
// by default that of the store.
func scopeBounds(policy string, files ...*file) []ScopeBound {
	var list []ScopeBound
	for _, f := range files {
		if f == nil {
			continue
		}
		for _, s := range f.scopes {
			i := slices.IndexFunc(list, func(b ScopeBound) bool { return b.Name == s.name })
			if i < 0 {
				list = append(list, ScopeBound{Name: s.name})
				i = len(list) - 1
			}
			for _, v := range s.values {
				if isBound(v) {
					list[i].set(v)
				}
			}
		}
	}
	list = slices.DeleteFunc(list, func(b ScopeBound) bool { return b.Bounds.MaxSize == 0 && b.Bounds.MaxResults == 0 })
	for i := range list {
		list[i].Bounds.Policy = cmp.Or(list[i].Bounds.Policy, policy)
	}
	return list
}

// set takes over what a file says.
func (b *ScopeBound) set(v value) {
	c := Config{Bounds: b.Bounds}
	v.assign(&c)
	b.Bounds = c.Bounds
	b.said = slices.DeleteFunc(b.said, func(old value) bool { return old.setting == v.setting })
	b.said = append(b.said, v)
}

// BoundsOf returns the bounds of a scope; ok is false if it has none.
func (c *Config) BoundsOf(scope string) (b store.Bounds, ok bool) {
	if i := slices.IndexFunc(c.Scopes, func(b ScopeBound) bool { return b.Name == scope }); i >= 0 {
		return c.Scopes[i].Bounds, true
	}
	return b, false
}
