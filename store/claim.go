package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// memo removes and replaces files in a cache directory by name, so it must be
// sure that it owns the directory: MEMO_CACHE_DIR may point to a project with
// its own v2 directory that contains a journal and results. A directory belongs
// to memo if it, or its parent, contains memo's tag. If the tag was deleted or
// damaged, files in memo's formats serve as proof.

// claim returns nil if the format directory belongs to memo or is empty. It
// writes the tag if the tag is missing.
func (s *Store) claim() error {
	if marked(s.root) || marked(s.dir) {
		return nil
	}
	if !s.hasProof() {
		stray, err := s.stray()
		if err != nil {
			return fmt.Errorf("open store %q: %w", s.dir, bare(err))
		}
		if stray != "" {
			return &RefusedError{s.dir, fmt.Sprintf("holds %q, which memo did not make", stray), "set MEMO_CACHE_DIR to another directory"}
		}
	}
	if !s.existing {
		// Best effort: a read-only store works without the tag.
		_ = writeWhole(filepath.Join(s.dir, tagName), []byte(cacheDirTag))
		_ = label(s.dir)
	}
	return nil
}

// marked reports whether a directory contains memo's tag.
func marked(dir string) bool { return holds(dir, tagName, cacheDirTag) }

// holds reports whether the named file in a directory consists of text.
func holds(dir, name, text string) bool {
	b, err := ReadOwn(filepath.Join(dir, name), 4<<10)
	return err == nil && string(b) == text
}

// hasProof reports whether the store contains memo's README or a file that
// begins with one of memo's magics.
func (s *Store) hasProof() bool {
	if holds(s.dir, readmeName, readme) || holds(s.root, readmeName, readme) {
		return true
	}
	for name, magic := range map[string]string{logName: logMagic, totalsName: totalsMagic, journalName: journalMagic, namesName: namesMagic} {
		if begins(s.Path(name), magic) {
			return true
		}
	}
	found := false
	_ = filepath.WalkDir(s.Path(resultsDir), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || isTemp(d.Name()) {
			return err
		}
		_, err = parseRef(d.Name())
		found = err == nil && begins(path, resultMagic)
		return fs.SkipAll // one file decides: a foreign tree can be large
	})
	return found
}

// begins reports whether path is a regular file of this user that begins with
// magic.
func begins(path, magic string) bool {
	f, err := os.OpenFile(path, os.O_RDONLY|openNoFollow, 0)
	if err != nil {
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || foreign(info) {
		return false
	}
	head := make([]byte, len(magic))
	_, err = io.ReadFull(f, head)
	return err == nil && string(head) == magic
}

// stray returns the first entry in the format directory that is not a
// directory, a temporary file or an empty lock file, or "".
func (s *Store) stray() (string, error) {
	top, err := filepath.EvalSymlinks(s.dir) // WalkDir does not follow symlinks
	if err != nil {
		return "", err
	}
	stray := ""
	err = filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // renamed during the walk
		}
		if err != nil || d.IsDir() || isTemp(d.Name()) {
			return err
		}
		if path == filepath.Join(top, tagName) && marked(s.dir) {
			return fs.SkipAll // another process has just written the tag
		}
		name := strings.TrimPrefix(path, top+string(filepath.Separator))
		if info, err := d.Info(); err == nil && info.Size() == 0 && slices.Contains(mutexes(), name) {
			return nil
		}
		stray = name
		return fs.SkipAll
	})
	return stray, err
}

// isUnused reports whether a directory contains nothing but temporary files.
func isUnused(dir string) bool {
	d, err := os.Open(dir)
	if err != nil {
		return false
	}
	defer d.Close()
	names, err := d.Readdirnames(64)
	for _, name := range names {
		if !isTemp(name) {
			return false
		}
	}
	return err == nil || errors.Is(err, io.EOF)
}

// isTemp reports whether name is that of a temporary file.
func isTemp(name string) bool {
	digits, ok := strings.CutPrefix(name, tmpPrefix)
	return ok && len(digits) == tmpDigits && strings.Trim(digits, "0123456789abcdef") == ""
}
