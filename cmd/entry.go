package cmd

import (
	"fmt"
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
	State     string          `json:"state"` // fresh, stale, outdated, expired or invalidated
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

// outdated is the state of a result whose dependencies have changed.
const outdated = "outdated"

// A dependencyRow is one dependency with its recorded state.
type dependencyRow struct {
	Kind    string `json:"kind"`
	Pattern string `json:"pattern"`
	// Digest is the fingerprint, Files the number of paths that it covers.
	Digest    string    `json:"digest"`
	Files     int       `json:"files"`
	Inherited bool      `json:"inherited,omitempty"`
	Excludes  []string  `json:"excludes,omitempty"`
	Counts    []string  `json:"counts,omitempty"` // mtime, mode
	Entries   []fileRow `json:"entries,omitempty"`
}

// A fileRow is one path of a dependency.
type fileRow struct {
	Path   string `json:"path"`
	Type   string `json:"type"`
	Digest string `json:"digest,omitempty"`
	Link   string `json:"link,omitempty"`
	// Mtime and Mode are there where they count. Through a symlink they are
	// those of what it leads to.
	Mtime *time.Time `json:"mtime,omitempty"`
	Mode  string     `json:"mode,omitempty"`
}

// An entryMaker makes entries as of one point in time.
type entryMaker struct {
	app      *app
	store    *store.Store
	usage    *store.Usage
	now      time.Time
	verdicts map[store.Mark]store.Verdict
	compare  comparison
}

func newEntryMaker(a *app, s *store.Store, compare comparison) (*entryMaker, error) {
	usage, err := s.Usage()
	if err != nil {
		return nil, err
	}
	return &entryMaker{app: a, store: s, usage: usage, now: a.world.Now(), verdicts: map[store.Mark]store.Verdict{}, compare: compare}, nil
}

// takerFor returns what looks at the dependencies of a result: from the
// directory of its run, or where that doesn't count from here.
func (m *entryMaker) takerFor(res *store.Result) *fingerprint.Taker {
	dir := res.Dir
	if res.AnyDir {
		dir = m.app.world.Dir
	}
	return &fingerprint.Taker{World: m.app.world, Dir: dir, Store: m.store.IDs()}
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
	e.State, e.Reason = m.state(r, e.span)
	return e
}

// state tells whether a result would still be used, and if not, why.
func (m *entryMaker) state(r *store.Reading, span memo.Span) (state, reason string) {
	res := r.Result
	v, known := m.verdicts[res.Mark]
	if !known {
		v = m.store.Since(res.Mark)
		m.verdicts[res.Mark] = v
	}
	if end, ended := v.Ended(res); ended {
		return "invalidated", end.Text
	}
	reason = span.Over().Text
	switch span.State {
	case memo.Expired:
		return "expired", reason
	case memo.Fresh:
		state, reason = "fresh", ""
	default:
		state = "stale"
	}
	why, known := m.compare.of(m, res, r.Hinted())
	switch {
	case !known && reason == "":
		reason = "not compared with its dependencies"
	case known && !why.IsZero():
		return outdated, why.Text
	}
	return state, reason
}

func newDependencyRow(fp *fingerprint.Fingerprint) dependencyRow {
	row := dependencyRow{
		Kind:      fp.Dep.Kind.String(),
		Pattern:   fp.Dep.Pattern,
		Digest:    fp.Digest.String(),
		Inherited: fp.Dep.Inherited,
		Excludes:  fp.Dep.Excludes,
		Counts:    fp.Dep.Counts.Names(),
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
		st := e.Seen()
		if fp.Dep.Counts&fingerprint.CountMtime != 0 && e.Type != fingerprint.TypeAbsent {
			mtime := time.Unix(0, st.Mtime)
			row.Mtime = &mtime
		}
		if fp.Dep.Counts&fingerprint.CountMode != 0 && e.Type != fingerprint.TypeAbsent {
			row.Mode = fmt.Sprintf("%04o", st.Perm())
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
