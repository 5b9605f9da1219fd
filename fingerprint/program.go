package fingerprint

import (
	"errors"
	"fmt"
	"io/fs"
)

// A ProgramError is why a program can't be executed. It is [fs.ErrNotExist]
// if there is none of that name (exit code 127 in a shell); otherwise there
// is something that can't be executed (126).
type ProgramError struct {
	Name string
	Path string // what was found, empty if nothing
	Err  error
}

func (e *ProgramError) Error() string { return fmt.Sprintf("find program %q: %v", e.Name, e.Err) }

// Unwrap returns e.Err.
func (e *ProgramError) Unwrap() error { return e.Err }

// FindProgram returns the path that execvp(3) would execute for name in a
// process that works in dir. A name with a slash is taken as it is; others
// are looked for along PATH, where an empty entry is the working directory.
// Directories and files without permission are passed over. The path is
// relative (to dir) if the name or the PATH entry is, and always has a slash.
// Errors are of type [*ProgramError].
func FindProgram(w *World, dir, name string) (string, error) {
	return findProgram(w, dir, name, func(string, Type) {})
}

// findProgram is FindProgram, and calls tried for each candidate that it
// passes over.
func findProgram(w *World, dir, name string, tried func(path string, typ Type)) (string, error) {
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
	var denied error
	for _, entry := range searchPath(w) {
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
// type of what is there and why not.
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

// lookUp collects a program: the candidates that were passed over, which only
// tell where another one would shadow it, and last the program or, if there
// is none, its absence.
func (k *walk) lookUp(name string) error {
	path, err := findProgram(k.t.World, k.base, name, func(path string, typ Type) {
		k.entries = append(k.entries, Entry{Path: path, Type: typ, Walked: true})
	})
	denied, _ := errors.AsType[*ProgramError](err)
	switch {
	case err == nil:
	case isAbsent(denied.Err):
		k.entries = append(k.entries, Entry{Path: name, Type: TypeAbsent})
		return nil
	case denied.Path == "":
		return err
	default:
		path = denied.Path
	}
	i, enterErr := k.enterAs(resolve(k.base, path), Entry{Path: path})
	if enterErr != nil {
		return enterErr
	}
	if k.entries[i].Type == TypeAbsent {
		return errMoved
	}
	k.entries[i].Exec = err == nil
	return nil
}

// program returns the entry of the program itself in a fingerprint of one,
// else nil.
func (fp *Fingerprint) program() *Entry {
	if fp.Dep.Kind != KindProgram || len(fp.Entries) == 0 {
		return nil
	}
	return &fp.Entries[len(fp.Entries)-1]
}

// sameProgram reports whether the lookup leads to the recorded program, whose
// stat is the recorded one.
func (t *Taker) sameProgram(fp *Fingerprint) bool {
	e := fp.program()
	if e == nil {
		return false
	}
	path, err := FindProgram(t.World, t.Dir, fp.Dep.Pattern)
	denied, _ := errors.AsType[*ProgramError](err)
	switch {
	case err == nil:
	case isAbsent(denied.Err):
		return e.Type == TypeAbsent && e.Path == fp.Dep.Pattern
	default:
		path = denied.Path
	}
	return e.Type != TypeAbsent && e.Exec == (err == nil) && e.Path == path &&
		t.sameEntry(e, resolve(t.Dir, path), unixNano(t.World.Now()))
}

// toldByStat reports whether the state of a program is its whole stat: that
// of one that is large or can't be read.
func toldByStat(st Stat, content Digest) bool { return st.Size > maxProgram || content.IsZero() }
