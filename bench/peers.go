package main

import (
	"os/exec"
	"strconv"
	"time"
)

// peers compares hit and miss with bkt, where it is on PATH.
func peers(s *site) []*row {
	if _, err := exec.LookPath("bkt"); err != nil {
		return nil
	}
	bkt := func(args ...string) program {
		return program{site: s, argv: append([]string{"bkt", "--cache-dir", s.path("cache-bkt"), "--ttl", "1h", "--"}, args...)}
	}
	hit := s.run(workCache, "-t", "1h", "cat", "small")
	miss := func(p program) func(int) (time.Duration, error) {
		return func(round int) (time.Duration, error) { return p.time(strconv.Itoa(round)) }
	}
	return []*row{
		{name: "hit, bkt", once: again(bkt("cat", "small")), setup: stored(bkt("cat", "small"))},
		{name: "hit, memo", once: again(hit), setup: recalled(hit), base: "hit, bkt"},
		{name: "miss, bkt", once: miss(bkt("/bin/true"))},
		{name: "miss, memo", once: miss(s.run(workCache, "-t", "1h", "/bin/true")), base: "miss, bkt"},
	}
}
