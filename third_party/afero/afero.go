// Package afero is as much of github.com/spf13/afero as viper needs to read and
// write files of the operating system. The original also has file systems
// that are served over HTTP, and with them package net/http, which takes a
// seventh of a millisecond and more than a megabyte at every start.
package afero

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Fs is a file system. Its methods are those of package os.
type Fs interface {
	OpenFile(name string, flag int, perm os.FileMode) (File, error)
	Stat(name string) (os.FileInfo, error)
}

// File is an open file.
type File interface {
	io.ReadWriteCloser
	Sync() error
}

// NewOsFs returns the file system of the operating system.
func NewOsFs() Fs { return osFs{} }

type osFs struct{}

func (osFs) Stat(name string) (os.FileInfo, error) { return os.Stat(name) }

func (osFs) OpenFile(name string, flag int, perm os.FileMode) (File, error) {
	f, err := os.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err // a nil *os.File would not be a nil File
	}
	return f, nil
}

// ReadFile returns the content of a file.
func ReadFile(fsys Fs, name string) ([]byte, error) {
	f, err := fsys.OpenFile(name, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// Exists reports whether a file or directory is there.
func Exists(fsys Fs, name string) (bool, error) {
	_, err := fsys.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Walk is [filepath.Walk]: there is no other file system than that of the
// operating system.
func Walk(_ Fs, root string, walk filepath.WalkFunc) error { return filepath.Walk(root, walk) }
