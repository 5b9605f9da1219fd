package fingerprint

import (
	"errors"
	"io"
	"io/fs"
)

// maxInterpreters bounds the "#!" lines to follow, as in Linux (exec_binprm in
// fs/exec.c).
const maxInterpreters = 4

// headSize is the number of bytes of a program that the kernel examines:
// BINPRM_BUF_SIZE of Linux.
const headSize = 256

// A launch follows the execution of a program: it finds the file, and the
// interpreters that are executed in its place.
type launch struct {
	w    *World
	base string   // absolute directory to which reported paths are relative
	dir  string   // absolute working directory
	path []string // where to search for names; nil: the entries of PATH
}

// A launched is a program of a launch.
type launched struct {
	path   string // relative to the launch's base or absolute; if absent the name
	absent bool
	exec   bool
}

// follow calls found for a program and its interpreters, and tried for each
// candidate that the search passes over.
func (l *launch) follow(name string, tried func(path string, typ Type), found func(launched) error) error {
	var args []string // of the interpreter
	for level := 0; ; {
		path, err := findProgram(l.w, l.dir, name, l.path, func(path string, typ Type) { tried(l.at(path), typ) })
		denied, _ := errors.AsType[*ProgramError](err)
		switch {
		case err == nil:
			err = found(launched{path: l.at(path), exec: true})
		case isAbsent(denied.Err):
			return found(launched{path: name, absent: true})
		case denied.Path == "":
			return denied
		default:
			return found(launched{path: l.at(denied.Path)})
		}
		if err != nil {
			return err
		}
		if next, ok := l.throughEnv(path, args); ok {
			name, args = next, nil
			continue
		}
		head, err := l.w.head(resolve(l.dir, path))
		if err != nil {
			return err
		}
		var ok bool
		if name, args, ok = interpreter(head); !ok || level == maxInterpreters {
			return nil
		}
		level++
	}
}

// at returns a path in the form in which it is reported.
func (l *launch) at(path string) string {
	if l.dir == l.base {
		return path
	}
	return resolve(l.dir, path)
}

// head returns the beginning of the program at an absolute path. It returns
// nothing if the program can't be read: no interpreter could read it, either.
func (w *World) head(path string) ([]byte, error) {
	st, _, err := w.look(path, true, unixNano(w.Now()))
	if err != nil {
		return nil, errMoved
	}
	f, err := openFile(path, true)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return nil, nil
	case err != nil:
		return nil, errMoved
	}
	defer f.close()
	head := make([]byte, headSize)
	n, err := io.ReadFull(f, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, pathError("read", path, err)
	}
	if after, err := f.stat(); err != nil || after != st {
		return nil, errMoved
	}
	return head[:n], nil
}
