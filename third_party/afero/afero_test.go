package afero

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestOsFs(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	fsys := NewOsFs()
	if there, err := Exists(fsys, path); there || err != nil {
		t.Errorf("Exists before: %t, %v", there, err)
	}
	if f, err := fsys.OpenFile(path, os.O_RDONLY, 0); f != nil || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("OpenFile before: %v, %v", f, err)
	}
	f, err := fsys.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("text")); err != nil {
		t.Error(err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		t.Error(err)
	}
	if there, err := Exists(fsys, path); !there || err != nil {
		t.Errorf("Exists after: %t, %v", there, err)
	}
	if text, err := ReadFile(fsys, path); string(text) != "text" || err != nil {
		t.Errorf("ReadFile: %q, %v", text, err)
	}
	var seen []string
	err = Walk(fsys, dir, func(path string, _ fs.FileInfo, err error) error {
		seen = append(seen, path)
		return err
	})
	if want := []string{dir, path}; err != nil || !slices.Equal(seen, want) {
		t.Errorf("Walk: %q, %v, want %q", seen, err, want)
	}
}
