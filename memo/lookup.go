package memo

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

// A candidate is a recorded result that carries the declared tags, was not
// invalidated, and whose dependencies all match now. Its reading is open.
type candidate struct {
	*store.Reading
	ref store.Ref
	Span
}

// A lookup is the search for a result under one command key.
type lookup struct {
	store  *store.Store
	taker  *fingerprint.Taker
	policy *Policy
	tags   []string
	// hasDeps says that dependencies or a version command were declared.
	hasDeps bool
	// idle says that the lookup changes nothing in the store.
	idle bool
	// skip, if it is not nil, reports whether a result can be passed over. seen
	// are the results that were examined.
	skip func(store.Ref) bool
	seen []store.Ref
	// none says that the key has no results at all.
	none bool
	// reason says why there is no candidate: why the newest variant was
	// rejected. rejected says so of each variant.
	reason   Reason
	rejected []VariantReason
	// fallback is the newest good result that is too old to be served but not
	// too old for StaleIfError.
	fallback *candidate
}

// find returns the candidate to serve, or nil with the reason set. It prefers a
// good result to a failing one, and then the newest.
func (l *lookup) find(key fingerprint.Key, now time.Time) *candidate {
	refs, err := l.store.Variants(key)
	if err != nil {
		l.reason = because(ReasonUnreadable, "the store can't be read: "+storeTrouble(err))
		return nil
	}
	l.reason, l.rejected, l.none = Reason{}, nil, len(refs) == 0
	var failing *candidate
	for _, ref := range refs {
		if l.skip != nil && l.skip(ref) {
			continue
		}
		l.seen = append(l.seen, ref)
		c, reason := l.examine(ref, now)
		if c == nil {
			l.rejected = append(l.rejected, VariantReason{ref, reason})
			continue
		}
		if l.policy.success(c.Result.ExitCode) {
			failing.close()
			return c
		}
		if failing == nil {
			failing = c
		} else {
			c.close()
		}
	}
	switch {
	case failing != nil:
	case len(l.rejected) > 0:
		l.reason = l.rejected[0].Reason
	default:
		l.reason = because(ReasonNotRecorded, "not recorded")
	}
	return failing
}

func (c *candidate) close() {
	if c != nil {
		c.Close()
	}
}

// examine opens one variant and decides whether it can be served.
func (l *lookup) examine(ref store.Ref, now time.Time) (*candidate, Reason) {
	rd, err := l.store.Open(ref)
	if err != nil {
		return nil, l.unreadable(ref, err)
	}
	span := l.policy.spanOf(rd.Result, l.hasDeps, now)
	reason := l.judge(rd, ref, span)
	if reason.IsZero() {
		if err := rd.Verify(); err != nil {
			reason = l.unreadable(ref, err)
		}
	}
	c := &candidate{Reading: rd, ref: ref, Span: span}
	switch {
	case reason.IsZero() && span.State == Expired:
		reason = span.Over()
		if l.fallback == nil {
			l.fallback = c
			return nil, reason
		}
	case reason.IsZero():
		return c, reason
	}
	rd.Close()
	return nil, reason
}

// unreadable returns the reason why a result can't be read. It removes a
// damaged result, but keeps one that a newer memo wrote.
func (l *lookup) unreadable(ref store.Ref, err error) Reason {
	var corrupt *store.CorruptError
	var newer *store.NewerError
	switch {
	case errors.As(err, &newer):
		return because(ReasonUnreadable, "the result was written by a newer memo: "+newer.Reason)
	case errors.As(err, &corrupt) && l.idle:
		return because(ReasonCorrupt, "damaged result: "+corrupt.Reason)
	case errors.As(err, &corrupt):
		if l.store.Remove(ref) == nil {
			l.store.Record(store.Event{Kind: store.Removed, Reason: store.Corrupt, Key: ref.Key, ID: ref.ID})
		}
		return because(ReasonCorrupt, "damaged result removed: "+corrupt.Reason)
	case errors.Is(err, fs.ErrNotExist):
		return because(ReasonRemoved, "removed meanwhile")
	default:
		return because(ReasonUnreadable, "the result can't be read: "+storeTrouble(err))
	}
}

// judge returns the reason why a result can't be served, or the zero Reason. It
// makes the cheap checks first.
func (l *lookup) judge(rd *store.Reading, ref store.Ref, span Span) Reason {
	res := rd.Result
	good := l.policy.success(res.ExitCode)
	switch {
	case span.State != Expired:
	case !good:
		return because(ReasonFailedResult, fmt.Sprintf("the last run failed with exit code %d", res.ExitCode))
	case l.policy.StaleIfError <= 0 || span.Left <= -l.policy.StaleIfError:
		return span.Over()
	}
	if missing := missingTag(l.tags, res.Tags); missing != "" {
		return Reason{Code: ReasonTagMissing, Subject: missing, Text: fmt.Sprintf("recorded without the tag %q", missing)}
	}
	if end, ended := l.store.Since(res.Mark).Ended(res); ended {
		return EndedBy(end)
	}
	return l.compare(rd, ref)
}

// compare checks a result's fingerprints, and stores newer stats as a hint.
func (l *lookup) compare(rd *store.Reading, ref store.Ref) Reason {
	prints := rd.Hinted()
	var newer []fingerprint.Fingerprint
	for i := range prints {
		match, updated := l.taker.Check(&prints[i])
		if !match {
			_, changes := l.taker.Explain(&prints[i])
			return dependencyChanged("", &prints[i], changes)
		}
		if updated != nil {
			if newer == nil {
				newer = slices.Clone(prints)
			}
			newer[i] = *updated
		}
	}
	if newer != nil && !l.idle {
		_ = l.store.WriteHint(ref, newer) // losing it costs a rehash
	}
	return Reason{}
}

// EndedBy returns the reason for an ending in the invalidation log.
func EndedBy(end store.Ending) Reason {
	if end.Selector == "" {
		return because(ReasonLogUnknown, end.Text)
	}
	return Reason{Code: ReasonInvalidated, Subject: end.Selector, Text: end.Text}
}

// dependencyChanged returns the reason for a fingerprint that no longer
// matches. Its text begins with prefix.
func dependencyChanged(prefix string, fp *fingerprint.Fingerprint, changes []fingerprint.Change) Reason {
	return Reason{
		Code:    ReasonDependencyChanged,
		Subject: fp.Dep.Pattern,
		Text:    prefix + describeChanges(fp, changes),
		Changes: changes,
	}
}

func describeChanges(fp *fingerprint.Fingerprint, changes []fingerprint.Change) string {
	if len(changes) == 0 {
		return fp.Dep.Pattern + " changed"
	}
	text := changes[0].Path + " " + changes[0].What
	if n := len(changes) - 1; n > 0 {
		text += fmt.Sprintf(" (and %d more)", n)
	}
	return text
}

func missingTag(want, have []string) string {
	for _, tag := range want {
		if !slices.Contains(have, tag) {
			return tag
		}
	}
	return ""
}

// sortedUnique returns the distinct strings in order.
func sortedUnique(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}
