package fingerprint

import (
	"errors"
	"sync"
)

// A Taker takes fingerprints and checks recorded ones. It is safe for
// concurrent use. It must not be copied after first use.
type Taker struct {
	World *World
	// Dir is the physical directory against which relative patterns and
	// programs resolve.
	Dir string
	// Store holds the devices and inodes of the directories of memo's store,
	// which are never part of a tree or a glob.
	Store []Stat
	// Version returns a representation of a version command's standard output
	// in a directory, equal for equal outputs. If the answer can't be stored,
	// it calls [World.NeverRecall].
	Version func(cmd, dir string) ([]byte, error)
	// Budget bounds what taking the states of the dependencies may cost for
	// which Bounded is true; nil: nothing does.
	Budget  *Budget
	Bounded func(Dependency) bool

	mu sync.Mutex
	// known holds the content digests of files by trusted stats: files with
	// equal trusted stats are the same file with the same content.
	known map[Stat]Digest
	// elsewhere holds the takers for dependencies with a Dir of their own.
	elsewhere map[string]*Taker
}

// in returns the taker for the directory of a dependency.
func (t *Taker) in(dep *Dependency) *Taker {
	if dep.Dir == "" || dep.Dir == t.Dir {
		return t
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	other := t.elsewhere[dep.Dir]
	if other == nil {
		other = &Taker{World: t.World, Dir: dep.Dir, Store: t.Store, Version: t.Version, Budget: t.Budget, Bounded: t.Bounded}
		if t.elsewhere == nil {
			t.elsewhere = map[string]*Taker{}
		}
		t.elsewhere[dep.Dir] = other
	}
	return other
}

// budgetOf returns what bounds a dependency, nil if nothing does.
func (t *Taker) budgetOf(dep *Dependency) *Budget {
	if t.Budget == nil || !t.Bounded(*dep) {
		return nil
	}
	return t.Budget
}

// Take returns the present state of a dependency.
func (t *Taker) Take(dep Dependency) Fingerprint { return t.in(&dep).take(dep, false) }

// take is Take, but with exact set it hashes the content even of a large
// program.
func (t *Taker) take(dep Dependency, exact bool) Fingerprint {
	fp := Fingerprint{Dep: dep, Taken: unixNano(t.World.Now())}
	var err error
	for range attempts {
		if fp.Entries, fp.Digest, err = t.state(dep, fp.Taken, exact); err != errMoved {
			break
		}
		fp.Taken = unixNano(t.World.Now())
	}
	if errors.Is(err, errOverBudget) {
		t.Budget.blame(dep)
	}
	if err != nil {
		fp.Entries, fp.Digest, fp.Err = nil, Digest{}, err.Error()
		t.World.NeverRecall()
	}
	return fp
}

// state returns the entries of a dependency and the digest of its state.
func (t *Taker) state(dep Dependency, at int64, exact bool) ([]Entry, Digest, error) {
	switch dep.Kind {
	case KindEnv:
		h := NewFieldHash("memo variables 1")
		for _, e := range Environment(t.World, []string{dep.Pattern}, nil) {
			h.String("name", e.Name)
			h.Bool("set", e.Set)
			h.Digest("value", e.Digest)
		}
		return nil, h.Sum(), nil
	case KindVersion:
		if t.Version == nil {
			return nil, Digest{}, errUnknownKind
		}
		out, err := t.Version(dep.Pattern, t.Dir)
		if err != nil {
			return nil, Digest{}, err
		}
		h := NewFieldHash("memo version output 1")
		h.String("stdout", string(out))
		return nil, h.Sum(), nil
	}
	k, err := t.newWalk(dep, at, exact)
	if err != nil {
		return nil, Digest{}, err
	}
	switch dep.Kind {
	case KindPath:
		err = k.tree()
	case KindGlob:
		err = k.glob()
	case KindProgram:
		err = k.lookUp(dep.Pattern)
	default:
		err = errUnknownKind
	}
	if err == nil {
		err = k.hash()
	}
	if err != nil {
		return nil, Digest{}, err
	}
	return k.entries, digestOf(&dep, k.entries), nil
}

// digestOf returns the digest over everything that counts of the entries.
func digestOf(dep *Dependency, entries []Entry) Digest {
	kind := dep.Kind
	h := NewFieldHash("memo fingerprint 1")
	h.Int("kind", int64(kind))
	if dep.Counts != 0 {
		h.Int("counts", int64(dep.Counts))
	}
	for i := range entries {
		e := &entries[i]
		if e.Walked {
			continue
		}
		h.String("path", e.Path)
		h.Int("type", int64(e.Type))
		h.Bool("exec", e.Exec)
		h.String("link", e.Link)
		h.Int("target", int64(e.TargetType))
		dep.Counts.add(h, e)
		st, isFile := e.file()
		if kind != KindProgram || !isFile || !toldByStat(st, e.Digest) {
			h.Digest("content", e.Digest)
			continue
		}
		h.Int("dev", int64(st.Dev))
		h.Int("ino", int64(st.Ino))
		h.Int("mode", int64(st.Mode))
		h.Int("size", st.Size)
		h.Int("mtime", st.Mtime)
		h.Int("ctime", st.Ctime)
	}
	return h.Sum()
}
