package fingerprint

// tree collects a path: what is there, and below a directory everything.
// Symlinks to directories are followed; a directory that was listed already
// is not listed again, so that loops end.
func (k *walk) tree() error {
	i, err := k.enter("", false)
	if err != nil {
		return err
	}
	return k.descend(i)
}

// descend collects what lies below the entry i if it is or leads to a
// directory.
func (k *walk) descend(i int) error {
	rel := k.entries[i].Path
	st, isDir := k.entries[i].dir()
	id := inode{st.Dev, st.Ino}
	if !isDir || k.visited[id] || k.inStore(st) {
		return nil
	}
	k.visited[id] = true
	path := joinEntry(k.base, rel)
	names, err := listSorted(path, st)
	if err != nil {
		return wrapRead(path, err)
	}
	for _, d := range names {
		child := childOf(rel, d.Name())
		if k.excluded(child) {
			continue
		}
		j, err := k.enter(child, false)
		if err != nil {
			return err
		}
		switch e := &k.entries[j]; {
		case e.Type == TypeAbsent:
			return errMoved
		case e.Type == TypeDir && k.inStore(e.Stat):
			k.drop()
		default:
			if err := k.descend(j); err != nil {
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
