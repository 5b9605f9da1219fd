package output

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

const (
	// tempPrefix begins the names of files that are being written. They are
	// never outputs themselves.
	tempPrefix = ".memo-restore-"
	// tempKept is the age at which such a file counts as left behind by a
	// process that was killed.
	tempKept = time.Hour
)

// Restore makes the files of the working directory those of a result. With exact
// it also removes what matches the patterns and is not among the outputs. If it
// returns an error, files may have been put back in part, and the command has to
// run.
func (f *Files) Restore(ref store.Ref, outputs []store.Output, exact bool) error {
	if f == nil || len(outputs) == 0 && !exact {
		return nil
	}
	missing, side := f.compare(ref, outputs)
	var surplus []string
	if exact {
		var err error
		if surplus, err = f.surplus(outputs); err != nil {
			return err
		}
	}
	if len(missing)+len(surplus) == 0 {
		return f.remember(ref, outputs, side)
	}
	for _, i := range missing {
		if o := &outputs[i]; o.Type == fingerprint.TypeFile && !f.store.HasBlob(o.Digest, o.Size) {
			return fmt.Errorf("the content of %q is no longer in the cache", o.Path)
		}
	}
	root, err := os.OpenRoot(f.root)
	if err != nil {
		return bareError(err)
	}
	defer root.Close()
	r := &restoring{files: f, root: root, swept: map[string]bool{}}
	if err := r.remove(surplus); err != nil {
		return err
	}
	if err := r.putAll(outputs, missing); err != nil {
		return err
	}
	left, side := f.compare(ref, outputs)
	if len(left) > 0 {
		return fmt.Errorf("%q changed while it was put back", outputs[left[0]].Path)
	}
	return f.remember(ref, outputs, side)
}

// A comparison is what was seen of the outputs.
type comparison struct {
	stats []fingerprint.Stat
	fresh bool // some stats are newer than those in the sidecar
}

// compare returns the indices of the outputs that don't lie there as recorded.
// It goes by stat, and reads a file only if its stat is not the one that the
// sidecar has.
func (f *Files) compare(ref store.Ref, outputs []store.Output) (missing []int, c comparison) {
	side, err := f.store.Sidecar(ref)
	known := err == nil && len(side.Stats) == len(outputs)
	c = comparison{stats: make([]fingerprint.Stat, len(outputs)), fresh: !known}
	for i := range outputs {
		o := &outputs[i]
		st, err := f.world.Lstat(filepath.FromSlash(o.Path))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			if o.Type != fingerprint.TypeAbsent {
				missing = append(missing, i)
			}
			continue
		case err != nil:
			missing = append(missing, i)
			continue
		}
		c.stats[i] = st
		same := o.Type == st.Type() && (o.Type == fingerprint.TypeSymlink || o.Mode == st.Perm())
		switch {
		case o.Type == fingerprint.TypeAbsent: // only exact removes it
		case !same, o.Type == fingerprint.TypeFile && o.Size != st.Size:
			missing = append(missing, i)
		case o.Type == fingerprint.TypeDir:
		case known && st == side.Stats[i] && f.world.Trusted(o.Path, st, time.Unix(0, side.Taken)):
		case f.hasContent(o):
			c.fresh = true
		default:
			missing = append(missing, i)
		}
	}
	return missing, c
}

// hasContent reports whether a file or symlink has the content of an output.
func (f *Files) hasContent(o *store.Output) bool {
	now := f.taker.Take(fingerprint.Dependency{Kind: fingerprint.KindPath, Pattern: o.Path})
	if now.Err != "" || len(now.Entries) == 0 {
		return false
	}
	e := &now.Entries[0]
	if o.Type == fingerprint.TypeSymlink {
		return e.Link == o.Link
	}
	return e.Type == o.Type && e.Digest == o.Digest
}

// remember stores newer stats. Losing them costs a read of the files.
func (f *Files) remember(ref store.Ref, outputs []store.Output, c comparison) error {
	if c.fresh {
		_ = f.store.WriteSidecar(ref, outputs, c.stats)
	}
	return nil
}

// surplus returns what matches the patterns and is not among the outputs, and
// what the run left absent, each below what contains it.
func (f *Files) surplus(outputs []store.Output) ([]string, error) {
	kept := map[string]bool{}
	for i := range outputs {
		if outputs[i].Type == fingerprint.TypeAbsent {
			continue
		}
		for name := outputs[i].Path; name != "." && name != "/" && !kept[name]; name = path.Dir(name) {
			kept[name] = true
		}
	}
	now := map[string]found{}
	for _, dep := range f.deps {
		if err := f.find(dep, now); err != nil {
			return nil, err
		}
	}
	paths := sortedPaths(now)
	slices.Reverse(paths)
	return slices.DeleteFunc(paths, func(name string) bool {
		return kept[name] || now[name].output.Type == fingerprint.TypeAbsent
	}), nil
}

