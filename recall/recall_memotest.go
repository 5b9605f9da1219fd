//go:build memotest && cgo && (linux || darwin)

package recall

// A binary that was built for tests has its clock set by TESTING_MEMO_CLOCK in
// C as well as in Go; see the clock of package fingerprint.

// #cgo CFLAGS: -DMEMO_TEST_CLOCK
import "C"
