package recall

import (
	"testing"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

// TestManyChunks records outputs whose streams take turns, as often as a record
// can tell and once more, which must not be collected in memory first.
func TestManyChunks(t *testing.T) {
	for _, turns := range []int{MaxChunks, 8 * MaxChunks} {
		s, err := store.Open(t.TempDir(), store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		mark, err := s.Mark()
		if err != nil {
			t.Fatal(err)
		}
		var key fingerprint.Key
		w := s.NewWriter(key)
		w.MaxSize = 1 << 20
		for i := range turns {
			w.Write(store.Stdout+store.Stream(i%2), []byte("x"))
		}
		res := &store.Result{Key: key, Created: time.Now().UnixNano(), Mark: mark}
		ref, err := w.Commit(res)
		if err != nil {
			t.Fatal(err)
		}
		var r Record
		c := &Call{store: s}
		got := c.addOutput(&Decision{Replayed: true, Ref: ref, Result: res}, &r)
		if want := turns <= MaxChunks; got != want {
			t.Errorf("%d turns: recorded %v, want %v", turns, got, want)
		}
		if len(r.Chunks) > MaxChunks {
			t.Errorf("%d turns: %d chunks in memory, want at most %d", turns, len(r.Chunks), MaxChunks)
		}
	}
}
