package cmd

import "syscall"

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
