package fingerprint

import (
	"fmt"
	"io/fs"
)

// A ProgramError says why a program can't be executed. It is [fs.ErrNotExist]
// if no file of that name exists (exit code 127 in a shell); otherwise the file
// is not executable (126).
type ProgramError struct {
	Name string
	Path string // the file found, empty if none
	Err  error
}

func (e *ProgramError) Error() string { return fmt.Sprintf("find program %q: %v", e.Name, e.Err) }

func (e *ProgramError) Unwrap() error { return e.Err }

// FindProgram returns the path that execvp(3) would execute for name in a
// process with working directory dir. It searches PATH for a name without a
// slash; an empty entry of PATH is the working directory. It skips directories
// and files without permission. The path is relative to dir if the name or the
// entry of PATH is relative, and always contains a slash. Errors are of type
// [*ProgramError].
func FindProgram(w *World, dir, name string) (string, error) {
	return findProgram(w, dir, name, nil, func(string, Type) {})
}

// findProgram is FindProgram, but searches the directories in search unless it
// is nil, and calls tried for each candidate that it skips.
func findProgram(w *World, dir, name string, search []string, tried func(path string, typ Type)) (string, error) {
	if name == "" {
		return "", &ProgramError{Name: name, Err: fs.ErrNotExist}
	}
	at := unixNano(w.Now())
	if hasDirectory(name) {
		var last error
		for _, path := range programNames(w, name) {
			typ, err := w.executable(resolve(dir, path), at)
			if err == nil {
				return path, nil
			}
			tried(path, typ)
			last = &ProgramError{Name: name, Path: foundAt(path, typ), Err: err}
		}
		return "", last
	}
	if search == nil {
		search = searchPath(w)
	}
	var denied error
	for _, entry := range search {
		for _, file := range programNames(w, name) {
			path := "./" + file
			if entry != "" {
				path = below(entry, file)
			}
			typ, err := w.executable(resolve(dir, path), at)
			if err == nil {
				return path, nil
			}
			tried(path, typ)
			if denied == nil && !isAbsent(err) {
				denied = &ProgramError{Name: name, Path: foundAt(path, typ), Err: err}
			}
		}
	}
	if denied == nil {
		denied = &ProgramError{Name: name, Err: fs.ErrNotExist}
	}
	return "", denied
}

func foundAt(path string, typ Type) string {
	if typ == TypeAbsent {
		return ""
	}
	return path
}

// executable returns nil if execve would execute an absolute path, else the
// type of the file and the reason.
func (w *World) executable(path string, at int64) (Type, error) {
	st, _, err := w.look(path, true, at)
	if err != nil {
		return TypeAbsent, err
	}
	if st.Type() != TypeFile {
		return st.Type(), fs.ErrPermission
	}
	return TypeFile, w.mayExecute(path, st)
}

// lookUp collects a program and its interpreters. Before each of them it adds
// the skipped candidates, where a new file would shadow the program. If a
// program does not exist, the last entry is absent.
func (k *walk) lookUp(name string) error {
	l := launch{w: k.t.World, base: k.base, dir: k.base}
	tried := func(path string, typ Type) {
		k.entries = append(k.entries, Entry{Path: path, Type: typ, Walked: true})
	}
	return l.follow(name, tried, func(p launched) error {
		if p.absent {
			k.entries = append(k.entries, Entry{Path: p.path, Type: TypeAbsent})
			return nil
		}
		i, err := k.enterAs(resolve(k.base, p.path), Entry{Path: p.path})
		if err != nil {
			return err
		}
		if k.entries[i].Type == TypeAbsent {
			return errMoved
		}
		k.entries[i].Exec = p.exec
		return nil
	})
}

// programs returns the entries of a program and its interpreters, without the
// skipped candidates.
func (fp *Fingerprint) programs() []*Entry {
	var list []*Entry
	for i := range fp.Entries {
		if e := &fp.Entries[i]; fp.Dep.Kind == KindProgram && !e.Walked {
			list = append(list, e)
		}
	}
	return list
}

// sameProgram reports whether the lookup still finds the recorded program and
// interpreters with the recorded stats.
func (t *Taker) sameProgram(fp *Fingerprint) bool {
	l := launch{w: t.World, base: t.Dir, dir: t.Dir}
	rest, at := fp.programs(), unixNano(t.World.Now())
	err := l.follow(fp.Dep.Pattern, func(string, Type) {}, func(p launched) error {
		if len(rest) == 0 {
			return errMoved
		}
		e := rest[0]
		rest = rest[1:]
		if e.Path != p.path || e.Exec != p.exec || (e.Type == TypeAbsent) != p.absent ||
			!p.absent && !t.sameEntry(e, resolve(t.Dir, p.path), at) {
			return errMoved
		}
		return nil
	})
	return err == nil && len(rest) == 0
}

// toldByStat reports whether a program is identified by its stat because it is
// large or can't be read.
func toldByStat(st Stat, content Digest) bool { return st.Size > maxProgram || content.IsZero() }
