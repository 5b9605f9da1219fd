package cmd

import "syscall"

// noTerminal has no counterpart here.
const noTerminal = 0

// isInherited reports false: there are no paths of descriptors here.
func isInherited(int) bool { return false }

// writeWaiting writes to a handle.
func writeWaiting(fd int, text []byte) error { return writeNow(fd, text) }

// writeNow writes to a handle.
func writeNow(fd int, text []byte) error {
	for len(text) > 0 {
		n, err := syscall.Write(syscall.Handle(fd), text)
		if err != nil {
			return err
		}
		text = text[n:]
	}
	return nil
}
