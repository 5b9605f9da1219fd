//go:build unix

package testscripts

import (
	"os"

	"github.com/rogpeppe/go-internal/testscript"
)

// cmdDamage damages every result file of the store as crashes, bad disks and
// other programs do.
func cmdDamage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: damage truncate|empty|flip|swap|garble")
	}
	files := resultFiles(ts)
	if len(files) == 0 {
		ts.Fatalf("there is no result to damage")
	}
	if args[0] == "swap" {
		swap(ts, files)
		return
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		ts.Check(err)
		switch args[0] {
		case "truncate":
			text = text[:len(text)*2/3]
		case "empty":
			text = nil
		case "flip":
			text[len(text)/3] ^= 0x10
		case "garble":
			for i := range text {
				text[i] = byte(i * 31)
			}
		default:
			ts.Fatalf("unknown kind of damage %q", args[0])
		}
		ts.Check(os.WriteFile(file, text, 0o600))
	}
}

// swap gives every result the content of the next one.
func swap(ts *testscript.TestScript, files []string) {
	if len(files) < 2 {
		ts.Fatalf("swap needs two results, there is %d", len(files))
	}
	texts := make([][]byte, len(files))
	for i, file := range files {
		text, err := os.ReadFile(file)
		ts.Check(err)
		texts[i] = text
	}
	for i, file := range files {
		ts.Check(os.WriteFile(file, texts[(i+1)%len(files)], 0o600))
	}
}
