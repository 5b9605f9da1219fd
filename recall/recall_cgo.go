//go:build cgo && (linux || darwin)

package recall

/*
#cgo CFLAGS: -D_FILE_OFFSET_BITS=64 -Wall -Wextra
int memo_recall_compiled(void);
*/
import "C"

// Active reports whether this program serves recall records. If not, the string
// is a clause that says why.
func Active() (bool, string) {
	if C.memo_recall_compiled() == 0 {
		return false, "the C library passes no arguments to constructors"
	}
	return true, ""
}
