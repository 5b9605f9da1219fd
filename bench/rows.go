package main

import (
	"fmt"
	"strconv"
	"time"
)

const (
	smallCache = "cache-small" // 10 results
	largeCache = "cache-large"
	workCache  = "cache-work" // what rows store themselves

	bigSize   = 100_000_000
	fileCount = 1000
)

// allRows returns the table. Rows that need input of their own make it in
// setup.
func allRows(s *site) []*row {
	rows := append(baselines(s), hits(s)...)
	rows = append(rows, prompts(s)...)
	rows = append(rows, misses(s)...)
	rows = append(rows, scale(s)...)
	return append(rows, peers(s)...)
}

// run returns the program "memo run ARGS".
func (s *site) run(cache string, args ...string) program {
	return program{site: s, cache: cache, argv: append([]string{s.memo, "run"}, args...)}
}

// by returns the same call of another memo.
func (p program) by(memo string) program {
	p.argv = append([]string{memo}, p.argv[1:]...)
	return p
}

// again measures a program that is the same in every round.
func again(p program) func(int) (time.Duration, error) {
	return func(int) (time.Duration, error) { return p.time() }
}

// stored makes sure that a program's result is there before it is measured.
func stored(p program) func() error {
	return func() error {
		_, err := p.time()
		return err
	}
}

// recalled makes sure that a program's result is there and that Go has left a
// recall record, which it does when nothing that counts is very young.
func recalled(p program) func() error {
	return func() error {
		for range 4 {
			if _, err := p.time(); err != nil {
				return err
			}
			awaitOrphans()
			time.Sleep(100 * time.Millisecond)
		}
		return nil
	}
}

func baselines(s *site) []*row {
	return []*row{
		{name: "/bin/true", once: again(program{site: s, argv: []string{"/bin/true"}})},
		{name: "empty Go program", once: again(program{site: s, argv: []string{s.empty}}), base: "/bin/true"},
		{name: "cat, small file", once: again(program{site: s, argv: []string{"cat", "small"}}), base: "/bin/true"},
		{name: "stat, one file", once: again(program{site: s, argv: []string{"stat", "-t", "small"}}), base: "/bin/true"},
	}
}

func hits(s *site) []*row {
	small := s.run(workCache, "-t", "never", "cat", "small")
	dynamic, pure := small.by(s.dynamic), small.by(s.pure)
	statMany := program{site: s}
	hitMany := s.run(workCache, "-d", "many/*", "cat", "small")
	catBig := program{site: s, argv: []string{"cat", "big"}, piped: true}
	hitBig := s.run(workCache, "-t", "never", "cat", "big")
	hitBig.piped = true
	return []*row{
		{name: "hit, small", once: again(small), setup: recalled(small), base: "/bin/true", bound: 1.1},
		{name: "hit, small, again", once: again(small), setup: recalled(small), base: "empty Go program", bound: 0.65},
		{name: "hit, small, dynamically linked", once: again(dynamic), base: "/bin/true", bound: 1.3, setup: func() error {
			if err := build(s.dynamic, module, "CGO_ENABLED=1"); err != nil {
				return err
			}
			return recalled(dynamic)()
		}},
		{name: "hit, small, without cgo", once: again(pure), base: "empty Go program", bound: 3.5, setup: func() error {
			if err := build(s.pure, module, "CGO_ENABLED=0"); err != nil {
				return err
			}
			return stored(pure)()
		}},
		{
			name: "stat, 1,000 files", base: "/bin/true",
			once: func(int) (time.Duration, error) { return statMany.time() },
			setup: func() error {
				names, err := s.manyFiles(fileCount)
				statMany.argv = append([]string{"stat", "-t"}, names...)
				return err
			},
		},
		{name: "hit, 1,000 dependencies", once: again(hitMany), base: "stat, 1,000 files", bound: 0.8, setup: func() error {
			if _, err := s.manyFiles(fileCount); err != nil {
				return err
			}
			// Younger files than the racy margin would be read again.
			time.Sleep(3 * time.Second)
			return recalled(hitMany)()
		}},
		{
			name: "cat, 100 MB to a pipe", once: again(catBig), every: 10,
			setup: func() error { return s.bigFile("big", bigSize) },
		},
		{name: "hit, 100 MB to a pipe", once: again(hitBig), every: 10, setup: recalled(hitBig), base: "cat, 100 MB to a pipe", bound: 1.1},
	}
}

func misses(s *site) []*row {
	empty := s.run(workCache, "/bin/true")
	failing := s.run(workCache, "/bin/false")
	failing.code = 1
	// Not the words of the hit, whose result it would replace.
	big := s.run(workCache, "-f", "-t", "never", "cat", "./big")
	big.piped = true
	return []*row{
		// A guard against accidents: what a miss costs depends on the file system.
		{name: "miss, /bin/true", base: "empty Go program", bound: 6, once: func(round int) (time.Duration, error) {
			return empty.time(strconv.Itoa(round))
		}},
		{name: "miss, /bin/false, not stored", base: "empty Go program", once: again(failing)},
		{name: "miss, 100 MB to a pipe", once: again(big), every: 10, base: "cat, 100 MB to a pipe"},
	}
}

func scale(s *site) []*row {
	few := s.run(smallCache, "-t", "never", "cat", "small")
	many := s.run(largeCache, "-t", "never", "cat", "small")
	label := func(what string) string { return fmt.Sprintf("%s, %d results", what, s.results) }
	command := func(args ...string) program {
		return program{site: s, cache: largeCache, argv: append([]string{s.memo}, args...), piped: true}
	}
	list := command("list")
	list.first = true
	return []*row{
		{name: "hit, 10 results", once: again(few), base: "/bin/true", setup: func() error {
			if err := s.populate(smallCache, 10); err != nil {
				return err
			}
			return recalled(few)()
		}},
		{name: label("hit"), once: again(many), base: "hit, 10 results", bound: 1.05, setup: func() error {
			if err := s.populate(largeCache, s.results); err != nil {
				return err
			}
			return recalled(many)()
		}},
		{name: label("stats"), once: again(command("stats")), every: 20, limit: time.Second},
		{name: label("list, first line"), once: again(list), every: 20, limit: time.Second},
		{name: label("invalidate --tag, its count"), every: 50, limit: 2 * time.Second,
			once: again(command("invalidate", "--tag", "nothing has this"))},
		{name: label("invalidate --tag, its effect"), every: 50, limit: 50 * time.Millisecond, once: s.effect},
	}
}
