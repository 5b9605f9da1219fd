package main

import (
	"fmt"
	"os"
	"time"
)

// effect measures how long after the start of memo invalidate --tag a result
// with that tag is no hit any more, in the large store and while the results
// are still being counted.
func (s *site) effect(round int) (time.Duration, error) {
	tag := fmt.Sprintf("round%d", round)
	ask := s.run(largeCache, "-t", "never", "--tag", tag, "cat", "small")
	if _, err := ask.time(); err != nil {
		return 0, err
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return 0, err
	}
	defer null.Close()

	began := time.Now()
	process, err := os.StartProcess(s.memo, []string{s.memo, "invalidate", "--tag", tag}, &os.ProcAttr{
		Dir: s.dir, Env: s.environ(largeCache), Files: []*os.File{null, null, os.Stderr},
	})
	if err != nil {
		return 0, err
	}
	cached := s.run(largeCache, "-t", "never", "--tag", tag, "--only-cached", "cat", "small")
	cached.code = 75
	var took time.Duration
	for took == 0 && time.Since(began) < 10*time.Second {
		asked := time.Now()
		if _, err := cached.time(); err == nil {
			took = asked.Sub(began) // not served any more
		}
	}
	if _, err := process.Wait(); err != nil {
		return 0, err
	}
	if took == 0 {
		return 0, fmt.Errorf("the result with tag %q is served on and on", tag)
	}
	return took, nil
}
