// Package cpuid is as much of github.com/klauspost/cpuid/v2 as zeebo/blake3
// needs. The original asks the processor about a hundred times for all that it
// can tell, at every start; under a hypervisor each time takes some
// microseconds, together a fifth of a millisecond.
package cpuid

import "golang.org/x/sys/cpu"

// FeatureID is a feature of the processor.
type FeatureID int

// The features that can be asked for.
const (
	SSE4 FeatureID = iota // SSE 4.1
	AVX2
)

// CPUInfo answers for a processor.
type CPUInfo struct{}

// CPU is the processor that the program runs on.
var CPU CPUInfo

// Has reports whether the processor has a feature and the operating system
// lets programs use it.
func (CPUInfo) Has(id FeatureID) bool {
	switch id {
	case SSE4:
		return cpu.X86.HasSSE41
	case AVX2:
		return cpu.X86.HasAVX2
	}
	return false
}
