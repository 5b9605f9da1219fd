//go:build unix && !linux

package process

// waitExited does not wait, because waitid(2) of macOS also returns for a
// stopped child; see https://go.dev/issue/19314.
func waitExited(int) bool { return false }

// exitOf can't tell; see waitExited.
func exitOf(int) (exited, killed bool) { return false, false }

// hasEnded can't tell; see waitExited.
func hasEnded(int) bool { return false }

func exitDescriptor(int) int { return -1 }
