//go:build cgo && (linux || darwin)

package recall

/*
#cgo CFLAGS: -D_FILE_OFFSET_BITS=64 -Wall -Wextra
int memo_recall_compiled(void);
*/
import "C"

// Active reports whether this program serves recall records, and if it
// doesn't, why not in a clause.
func Active() (bool, string) {
	if C.memo_recall_compiled() == 0 {
		return false, "the C library passes no arguments to constructors"
	}
	return true, ""
}
