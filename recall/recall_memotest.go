//go:build memotest && cgo && (linux || darwin)

package recall

// In a binary built for tests, TESTING_MEMO_CLOCK sets the clock in C as well as
// in Go; see the clock of package fingerprint.

// #cgo CFLAGS: -DMEMO_TEST_CLOCK
import "C"
