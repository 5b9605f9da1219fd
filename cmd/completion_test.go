package cmd

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the generated files anew")

// TestCompletionScripts holds that the files in completions are what cobra
// generates.
func TestCompletionScripts(t *testing.T) {
	dir := filepath.Join("..", "completions")
	root := newRootCmd(newBench(t).app(""))
	scripts := []struct {
		file     string
		generate func(io.Writer) error
	}{
		{"memo.bash", func(w io.Writer) error {
			if err := root.GenBashCompletionV2(w, true); err != nil {
				return err
			}
			words, err := os.ReadFile(filepath.Join(dir, "words.bash"))
			if err == nil {
				_, err = w.Write(words)
			}
			return err
		}},
		{"memo.zsh", root.GenZshCompletion},
		{"memo.fish", func(w io.Writer) error { return root.GenFishCompletion(w, true) }},
		{"memo.ps1", root.GenPowerShellCompletionWithDesc},
	}
	for _, script := range scripts {
		var want bytes.Buffer
		if err := script.generate(&want); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, script.file)
		if *update {
			if err := os.WriteFile(file, want.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want.Bytes()) {
			t.Errorf("%s is out of date; go generate ./completions", file)
		}
	}
}
