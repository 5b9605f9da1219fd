//go:build !cgo || !(linux || darwin)

package recall

import "runtime"

// Active reports whether this program serves recall records. If not, the string
// is a clause that says why.
func Active() (bool, string) {
	switch runtime.GOOS {
	case "linux", "darwin":
		return false, "built without cgo"
	default:
		return false, "not available on " + runtime.GOOS
	}
}

// IsRefresher reports false: nothing is served here.
func IsRefresher() bool { return false }
