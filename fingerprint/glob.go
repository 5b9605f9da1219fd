package fingerprint

import "io/fs"

// glob collects what a glob matches, and the directories that were listed to
// find it. "*" and the like follow symlinks to directories as a shell does,
// "**" doesn't.
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
	p := newPattern(k.rest)
	return k.match(i, p, p.start())
}

// match collects the matches below the directory that the entry i is or
// leads to, which is reached at the given spots of p.
func (k *walk) match(i int, p *pattern, spots []spot) error {
	rel := k.entries[i].Path
	st, isDir := k.entries[i].dir()
	if !isDir || k.inStore(st) {
		return nil
	}
	path := joinEntry(k.base, rel)
	names, err := listSorted(path, st)
	if err != nil {
		return wrapRead(path, err)
	}
	for _, d := range names {
		child, typ := childOf(rel, d.Name()), typeOf(d.Type())
		next, matched := p.step(spots, d.Name(), typ)
		if p.whole != "" {
			matched = p.matches(child)
		}
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
		case len(next) > 0:
			if err := k.match(j, p, next); err != nil {
				return err
			}
		}
	}
	return nil
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
