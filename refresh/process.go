package refresh

import (
	"os"
)

// A Process is a detached process to be.
type Process struct {
	// Args are the arguments without the program, which is this program.
	Args []string
	Env  []string
	Dir  string
	// Stdin, Stdout and Stderr are the standard streams; nil is the null
	// device. Extra become descriptors 3 and up; a nil entry is the null
	// device too.
	Stdin, Stdout, Stderr *os.File
	Extra                 []*os.File
}

// Executable returns this very program, even if its file was replaced.
func Executable() (string, error) { return executable() }

// Start starts the process and leaves it alone. As a side effect every
// inherited descriptor from 3 up of the calling process becomes close-on-exec:
// a process that starts another one afterwards does not pass them on.
func (p *Process) Start() error {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer null.Close()
	self, err := executable()
	if err != nil {
		return err
	}
	files := append([]*os.File{p.Stdin, p.Stdout, p.Stderr}, p.Extra...)
	for i, f := range files {
		if f == nil {
			files[i] = null
		}
	}
	closeInherited()
	child, err := os.StartProcess(self, append([]string{"memo"}, p.Args...), &os.ProcAttr{
		Dir:   p.Dir,
		Env:   p.Env,
		Files: files,
		Sys:   session(),
	})
	if err != nil {
		return err
	}
	return child.Release()
}

// Handed returns the file that the starter of this process gave as an entry of
// Extra. The processes that this one starts don't inherit it.
func Handed(entry int, name string) *os.File {
	fd := uintptr(3 + entry)
	closeOnExec(fd)
	return os.NewFile(fd, name)
}