// A restoring is one restoration in progress.
type restoring struct {
	files *Files
	root  *os.Root
	swept map[string]bool // directories without leftovers
}

// name returns the name of an output below the root.
func (r *restoring) name(output string) (string, error) {
	rel, err := filepath.Rel(r.files.root, r.files.world.Abs(filepath.FromSlash(output)))
	if err != nil || !filepath.IsLocal(rel) {
		return "", fmt.Errorf("%q is not below the project", output)
	}
	return rel, nil
}

func (r *restoring) remove(paths []string) error {
	for _, path := range paths {
		name, err := r.name(path)
		if err == nil {
			err = r.root.Remove(name)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove %q: %w", path, bareError(err))
		}
	}
	return nil
}

// putAll puts back some outputs. Directories come before what they contain, and
// get their permissions when all is in place: one may be read-only.
func (r *restoring) putAll(outputs []store.Output, missing []int) error {
	for _, i := range missing {
		if err := r.put(&outputs[i]); err != nil {
			return fmt.Errorf("put back %q: %w", outputs[i].Path, bareError(err))
		}
	}
	for _, i := range slices.Backward(missing) {
		o := &outputs[i]
		if o.Type != fingerprint.TypeDir {
			continue
		}
		name, err := r.name(o.Path)
		if err == nil {
			err = r.root.Chmod(name, fs.FileMode(o.Mode&0o777)|special(o.Mode))
		}
		if err != nil {
			return fmt.Errorf("put back %q: %w", o.Path, bareError(err))
		}
	}
	return nil
}

func (r *restoring) put(o *store.Output) error {
	name, err := r.name(o.Path)
	if err != nil {
		return err
	}
	if o.Type == fingerprint.TypeDir {
		err := r.root.MkdirAll(name, 0o777)
		if err == nil {
			// It may be there without the bits to write into it.
			err = r.root.Chmod(name, fs.FileMode(o.Mode&0o777)|special(o.Mode)|0o700)
		}
		return err
	}
	dir := filepath.Dir(name)
	if err := r.root.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	r.sweep(dir)
	temp := filepath.Join(dir, fmt.Sprintf("%s%016x", tempPrefix, rand.Uint64()))
	if o.Type == fingerprint.TypeSymlink {
		err = r.root.Symlink(o.Link, temp)
	} else {
		err = r.write(o, temp)
	}
	if err == nil {
		err = r.root.Rename(temp, name)
	}
	if err != nil {
		_ = r.root.Remove(temp)
	}
	return err
}

// write writes the content of an output to a new file.
func (r *restoring) write(o *store.Output, temp string) error {
	to, err := r.root.OpenFile(temp, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = r.files.store.GetBlob(o.Digest, to)
	if err == nil {
		err = to.Chmod(fs.FileMode(o.Mode&0o777) | special(o.Mode))
	}
	return cmp.Or(err, to.Close())
}

// sweep removes what killed processes left in a directory. It is best effort.
func (r *restoring) sweep(dir string) {
	if r.swept[dir] {
		return
	}
	r.swept[dir] = true
	d, err := r.root.Open(dir)
	if err != nil {
		return
	}
	defer d.Close()
	names, _ := d.Readdirnames(-1)
	for _, name := range names {
		if len(name) != len(tempPrefix)+16 || name[:len(tempPrefix)] != tempPrefix {
			continue
		}
		info, err := r.root.Lstat(filepath.Join(dir, name))
		if err == nil && time.Since(info.ModTime()) > tempKept {
			_ = r.root.Remove(filepath.Join(dir, name))
		}
	}
}

// special returns the setuid, setgid and sticky bits of a Unix mode.
func special(mode uint32) fs.FileMode {
	var m fs.FileMode
	for bit, flag := range map[uint32]fs.FileMode{0o4000: fs.ModeSetuid, 0o2000: fs.ModeSetgid, 0o1000: fs.ModeSticky} {
		if mode&bit != 0 {
			m |= flag
		}
	}
	return m
}

// bareError returns what an [fs.PathError] or [os.LinkError] wraps.
func bareError(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	if l, ok := errors.AsType[*os.LinkError](err); ok {
		return l.Err
	}
	return err
}
