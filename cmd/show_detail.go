package cmd

import (
	"fmt"
	"time"

	"github.com/seed-f39940ff/memo/expiry"
	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

// A detail is all that memo show prints of one result.
type detail struct {
	entry
	ElapsedMS  int64         `json:"elapsed_ms"`
	StdoutSize int64         `json:"stdout_size"`
	StderrSize int64         `json:"stderr_size"`
	LastUsed   *time.Time    `json:"last_used"` // null: never, as far as is known
	Lifetimes  lifetimesRow  `json:"lifetimes"`
	Modes      []string      `json:"modes"`
	Env        []variableRow `json:"env"`
	VersionCmd string        `json:"version_cmd"`
	Runs       int64         `json:"runs"` // of the command, as far as they were counted
	Path       string        `json:"path"`
	Variants   []variantRow  `json:"variants"` // the other results of the command
	Warnings   []string      `json:"warnings"` // dependencies that stand for nothing now
	Outputs    []outputRow   `json:"outputs"`  // files that the command left

	result *store.Result
}

// lifetimesRow are the lifetimes of the run that made a result.
type lifetimesRow struct {
	TTL           string `json:"ttl"`
	SWRMS         int64  `json:"swr_ms"`
	NegativeTTLMS int64  `json:"negative_ttl_ms"`
	CacheExit     []int  `json:"cache_exit"`

	end time.Time // that the TTL is, if it is one
}

// A variableRow is a variable of the key. Its value is not known.
type variableRow struct {
	Name   string `json:"name"`
	Set    bool   `json:"set"`
	Digest string `json:"digest"`
}

// An outputRow is a file that the command left.
type outputRow struct {
	Path   string `json:"path"`
	Type   string `json:"type"` // absent: the run did not leave it
	Mode   string `json:"mode,omitempty"`
	Size   int64  `json:"size"`
	Digest string `json:"digest,omitempty"`
	Link   string `json:"link,omitempty"`
}

func newOutputRows(res *store.Result) []outputRow {
	rows := []outputRow{}
	for i := range res.Outputs {
		o := &res.Outputs[i]
		row := outputRow{Path: o.Path, Type: o.Type.String(), Size: o.Size, Link: o.Link}
		if o.Type == fingerprint.TypeFile || o.Type == fingerprint.TypeDir {
			row.Mode = fmt.Sprintf("%04o", o.Mode)
		}
		if o.Type == fingerprint.TypeFile {
			row.Digest = o.Digest.String()
		}
		rows = append(rows, row)
	}
	return rows
}

// A variantRow is another result of the same command.
type variantRow struct {
	Key     string    `json:"key"`
	Created time.Time `json:"created"`
	Path    string    `json:"path"`
}

func newDetail(m *entryMaker, ref store.Ref, r *store.Reading, refs []store.Ref) *detail {
	res := r.Result
	d := &detail{
		entry:      *m.entry(ref, r),
		ElapsedMS:  res.Elapsed.Milliseconds(),
		StdoutSize: res.StdoutSize,
		StderrSize: res.StderrSize,
		Lifetimes:  newLifetimesRow(res),
		Modes:      modes(res),
		Env:        []variableRow{},
		VersionCmd: res.VersionCmd,
		Path:       m.store.ResultPath(ref),
		Variants:   []variantRow{},
		Outputs:    newOutputRows(res),
		result:     res,
	}
	var deps []fingerprint.Dependency
	for i := range d.Deps {
		d.Deps[i].Entries = newFileRows(&res.Fingerprints[i])
		deps = append(deps, res.Fingerprints[i].Dep)
	}
	d.Warnings = orEmpty(warningsOf(m.takerFor(res), deps))
	for _, e := range res.Env {
		row := variableRow{Name: e.Name, Set: e.Set}
		if e.Set {
			row.Digest = e.Digest.String()
		}
		d.Env = append(d.Env, row)
	}
	for _, other := range refs {
		if other != ref {
			d.Variants = append(d.Variants, variantRow{other.Key.String(), time.Unix(0, other.Created), m.store.ResultPath(other)})
		}
	}
	if at := d.use.LastUsed; at != 0 {
		t := time.Unix(0, at)
		d.LastUsed = &t
	}
	if st, err := m.store.Stats(time.Time{}); err == nil {
		for i := range st.Commands {
			if st.Commands[i].Key.Group() == ref.Key.Group() {
				d.Runs = st.Commands[i].Misses
			}
		}
	}
	return d
}

func newLifetimesRow(res *store.Result) lifetimesRow {
	l := res.Lifetimes
	row := lifetimesRow{
		TTL:           expiry.For(l.TTL).String(),
		SWRMS:         l.SWR.Milliseconds(),
		NegativeTTLMS: l.NegativeTTL.Milliseconds(),
		CacheExit:     l.CacheExit,
	}
	switch {
	case res.Carried == store.NoEnd:
		row.TTL = expiry.Never().String()
	case res.Carried != 0:
		row.end = time.Unix(0, res.Carried)
	case l.Never:
		row.TTL = expiry.Never().String()
	case l.Until != 0:
		row.end = time.Unix(0, l.Until)
	}
	if !row.end.IsZero() {
		row.TTL = expiry.At(row.end).String()
	}
	if len(row.CacheExit) == 0 {
		row.CacheExit = []int{0}
	}
	return row
}

// modes returns the flags of the run that belong to the key.
func modes(res *store.Result) []string {
	list := []string{}
	for _, m := range []struct {
		name string
		on   bool
	}{
		{"shell", res.Shell}, {"pty", res.Pty}, {"stdin", res.Stdin}, {"any-cwd", res.AnyDir},
		{"no-program", res.NoProgram}, {"key", res.Template},
	} {
		if m.on {
			list = append(list, m.name)
		}
	}
	return list
}
