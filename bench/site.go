package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/gofrs/flock"
)

// A site is the directory that all measuring happens in: binaries, input
// files, and the caches.
type site struct {
	dir     string
	memo    string
	empty   string // an empty Go program
	dynamic string // memo as "go build" links it
	pure    string // memo without cgo
	results int
	held    *flock.Flock // of the run that seems to be under way
}

func newSite(dir string, o options) (*site, error) {
	s := &site{dir: dir, results: o.results}
	s.memo, s.empty = s.path("memo"), s.path("empty")
	s.dynamic, s.pure = s.path("memo-dynamic"), s.path("memo-pure")
	if o.memo == "" {
		if err := build(s.memo, module); err != nil {
			return nil, err
		}
	} else {
		if err := install(o.memo, s.memo); err != nil {
			return nil, err
		}
	}
	src := filepath.Join(dir, "empty.go")
	if err := os.WriteFile(src, []byte("package main\n\nfunc main() {}\n"), 0o600); err != nil {
		return nil, err
	}
	if err := build(s.empty, src); err != nil {
		return nil, err
	}
	return s, os.WriteFile(s.path("small"), []byte("hello, world\n"), 0o600)
}

// module is the package of the memo command.
const module = "github.com/seed-f39940ff/memo"

// build builds and installs a program.
func build(bin, pkg string, env ...string) error {
	linked := bin + "-linked"
	cmd := exec.Command("go", "build", "-ldflags", "-s -w", "-o", linked, pkg)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build %s: %w\n%s", pkg, err, out)
	}
	return install(linked, bin)
}

// install copies a program, as installing it does. What a linker has just
// written lies in memory in single pages, in the order in which it wrote them,
// and takes longer to start until it is read from disk again.
func install(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("install %s: %w", to, err)
	}
	return os.WriteFile(to, text, 0o755)
}

func (s *site) path(elem ...string) string {
	return filepath.Join(append([]string{s.dir}, elem...)...)
}

// environ is what every measured process gets, but for the cache. The bound on
// results is lifted for the rows that compare stores by their size, so that the
// large one is not evicted while it is measured.
func (s *site) environ(cache string) []string {
	env := []string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + s.path("home"),
		"XDG_CONFIG_HOME=" + s.path("config"),
		"MEMO_CACHE_DIR=" + s.path(cache),
		"LANG=C.UTF-8",
		"TZ=UTC",
	}
	if cache == smallCache || cache == largeCache {
		env = append(env, fmt.Sprintf("MEMO_MAX_RESULTS=%d", 10*s.results+1000), "MEMO_MAX_SIZE=100GiB")
	}
	return env
}

// manyFiles makes n small files and returns their paths relative to the site.
func (s *site) manyFiles(n int) ([]string, error) {
	if err := os.MkdirAll(s.path("many"), 0o700); err != nil {
		return nil, err
	}
	names := make([]string, n)
	for i := range names {
		names[i] = filepath.Join("many", fmt.Sprintf("%04d", i))
		if err := os.WriteFile(s.path(names[i]), fmt.Appendf(nil, "file %d\n", i), 0o600); err != nil {
			return nil, err
		}
	}
	return names, nil
}

// bigFile makes a file of n bytes that no file system stores as a hole.
func (s *site) bigFile(name string, n int) error {
	text := make([]byte, n)
	for i, x := 0, uint32(1); i < n; i++ {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		text[i] = byte(x)
	}
	return os.WriteFile(s.path(name), text, 0o600)
}
