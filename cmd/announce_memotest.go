//go:build memotest

package cmd

import (
	"fmt"
	"os"
)

// announce says on stderr that Go was started, if a test asks for that.
func announce() {
	if os.Getenv("TESTING_MEMO_STARTED") != "" {
		fmt.Fprintln(os.Stderr, "memo: Go was started")
	}
}
