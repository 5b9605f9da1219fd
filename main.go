// Command memo remembers what shell commands printed.
package main

import (
	"os"

	"github.com/seed-f39940ff/memo/cmd"
)

func main() { os.Exit(cmd.Main()) }
