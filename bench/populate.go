package main

import (
	"fmt"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
	"github.com/seed-f39940ff/memo/store"
)

// populate fills a cache with n results of commands that are never called, as
// runs would have stored them. Every 1,000th has the tag "thousandth".
func (s *site) populate(cache string, n int) error {
	st, err := store.Open(s.path(cache), store.Options{})
	if err != nil {
		return err
	}
	mark, err := st.Mark()
	if err != nil {
		return err
	}
	for i := range n {
		id := fingerprint.Identity{Argv: []string{"echo", fmt.Sprint(i)}, Dir: s.dir}
		now := time.Now().UnixNano()
		res := &store.Result{
			Key: id.Key(), Argv: id.Argv, Dir: id.Dir, Mark: mark,
			Created: now, Elapsed: 10 * time.Millisecond,
			Lifetimes: store.Lifetimes{Never: true},
			Tags:      []string{"all", "group" + fmt.Sprint(i%100)},
		}
		if i%1000 == 0 {
			res.Tags = append(res.Tags, "thousandth")
		}
		w := st.NewWriter(res.Key)
		w.Write(store.Stdout, fmt.Appendln(nil, i))
		ref, err := w.Commit(res)
		if err != nil {
			return err
		}
		st.Record(
			store.Event{Kind: store.Miss, Time: now, Key: res.Key, ID: ref.ID, Elapsed: res.Elapsed},
			store.Event{Kind: store.Stored, Time: now, Key: res.Key, ID: ref.ID, Elapsed: res.Elapsed, Size: w.Written()},
		)
		if _, err := st.FoldIfLarge(); err != nil {
			return err
		}
	}
	return nil
}
