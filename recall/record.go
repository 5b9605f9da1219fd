package recall

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

// A Record is the decision that one invocation is a hit, with everything that
// the decision looked at. Times are nanoseconds since the epoch.
type Record struct {
	// NotBefore is when the record was written: a clock that was set back is
	// for Go to judge. Until FreshUntil the result is fresh, and after that until
	// StaleUntil stale: then it is replayed and refreshed.
	NotBefore, FreshUntil, StaleUntil int64
	// Program is the stat of memo's own executable: an upgraded memo may
	// decide otherwise.
	Program fingerprint.Stat

	Argv       []string // including argv[0]
	Dir        string   // the physical working directory
	Euid, Egid uint32

	Variables []Variable
	Prefixes  []Prefix
	Paths     []fingerprint.Consultation // none of them racy

	// Items are the other files and directories of the store to check: the
	// invalidation log, the directory of the result, and answers of version
	// commands. Result is the result's file when it was verified.
	Items  []Item
	Result Item

	// Lock and Backoff are files of the store, named as Items are. They exist
	// while a run of the key is under way, and after a refresh that failed.
	Lock, Backoff string

	// Key, ID and Elapsed (nanoseconds) are what the journal gets.
	Key     fingerprint.Key
	ID      uint64
	Elapsed int64
	// WhyStale is the journal's reason for a stale hit.
	WhyStale store.Code

	ExitCode int
	Chunks   []Chunk
}

// An Item is a file or directory of the store: its slash-separated name below
// the format directory, and its lstat.
type Item struct {
	Name string
	Stat fingerprint.Stat
}

// A Variable is the state of one environment variable.
type Variable struct {
	Name  string
	Set   bool
	Value Digest
}

// A Prefix is the state of all variables whose names have a prefix.
type Prefix struct {
	Prefix string
	Count  uint32
	Sum    Digest // of the digests of "NAME=value"
}

// A Chunk is a part of the output.
type Chunk struct {
	Stream uint8 // 1 is stdout, 2 is stderr
	Data   []byte
	// Offset and Length locate the data in the result's file if Data is nil.
	// Either all chunks of a record have Data or none has.
	Offset, Length int64
}

// Observe adds to r the states of the variables with the given names and
// prefixes. environ holds "NAME=value" strings without duplicate names.
func (t *Table) Observe(r *Record, environ, names, prefixes []string) {
	r.Variables, r.Prefixes = nil, nil
	for _, name := range slices.Compact(slices.Sorted(slices.Values(names))) {
		v := Variable{Name: name}
		for _, kv := range environ {
			if value, ok := strings.CutPrefix(kv, name+"="); ok {
				v.Set, v.Value = true, t.key.digest([]byte(value))
			}
		}
		r.Variables = append(r.Variables, v)
	}
	for _, prefix := range slices.Compact(slices.Sorted(slices.Values(prefixes))) {
		p := Prefix{Prefix: prefix}
		for _, kv := range environ {
			if rest, ok := strings.CutPrefix(kv, prefix); ok && strings.Contains(rest, "=") {
				p.Count++
				p.Sum = p.Sum.add(t.key.digest([]byte(kv)))
			}
		}
		r.Prefixes = append(r.Prefixes, p)
	}
}

// check returns an error if the C code can't check the record or would never
// serve it.
func (r *Record) check() error {
	for _, p := range r.Paths {
		if p.Racy {
			return fmt.Errorf("%q changed too recently for its stat to be trusted", p.Path)
		}
		if !strings.HasPrefix(p.Path, "/") {
			return fmt.Errorf("%q is no absolute path", p.Path)
		}
	}
	for _, c := range r.Chunks {
		if (c.Data == nil) != (r.Chunks[0].Data == nil) {
			return errors.New("some chunks are inline and some are not")
		}
		if c.Stream != 1 && c.Stream != 2 {
			return fmt.Errorf("chunk of unknown stream %d", c.Stream)
		}
	}
	if r.ExitCode < 0 || r.ExitCode > 255 {
		return fmt.Errorf("exit code %d", r.ExitCode)
	}
	return nil
}

// replaces reports whether r makes o useless: o has the same state of the same
// variables and result, or r always matches when o does.
func (r *Record) replaces(o *Record) bool {
	return slices.Equal(r.Variables, o.Variables) && slices.Equal(r.Prefixes, o.Prefixes) &&
		r.Euid == o.Euid && r.Egid == o.Egid && (r.Result.Name == o.Result.Name || slices.Equal(r.Paths, o.Paths))
}
