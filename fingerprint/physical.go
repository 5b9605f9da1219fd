package fingerprint

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"syscall"
)

// DirName returns the value of PWD if it is another name of the working
// directory, else "". Commands such as pwd print it.
func (w *World) DirName() string {
	name, _ := w.LookupEnv("PWD")
	if name == w.Dir || w.Dir == "" || !filepath.IsAbs(name) {
		return ""
	}
	there, err := w.Stat(name)
	if err != nil {
		return ""
	}
	if here, err := w.Stat(w.Dir); err != nil || !here.SameFile(there) {
		return ""
	}
	return name
}

// PhysicalDir returns the working directory without symlinks, whatever PWD
// says. It is an error if the directory was deleted or can't be reached.
func PhysicalDir() (string, error) {
	dir, err := syscall.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the working directory: %w", err)
	}
	if runtime.GOOS == "windows" {
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			dir = real
		}
	}
	if !filepath.IsAbs(dir) {
		return "", fmt.Errorf("find the working directory: %q is not reachable", dir)
	}
	here, err := statPath(".", true)
	if err != nil {
		return "", fmt.Errorf("find the working directory: %w", err)
	}
	there, err := statPath(dir, true)
	if err == nil && !here.SameFile(there) {
		err = errors.New("was moved or deleted")
	}
	if err != nil {
		return "", fmt.Errorf("find the working directory %q: %w", dir, err)
	}
	return dir, nil
}
