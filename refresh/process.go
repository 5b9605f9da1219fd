package refresh

import (
	"os"
)

// A process is a detached process to be.
type process struct {
	// args are the arguments without the program, which is this program.
	args []string
	env  []string
	// files are the standard streams and descriptors 3 and up; a nil entry is
	// the null device, and so are streams that are missing.
	files []*os.File
}

// Executable returns this very program, even if its file was replaced.
func Executable() (string, error) { return executable() }

// start starts the process and leaves it alone. As a side effect every
// inherited descriptor from 3 up of the calling process becomes close-on-exec:
// a process that starts another one afterwards does not pass them on.
func (p *process) start() error {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer null.Close()
	self, err := executable()
	if err != nil {
		return err
	}
	files := make([]*os.File, max(3, len(p.files)))
	copy(files, p.files)
	for i, f := range files {
		if f == nil {
			files[i] = null
		}
	}
	closeInherited()
	child, err := os.StartProcess(self, append([]string{"memo"}, p.args...), &os.ProcAttr{
		Env:   p.env,
		Files: files,
		Sys:   session(),
	})
	if err != nil {
		return err
	}
	return child.Release()
}

// Handed returns the file that the starter of this process gave as an entry
// beyond the standard streams. The processes that this one starts don't inherit it.
func Handed(entry int, name string) *os.File {
	fd := uintptr(3 + entry)
	closeOnExec(fd)
	return os.NewFile(fd, name)
}
