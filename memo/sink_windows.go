package memo

import "os"

func writeFile(f *os.File, p []byte) error {
	_, err := f.Write(p)
	return err
}
