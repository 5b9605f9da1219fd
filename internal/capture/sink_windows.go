package capture

import (
	"os"
	"syscall"
)

func writeFile(f *os.File, p []byte) error {
	_, err := f.Write(p)
	return err
}

const sigXFSZ = syscall.SIGTERM

func tooLong(error) bool { return false }
