//go:build unix && !linux

package process

// waitExited does not wait: waitid(2) of macOS returns for a stopped child
// too, see https://go.dev/issue/19314.
func waitExited(int) bool { return false }

// exitOf can't tell; see waitExited.
func exitOf(int) (exited, killed bool) { return false, false }

// hasEnded can't tell; see waitExited.
func hasEnded(int) bool { return false }

func exitDescriptor(int) int { return -1 }
