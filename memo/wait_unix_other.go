//go:build unix && !linux

package memo

// waitExited does not wait: waitid(2) of macOS returns for a stopped child
// too, see https://go.dev/issue/19314.
func waitExited(int) bool { return false }

func exitDescriptor(int) int { return -1 }
