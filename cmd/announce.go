//go:build !memotest

package cmd

// announce does nothing: only a binary that was built for tests says that Go was
// started.
func announce() {}
