package main

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"time"

	"github.com/gofrs/flock"
)

// prompts are the rows of what a prompt does all day: stale hits and hits in
// bounded time.
func prompts(s *site) []*row {
	stale := s.run(workCache, "-t", "0s", "--swr", "1h", "cat", "./././small")
	running := s.run(workCache, "-t", "0s", "--swr", "1h", "cat", "./small")
	bounded := s.run(workCache, "-t", "never", "--max-wait", "200ms", "cat", "small")
	script := func(text string) program {
		return program{site: s, cache: workCache, argv: []string{"sh", "-c", text}}
	}
	one := s.memo + " run -t never cat "
	segments := script(one + "small; " + one + "./small; " + one + "././small")
	return []*row{
		{name: "stale hit, refresh started", base: "/bin/true", bound: 1.25, setup: recalled(stale), once: func(int) (time.Duration, error) {
			took, err := stale.time()
			awaitOrphans() // for the next row, and for the next record
			return took, err
		}},
		{name: "stale hit, refresh under way", base: "/bin/true", bound: 1.2, setup: func() error { return s.holdLock(running) }, once: again(running)},
		{name: "hit, --max-wait", once: again(bounded), setup: recalled(bounded), base: "/bin/true", bound: 1.15},
		{name: "sh, 3 x /bin/true", once: again(script("/bin/true; /bin/true; /bin/true "))},
		{name: "sh, 3 hits", once: again(segments), setup: recalled(segments), base: "sh, 3 x /bin/true", bound: 1.3},
	}
}

// holdLock makes it look as if a run of a program's command were under way, for
// as long as this process lives.
func (s *site) holdLock(p program) error {
	if err := recalled(p)(); err != nil {
		return err
	}
	list := exec.Command(s.memo, "show", "--json", "--", "cat", "./small")
	list.Dir, list.Env = s.dir, s.environ(p.cache)
	text, err := list.Output()
	if err != nil {
		return fmt.Errorf("memo show: %w", err)
	}
	var result struct{ Key string }
	if err := json.Unmarshal(text, &result); err != nil || result.Key == "" {
		return fmt.Errorf("memo show printed no key: %q", text)
	}
	s.held = flock.New(s.path(p.cache, "v2", "locks", result.Key), flock.SetPermissions(0o600))
	return s.held.Lock()
}
