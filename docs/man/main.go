// Command man writes the manual pages of memo's commands to a directory. make
// install runs it. It is a program of its own because the library that it needs
// would cost every start of memo.
package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra/doc"

	"github.com/seed-f39940ff/memo/cmd"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: man DIRECTORY")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "man:", err)
		os.Exit(1)
	}
}

// write writes a page for each command. Its date is that of SOURCE_DATE_EPOCH if
// that is set, else today.
func write(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root := cmd.Root()
	root.DisableAutoGenTag = true
	return doc.GenManTree(root, &doc.GenManHeader{Title: "MEMO", Section: "1", Source: "memo", Manual: "memo"}, dir)
}
