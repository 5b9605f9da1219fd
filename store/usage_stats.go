package store

import (
	"errors"
	"io/fs"
	"maps"
	"slices"
	"time"
	"unicode/utf8"
)

// A Usage is how results were used, as of one moment.
type Usage struct{ uses map[uint64]Use }

// Of returns how a result was used. The zero Use is that of a result that was
// not used, or is unknown.
func (u *Usage) Of(ref Ref) Use { return u.uses[ref.ID] }

// Usage reads how results were used. It opens no result.
func (s *Store) Usage() (*Usage, error) {
	t, err := s.readTotals(func(*totals) {}, func(*Event) {})
	if err != nil {
		return nil, err
	}
	return &Usage{t.uses}, nil
}

// Stats are the figures of a store.
type Stats struct {
	Counts
	// Since is when the counting began, zero if nothing was counted.
	Since time.Time
	// Size is the size of all results in bytes, and Results their number. Both
	// are estimated from the journal; see [Store.Recount].
	Size, Results int64
	// Commands are the commands that were run or replayed. Those that saved and
	// cost most run time come first.
	Commands []CommandUse
	// Buckets are the hours in which something happened, in order.
	Buckets []Bucket
}

// A Bucket is what happened in one hour.
type Bucket struct {
	Start time.Time
	Counts
}

// Stats returns the figures since a time, or all of them if it is zero. Totals
// are kept by the hour: the figures begin with the hour that since lies in, and
// only the 32 commands that mattered most in an hour count. Since of the figures
// says when they begin.
func (s *Store) Stats(since time.Time) (Stats, error) {
	var st Stats
	from := int64(0)
	commands := commandTable{}
	all := since.IsZero()
	if !all {
		from = since.UnixNano()
	}
	hour := hourOf(from, from)
	t, err := s.readTotals(func(t *totals) {
		for h, b := range t.buckets {
			if h >= hour {
				st.Counts.merge(&b.counts)
				commands.merge(b.commands)
				from = min(from, h*int64(time.Hour))
			}
		}
	}, func(e *Event) {
		if e.Time >= from {
			st.Counts.add(e)
			commands.add(e)
		}
	})
	if err != nil {
		return Stats{}, err
	}
	if all {
		st.Counts, commands = t.counts, t.commands
	}
	if t.since != 0 {
		st.Since = time.Unix(0, max(t.since, from))
	}
	st.Size, st.Results = t.size(), int64(len(t.uses))
	for _, h := range slices.Sorted(maps.Keys(t.buckets)) {
		if all || h >= hour {
			st.Buckets = append(st.Buckets, Bucket{time.Unix(0, h*int64(time.Hour)), t.buckets[h].counts})
		}
	}
	commands.copyLabels(t.commands)
	list := commands.sorted()
	s.label(list, maxLabelledNow)
	for _, c := range list {
		st.Commands = append(st.Commands, *c)
	}
	return st, nil
}

// readTotals returns the totals with the journal added to them. It calls
// folded with the totals before that, and unfolded with each event.
func (s *Store) readTotals(folded func(*totals), unfolded func(*Event)) (*totals, error) {
	// Without the lock, figures may be off by a fold that goes on meanwhile.
	if unlock, err := s.lockMutex(totalsMutex, shared, readWait); err == nil {
		defer unlock()
	}
	t, err := s.loadTotals()
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errTotalsDamaged) {
		t, err = newTotals(), nil
	}
	if err != nil {
		return nil, err
	}
	folded(t)
	parts := s.openParts(journalName)
	defer parts.close()
	now := s.now().UnixNano()
	parts.read(t.folded, func(e *Event) {
		unfolded(e)
		t.add(e, now)
	})
	return t, nil
}

// readWait is how long a reader waits for a fold that goes on.
const readWait = 200 * time.Millisecond

const (
	// maxLabelled and maxLabelledNow bound for how many commands a result is
	// looked for, some 50 us each: when the journal is folded, and when
	// a user waits for the answer.
	maxLabelled    = 256
	maxLabelledNow = 64
	// maxLabel bounds the bytes that are kept of an argv.
	maxLabel = 512
)

// label names the commands that have no label: the first n by their results,
// if there are any, and the others by [Store.NameCommand].
func (s *Store) label(list []*CommandUse, n int) {
	names := map[group]commandName{}
	for _, name := range s.names() {
		names[name.Group] = name
	}
	for _, c := range list {
		if len(c.Argv) > 0 {
			continue
		}
		if n--; n >= 0 && s.labelByResult(c) {
			continue
		}
		if name, known := names[groupOf(c.Key)]; known {
			c.Argv, c.Dir, c.Scope = name.Argv, name.Dir, name.Scope
		}
	}
}

// labelByResult names a command by one of its results, if there is one.
func (s *Store) labelByResult(c *CommandUse) bool {
	refs, err := s.Group(c.Key.Group())
	if err != nil || len(refs) == 0 {
		return false
	}
	r, err := s.Open(refs[0])
	if err != nil {
		return false
	}
	defer r.Close()
	c.Argv, c.Dir, c.Scope = cutArgv(r.Result.Argv, maxLabel), r.Result.Dir, r.Result.Scope
	return true
}

// cutArgv returns the first n bytes of an argv, with an ellipsis where it was cut.
// It does not split a character.
func cutArgv(argv []string, n int) []string {
	var cut []string
	for _, arg := range argv {
		if n = max(n, 0); len(arg) > n || n == 0 {
			for n > 0 && !utf8.RuneStart(arg[n]) {
				n--
			}
			return append(cut, arg[:n]+"…")
		}
		cut = append(cut, arg)
		n -= len(arg) + 1
	}
	return cut
}

// copyLabels takes over what another table knows about the same commands.
func (t commandTable) copyLabels(from commandTable) {
	for g, c := range t {
		if known := from[g]; known != nil {
			c.Argv, c.Dir, c.Scope = known.Argv, known.Dir, known.Scope
		}
	}
}
