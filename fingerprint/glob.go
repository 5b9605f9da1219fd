package fingerprint

import (
	"io/fs"
	"slices"
)

// glob collects what a glob matches, and the directories and symlinks that
// were looked at to find it. Symlinks to directories are followed.
func (k *walk) glob() error {
	i, err := k.enter("", true)
	if err != nil {
		return err
	}
	if _, isDir := k.entries[i].dir(); !isDir {
		// Without a directory nothing can match. That is a state of its own,
		// so that one appearing is a change.
		k.entries[i].Walked = false
		return nil
	}
	return k.collect(i, newPattern(k.rest))
}

// A link is an entry that is a symlink, and the spots that lie behind it.
type link struct {
	entry int
	spots []spot
}

// A visit is one spot of a pattern that a real directory was reached at.
type visit struct {
	inode
	spot
}

// collect collects what p matches below the directory that the entry i is or
// leads to. What lies behind symlinks comes last, so that a directory that has
// several names goes by the one without symlinks.
func (k *walk) collect(i int, p *pattern) error {
	spots, _ := p.start()
	err := k.match(i, p, spots)
	for ; err == nil && len(k.links) > 0; k.links = k.links[1:] {
		err = k.match(k.links[0].entry, p, k.links[0].spots)
	}
	return err
}

// unseen removes the spots behind a "**" that a directory was reached at
// before, so that loops of symlinks end.
func (k *walk) unseen(st Stat, spots []spot) []spot {
	return slices.DeleteFunc(spots, func(s spot) bool {
		v := visit{inode{st.Dev, st.Ino}, s}
		seen := s.deep && k.visited[v]
		k.visited[v] = true
		return seen
	})
}

// match collects the matches below the directory that the entry i is or
// leads to, which is reached at the given spots of p.
func (k *walk) match(i int, p *pattern, spots []spot) error {
	rel := k.entries[i].Path
	st, isDir := k.entries[i].dir()
	if !isDir || k.inStore(st) {
		return nil
	}
	if spots = k.unseen(st, spots); len(spots) == 0 {
		return nil
	}
	path := joinEntry(k.base, rel)
	names, err := listSorted(path, st, k.budget.left())
	if err == nil {
		err = k.budget.spend(int64(len(names)*(1+len(p.nodes)/patternWeight)), 0)
	}
	if err != nil {
		return wrapRead(path, err)
	}
	for _, d := range names {
		child, typ := childOf(rel, d.Name()), typeOf(d.Type())
		next, matched := p.step(spots, d.Name())
		if typ != TypeDir && typ != TypeSymlink {
			next = nil
		}
		if !matched && len(next) == 0 || k.excluded(child) {
			continue
		}
		j, err := k.enter(child, !matched)
		if err != nil {
			return err
		}
		e := &k.entries[j]
		switch {
		case e.Type == TypeAbsent || e.Type != typ:
			return errMoved
		case e.Type == TypeDir && k.inStore(e.Stat):
			k.drop()
		case len(next) > 0 && e.Type == TypeSymlink:
			k.links = append(k.links, link{j, next})
		case len(next) > 0:
			if err := k.match(j, p, next); err != nil {
				return err
			}
		}
	}
	return nil
}

// wrapRead names the path of an error, but leaves errMoved alone.
func wrapRead(path string, err error) error {
	if err == errMoved {
		return err
	}
	return pathError("read", path, err)
}

// typeOf returns the type that a directory's listing gives for a file.
func typeOf(m fs.FileMode) Type {
	switch m.Type() {
	case 0:
		return TypeFile
	case fs.ModeDir:
		return TypeDir
	case fs.ModeSymlink:
		return TypeSymlink
	case fs.ModeNamedPipe:
		return TypeFIFO
	case fs.ModeSocket:
		return TypeSocket
	default:
		return TypeDevice
	}
}
