package refresh

import (
	"os"
)

// A process describes a detached process before its start.
type process struct {
	// args are the arguments, without the program. The program is this one.
	args []string
	env  []string
	// files are the standard streams and the descriptors from 3 up. A nil entry
	// or a missing stream is the null device.
	files []*os.File
}

// Executable returns a path of the running program, even if its file was
// replaced.
func Executable() (string, error) { return executable() }

// start starts the process and does not wait for it. As a side effect, every
// descriptor from 3 up of the calling process becomes close-on-exec, so that
// processes that it starts later don't inherit them either.
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

// Handed returns a file that the starter passed to this process. Entry 0 is
// descriptor 3. Processes that this one starts don't inherit the file.
func Handed(entry int, name string) *os.File {
	fd := uintptr(3 + entry)
	closeOnExec(fd)
	return os.NewFile(fd, name)
}
