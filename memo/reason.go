package memo

import (
	"strings"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

// A Reason says why a call did not replay a fresh result, or why its run was
// not stored. The zero Reason means that there is no reason.
type Reason struct {
	Code ReasonCode
	// Subject is the dependency, tag or selector concerned; empty if there is
	// none.
	Subject string
	// Text explains the reason to the user, in one clause.
	Text string
	// Changes are the differences in a dependency that changed, sorted by path.
	Changes []fingerprint.Change
}

// IsZero reports whether there is no reason.
func (r Reason) IsZero() bool { return r.Code == 0 }

// because returns a reason without a subject.
func because(code ReasonCode, text string) Reason { return Reason{Code: code, Text: text} }

// forced is the reason of a run that the call asked for.
func forced() Reason { return because(ReasonForced, "forced") }

// A VariantReason says why one of the results under a key was not replayed.
type VariantReason struct {
	Ref    store.Ref
	Reason Reason
}

// A ReasonCode is a kind of [Reason]. The journal stores the numbers and
// scripts match the names, so neither ever changes its meaning. docs/reasons.md
// lists them.
type ReasonCode uint8

const (
	// Reasons why a result is not replayed, or not replayed as fresh.
	ReasonNotRecorded       ReasonCode = 1  // there is no result
	ReasonExpired           ReasonCode = 2  // older than its lifetimes allow
	ReasonStale             ReasonCode = 3  // older than its ttl
	ReasonFuture            ReasonCode = 4  // made later than now
	ReasonDependencyChanged ReasonCode = 5  // since the result was made, or while the command ran
	ReasonInvalidated       ReasonCode = 6  // by memo invalidate
	ReasonLogUnknown        ReasonCode = 7  // the log can't tell whether it was invalidated
	ReasonTagMissing        ReasonCode = 8  // recorded without a tag that the call declares
	ReasonFailedResult      ReasonCode = 9  // the run failed, and the policy keeps no failures
	ReasonCorrupt           ReasonCode = 10 // damaged, and removed
	ReasonUnreadable        ReasonCode = 11 // the result or the store
	ReasonRemoved           ReasonCode = 12 // by another process, during the lookup
	ReasonForced            ReasonCode = 13 // the call asked for a run
	ReasonWarming           ReasonCode = 14 // the call asked for a refresh
	ReasonMaxWait           ReasonCode = 15 // no answer in time
	ReasonOutputs           ReasonCode = 16 // output files can't be put back, or not be kept

	// ReasonJoined explains a hit: the result of a run that was under way.
	ReasonJoined ReasonCode = 32

	// Reasons why a run is not stored. If an older result is replayed because
	// the command failed, one of the first five says how it failed.
	ReasonCommandFailed        ReasonCode = 64 // by its exit code
	ReasonTimedOut             ReasonCode = 65
	ReasonSignaled             ReasonCode = 66 // the command died of a signal
	ReasonNotStarted           ReasonCode = 67
	ReasonExitUnknown          ReasonCode = 68 // its exit status could not be read
	ReasonInterrupted          ReasonCode = 69 // memo received a signal
	ReasonBackgroundWriter     ReasonCode = 70 // a child keeps the output open
	ReasonReaderLeft           ReasonCode = 71 // before the command ended
	ReasonTooLarge             ReasonCode = 72 // over --max-output
	ReasonDependencyUnreadable ReasonCode = 73
	ReasonWriteFailed          ReasonCode = 74 // the store can't be written
	ReasonNestedCall           ReasonCode = 75 // a memo call below can't be relied on
	ReasonZeroLifetime         ReasonCode = 76 // the result ends at once
	ReasonRunKilled            ReasonCode = 77 // the detached run was killed

	// Reasons why the command runs without the cache.
	ReasonSameCommandAbove ReasonCode = 96
	ReasonRunUnderWay      ReasonCode = 97 // the refresh has nothing to do
	ReasonNoDescriptors    ReasonCode = 98
	ReasonStdinUnreadable  ReasonCode = 99
	ReasonStoreUnavailable ReasonCode = 100
	ReasonBadConfig        ReasonCode = 101
	ReasonUntrustedConfig  ReasonCode = 102
	ReasonDescriptorWord   ReasonCode = 103 // an argument such as /dev/fd/63
	ReasonOverBudget       ReasonCode = 104 // dependencies of an untrusted file

	// Reasons in events why a result was removed.
	ReasonEvicted  ReasonCode = 128
	ReasonReplaced ReasonCode = 129
)

// reasonTable has the name of each code, and the words that follow a number of
// calls where they differ from the words of the name.
var reasonTable = [...]struct{ name, words string }{
	ReasonNotRecorded:          {"not-recorded", ""},
	ReasonExpired:              {"expired", ""},
	ReasonStale:                {"stale", "past the ttl"},
	ReasonFuture:               {"future", "from the future"},
	ReasonDependencyChanged:    {"dependency-changed", "a dependency changed"},
	ReasonInvalidated:          {"invalidated", ""},
	ReasonLogUnknown:           {"log-unknown", "invalidation log unknown"},
	ReasonTagMissing:           {"tag-missing", "a tag missing"},
	ReasonFailedResult:         {"failed-result", "the last run failed"},
	ReasonCorrupt:              {"corrupt", ""},
	ReasonUnreadable:           {"unreadable", ""},
	ReasonRemoved:              {"removed", ""},
	ReasonForced:               {"forced", ""},
	ReasonWarming:              {"warming", ""},
	ReasonMaxWait:              {"max-wait", "no answer in time"},
	ReasonOutputs:              {"outputs", "output files"},
	ReasonJoined:               {"joined", ""},
	ReasonCommandFailed:        {"command-failed", "failed"},
	ReasonTimedOut:             {"timed-out", ""},
	ReasonSignaled:             {"signaled", "died of a signal"},
	ReasonNotStarted:           {"not-started", ""},
	ReasonExitUnknown:          {"exit-unknown", "exit status unknown"},
	ReasonInterrupted:          {"interrupted", ""},
	ReasonBackgroundWriter:     {"background-writer", "output kept open"},
	ReasonReaderLeft:           {"reader-left", ""},
	ReasonTooLarge:             {"too-large", ""},
	ReasonDependencyUnreadable: {"dependency-unreadable", "a dependency unreadable"},
	ReasonWriteFailed:          {"write-failed", ""},
	ReasonNestedCall:           {"nested-call", ""},
	ReasonZeroLifetime:         {"zero-lifetime", "lifetime over at once"},
	ReasonRunKilled:            {"run-killed", ""},
	ReasonSameCommandAbove:     {"same-command-above", ""},
	ReasonRunUnderWay:          {"run-under-way", ""},
	ReasonNoDescriptors:        {"no-descriptors", ""},
	ReasonStdinUnreadable:      {"stdin-unreadable", ""},
	ReasonStoreUnavailable:     {"store-unavailable", ""},
	ReasonBadConfig:            {"bad-config", ""},
	ReasonUntrustedConfig:      {"untrusted-config", ""},
	ReasonDescriptorWord:       {"descriptor-word", ""},
	ReasonOverBudget:           {"over-budget", ""},
	ReasonEvicted:              {"evicted", ""},
	ReasonReplaced:             {"replaced", ""},
}

// String returns the name of the code, or "" for zero.
func (c ReasonCode) String() string {
	switch {
	case c == 0:
		return ""
	case int(c) < len(reasonTable) && reasonTable[c].name != "":
		return reasonTable[c].name
	default: // a code of a later version
		return "other"
	}
}

// Words returns what a list of figures says behind the number of calls that had
// the reason: "3 a dependency changed".
func (c ReasonCode) Words() string {
	if int(c) < len(reasonTable) && reasonTable[c].words != "" {
		return reasonTable[c].words
	}
	return strings.ReplaceAll(c.String(), "-", " ")
}
