package fingerprint

import (
	"errors"
	"fmt"
	"sync"

	"github.com/docker/go-units"
)

// patternWeight is how many nodes of a pattern make matching a name cost as
// much as looking at the file.
const patternWeight = 256

// errOverBudget says that a dependency costs more than it may.
var errOverBudget = errors.New("more files or bytes than it may cost")

// A Budget is what taking the states of several dependencies may cost
// together. It counts work and not time, so that a busy machine is only slower.
// Its methods may be called from several goroutines; a nil Budget has no end.
type Budget struct {
	entries, bytes int64 // allowed

	mu          sync.Mutex
	seen, read  int64
	over, ended bool
	blamed      *Dependency
}

// NewBudget returns a budget of so many directory entries and bytes of files.
func NewBudget(entries, bytes int64) *Budget { return &Budget{entries: entries, bytes: bytes} }

// spend counts work that is about to be done and returns errOverBudget if it
// may not be.
func (b *Budget) spend(entries, bytes int64) error {
	if b == nil {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended {
		return nil
	}
	b.seen += entries
	b.over = b.over || b.seen > b.entries || bytes > b.bytes-b.read
	if b.over {
		return errOverBudget
	}
	b.read += bytes
	return nil
}

// Spend counts work that is about to be done, in entries, and reports whether it
// may be.
func (b *Budget) Spend(entries int) bool { return b.spend(int64(entries), 0) == nil }

// left returns how many entries may still be looked at, -1 for any number.
func (b *Budget) left() int {
	if b == nil {
		return -1
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended {
		return -1
	}
	return int(max(b.entries-b.seen, 0))
}

// blame notes the dependency that asked for more than there was.
func (b *Budget) blame(dep Dependency) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.blamed == nil {
		b.blamed = &dep
	}
}

// Blamed returns the first dependency that asked for more than there was, nil
// if none did.
func (b *Budget) Blamed() *Dependency {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.blamed
}

// Lift ends the counting: what was paid for once may be done again.
func (b *Budget) Lift() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = true
}

// String returns the budget in words.
func (b *Budget) String() string {
	return fmt.Sprintf("%d directory entries or %s of content", b.entries, units.BytesSize(float64(b.bytes)))
}
