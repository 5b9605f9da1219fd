package cmd

import (
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/memo"
	"github.com/seed-f39940ff/memo/store"
)

// An entry is one result as `list` and `show` print it. All commands use the
// same JSON names.
type entry struct {
	Key       string          `json:"key"`
	Command   []string        `json:"command"`
	Cwd       string          `json:"cwd"`
	Scope     string          `json:"scope"`
	State     string          `json:"state"` // fresh, stale, expired or invalidated
	Created   time.Time       `json:"created"`
	AgeMS     int64           `json:"age_ms"`
	TTLLeftMS *int64          `json:"ttl_left_ms"` // null if there is no end
	Size      int64           `json:"size"`
	Hits      int64           `json:"hits"`
	SavedMS   int64           `json:"saved_ms"`
	ExitCode  int             `json:"exit_code"`
	Tags      []string        `json:"tags"`
	Deps      []dependencyRow `json:"deps"`
	Reason    string          `json:"reason"`

	span memo.Span
	use  store.Use
}

// A dependencyRow is one dependency with its recorded state.
type dependencyRow struct {
	Kind    string `json:"kind"`
	Pattern string `json:"pattern"`
	// Digest is the fingerprint, Files the number of paths that it covers.
	Digest    string    `json:"digest"`
	Files     int       `json:"files"`
	Inherited bool      `json:"inherited,omitempty"`
	Excludes  []string  `json:"excludes,omitempty"`
	Entries   []fileRow `json:"entries,omitempty"`
}

// A fileRow is one path of a dependency.
type fileRow struct {
	Path   string `json:"path"`
	Type   string `json:"type"`
	Digest string `json:"digest,omitempty"`
	Link   string `json:"link,omitempty"`
}

// An entryMaker makes entries as of one point in time.
type entryMaker struct {
	store    *store.Store
	usage    *store.Usage
	now      time.Time
	verdicts map[store.Mark]store.Verdict
}

func newEntryMaker(a *app, s *store.Store) (*entryMaker, error) {
	usage, err := s.Usage()
	if err != nil {
		return nil, err
	}
	return &entryMaker{store: s, usage: usage, now: a.world.Now(), verdicts: map[store.Mark]store.Verdict{}}, nil
}

// entry describes a result by the lifetime that its run declared.
func (m *entryMaker) entry(ref store.Ref, r *store.Reading) *entry {
	res := r.Result
	e := &entry{
		Key:      ref.Key.String(),
		Command:  orEmpty(res.Argv),
		Cwd:      res.Dir,
		Scope:    res.Scope,
		Created:  time.Unix(0, res.Created),
		Size:     r.Size(),
		ExitCode: res.ExitCode,
		Tags:     orEmpty(res.Tags),
		Deps:     []dependencyRow{},
		span:     memo.Recorded(res, m.now),
		use:      m.usage.Of(ref),
	}
	e.Hits, e.SavedMS = e.use.Hits, e.use.Saved.Milliseconds()
	e.AgeMS = e.span.Age.Milliseconds()
	if !e.span.NoEnd {
		left := e.span.Left.Milliseconds()
		e.TTLLeftMS = &left
	}
	for i := range res.Fingerprints {
		e.Deps = append(e.Deps, newDependencyRow(&res.Fingerprints[i]))
	}
	e.State, e.Reason = m.state(res, e.span)
	return e
}

// state returns the state of a result, and if it can't be replayed, the reason.
func (m *entryMaker) state(res *store.Result, span memo.Span) (state, reason string) {
	v, known := m.verdicts[res.Mark]
	if !known {
		v = m.store.Since(res.Mark)
		m.verdicts[res.Mark] = v
	}
	if end, ended := v.Ended(res); ended {
		return "invalidated", end.Text
	}
	if span.State == memo.Fresh {
		return "fresh", ""
	}
	return freshnessName(span.State), span.Over().Text
}

func freshnessName(f memo.Freshness) string {
	switch f {
	case memo.Fresh:
		return "fresh"
	case memo.Stale:
		return "stale"
	default:
		return "expired"
	}
}

func newDependencyRow(fp *fingerprint.Fingerprint) dependencyRow {
	row := dependencyRow{
		Kind:      fp.Dep.Kind.String(),
		Pattern:   fp.Dep.Pattern,
		Digest:    fp.Digest.String(),
		Inherited: fp.Dep.Inherited,
		Excludes:  fp.Dep.Excludes,
	}
	for i := range fp.Entries {
		if !fp.Entries[i].Walked {
			row.Files++
		}
	}
	return row
}

// newFileRows returns the paths that contribute to a fingerprint.
func newFileRows(fp *fingerprint.Fingerprint) []fileRow {
	rows := []fileRow{}
	for i := range fp.Entries {
		e := &fp.Entries[i]
		if e.Walked {
			continue
		}
		row := fileRow{Path: e.Path, Type: e.Type.String(), Link: e.Link}
		if !e.Digest.IsZero() {
			row.Digest = e.Digest.String()
		}
		rows = append(rows, row)
	}
	return rows
}

// orEmpty returns list, or an empty list for nil, which JSON would show as
// null.
func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
