package memo

import (
	"slices"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

// mostCompared bounds how many results are opened to find the nearest one.
const mostCompared = 100

// Nearest returns the result that differs from a command in the fewest inputs,
// among results with other keys, and the newest of equals. It looks at the
// results of the same words and directory, and finds other words of the same
// program and other directories among the figures of use. It returns nil if no
// result is similar. The caller closes the Reading.
func (r *Runner) Nearest(id *fingerprint.Identity) (*store.Reading, store.Ref) {
	n := nearest{store: r.Store, id: id, key: id.Key()}
	n.group(id.Group())
	other := *id
	if other.AnyDir = !id.AnyDir; other.AnyDir {
		other.Dir = ""
	} else {
		other.Dir = r.World.Dir
	}
	n.group(other.Group())
	if n.best == nil && !id.HasTemplate {
		n.others()
	}
	return n.best, n.ref
}

// A nearest is a search for the result that is most like a command.
type nearest struct {
	store  *store.Store
	id     *fingerprint.Identity
	key    fingerprint.Key
	opened int

	best     *store.Reading
	ref      store.Ref
	distance int
}

// group looks at the results of a group.
func (n *nearest) group(group string) {
	refs, err := n.store.Group(group)
	if err != nil {
		return
	}
	for _, ref := range refs {
		if ref.Key != n.key {
			n.look(ref)
		}
	}
}

// look opens a result and keeps it if it is nearer than the best one so far.
func (n *nearest) look(ref store.Ref) {
	if n.opened++; n.opened > mostCompared {
		return
	}
	rd, err := n.store.Open(ref)
	if err != nil {
		return // damaged or gone
	}
	d := distance(InputsOf(n.id, rd.Result))
	if n.best != nil && (d > n.distance || d == n.distance && ref.Created <= n.ref.Created) {
		rd.Close()
		return
	}
	if n.best != nil {
		n.best.Close()
	}
	n.best, n.ref, n.distance = rd, ref, d
}

// others looks at the commands of the same program among the figures of use,
// those with the most words in common first. A command with fewer than half of
// the words in common is not similar.
func (n *nearest) others() {
	st, err := n.store.Stats(time.Time{})
	if err != nil {
		return
	}
	type similar struct {
		group    string
		distance int
	}
	var list []similar
	for i := range st.Commands {
		use := &st.Commands[i]
		if len(use.Argv) == 0 || len(n.id.Argv) == 0 || use.Argv[0] != n.id.Argv[0] {
			continue
		}
		d := wordDistance(use.Argv, n.id.Argv)
		if 2*d > max(len(use.Argv), len(n.id.Argv)) {
			continue
		}
		d *= otherWord
		if use.Dir != n.id.Dir {
			d++
		}
		list = append(list, similar{use.Key.Group(), d})
	}
	slices.SortStableFunc(list, func(a, b similar) int { return a.distance - b.distance })
	for _, s := range list {
		if n.best != nil && s.distance > n.distance {
			break
		}
		n.group(s.group)
	}
}
