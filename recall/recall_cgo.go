//go:build cgo && (linux || darwin)

package recall

/*
#cgo CFLAGS: -D_FILE_OFFSET_BITS=64 -Wall -Wextra
int memo_recall_compiled(void);
int memo_recall_is_refresher(void);
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

// IsRefresher reports whether the C code served a stale hit in another process
// and started this one to renew the result.
func IsRefresher() bool { return C.memo_recall_is_refresher() != 0 }
