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

// memo removes and replaces files in a cache directory by their names, so it
// must be sure that the directory is its own: a user may point MEMO_CACHE_DIR
// to a project that has a v2 of its own, with a journal and results in it. A
// directory is memo's if it bears memo's tag, or lies in one that does. The tag
// may have been deleted or damaged; then what memo wrote speaks for it.

// claim returns nil if the format directory is memo's, which it may use if
// there is nothing in it. It labels a directory that it knows to be memo's by
// something else than the tag.
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
		// Best effort: a store that can only be read is as good without.
		_ = writeWhole(filepath.Join(s.dir, tagName), []byte(cacheDirTag))
		_ = label(s.dir)
	}
	return nil
}

// marked reports whether a directory has the tag that memo puts there.
func marked(dir string) bool { return holds(dir, tagName, cacheDirTag) }

// holds reports whether a file in a directory has that text.
func holds(dir, name, text string) bool {
	b, err := ReadOwn(filepath.Join(dir, name), 4<<10)
	return err == nil && string(b) == text
}

// hasProof reports whether something in the store shows that memo made it: the
// README, the head of a file, or that of a result.
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
		return fs.SkipAll // the first one settles it: a foreign tree can be large
	})
	return found
}

// begins reports whether a regular file of one's own begins with a magic.
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

// stray returns something in the format directory that is neither a directory
// nor a file that memo is writing nor an empty one that it locks; "" if there is
// nothing.
func (s *Store) stray() (string, error) {
	top, err := filepath.EvalSymlinks(s.dir) // WalkDir follows none
	if err != nil {
		return "", err
	}
	stray := ""
	err = filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // it was just renamed
		}
		if err != nil || d.IsDir() || isTemp(d.Name()) {
			return err
		}
		if path == filepath.Join(top, tagName) && marked(s.dir) {
			return fs.SkipAll // another process has labelled it meanwhile
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

// isUnused reports whether a directory has no entry but files that are being
// written.
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

// isTemp reports whether memo gives that name to a file that is being written.
func isTemp(name string) bool {
	digits, ok := strings.CutPrefix(name, tmpPrefix)
	return ok && len(digits) == tmpDigits && strings.Trim(digits, "0123456789abcdef") == ""
}
