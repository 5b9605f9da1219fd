//go:build unix

package testscripts

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// servedMain implements `served recall|go CMD...`. It runs CMD, passes on its
// output and exit code, and fails unless recall or Go served it, as required. A
// memo built for tests reports the start of Go on stderr.
func servedMain() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: served recall|go CMD...")
		os.Exit(2)
	}
	cmd := exec.Command(os.Args[2], os.Args[3:]...)
	cmd.Env = append(os.Environ(), "TESTING_MEMO_STARTED=1")
	var errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		fmt.Fprintln(os.Stderr, "served:", err)
		os.Exit(2)
	}
	by := "recall"
	for line := range strings.Lines(errs.String()) {
		if line == started {
			by = "go"
			continue
		}
		os.Stderr.WriteString(line)
	}
	if by != os.Args[1] {
		fmt.Fprintf(os.Stderr, "served by %s, not by %s\n", by, os.Args[1])
		os.Exit(2)
	}
	os.Exit(cmd.ProcessState.ExitCode())
}

// started is the line of a memo built for tests; see cmd/announce_memotest.go.
const started = "memo: Go was started\n"
