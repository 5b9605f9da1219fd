//go:build cgo && (linux || darwin)

package recall

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// buildDriver compiles testdata/driver.c, which takes recall.c in, with the
// sanitizers, once for all tests, and returns the path of the program.
var buildDriver = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "recall-driver-")
	if err != nil {
		return "", err
	}
	cc := os.Getenv("CC")
	if cc == "" {
		cc = "cc"
	}
	path := filepath.Join(dir, "driver")
	cmd := exec.Command(cc, "-std=gnu11", "-g", "-O1", "-Wall", "-Wextra", "-Werror", "-D_FILE_OFFSET_BITS=64",
		"-DMEMO_TEST_CLOCK", "-fsanitize=address,undefined", "-fno-sanitize-recover=all",
		"-o", path, "testdata/driver.c")
	if out, err := cmd.CombinedOutput(); err != nil {
		os.Stderr.Write(out)
		return "", err
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := buildDriver(); err == nil {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// A stage is a store with a table, a result, and a driver that takes memo's
// part.
type stage struct {
	t      *testing.T
	driver string
	root   string // the cache directory
	store  string // the format directory
	dir    string // the working directory
	env    []string
	table  *Table
}

func newStage(t *testing.T) *stage {
	t.Helper()
	driver, err := buildDriver()
	if err != nil {
		t.Fatalf("build the driver: %v", err)
	}
	base, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{t: t, driver: driver, root: filepath.Join(base, "cache"), dir: filepath.Join(base, "work")}
	s.store = filepath.Join(s.root, "v2")
	for _, dir := range []string{filepath.Join(s.store, "results", "abc"), s.dir} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	s.env = []string{"MEMO_CACHE_DIR=" + s.root, "PATH=/usr/bin:/bin", "X=1"}
	for name, content := range map[string]string{
		"journal": "", "invalidations": "log", "results/abc/r1": "the result of a run",
	} {
		s.write(filepath.Join(s.store, name), content)
	}
	if s.table, err = Open(s.store); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *stage) write(path, content string) {
	s.t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) stat(path string) fingerprint.Stat {
	s.t.Helper()
	st, err := fingerprint.NewWorld(nil, s.dir).Lstat(path)
	if err != nil {
		s.t.Fatal(err)
	}
	return st
}

func (s *stage) item(name string) Item {
	return Item{name, s.stat(filepath.Join(s.store, name))}
}

// record returns a record of the stage's invocation that holds.
func (s *stage) record(args ...string) *Record {
	now := time.Now()
	r := &Record{
		NotBefore:  now.Add(-time.Second).UnixNano(),
		FreshUntil: now.Add(time.Hour).UnixNano(),
		StaleUntil: now.Add(time.Hour).UnixNano(),
		Program:    s.stat(s.driver),
		Argv:       append([]string{s.driver, "run"}, args...),
		Dir:        s.dir,
		Euid:       uint32(os.Geteuid()),
		Egid:       uint32(os.Getegid()),
		Paths: []fingerprint.Consultation{
			{Path: s.dir, Stat: s.stat(s.dir)},
			{Path: filepath.Join(s.dir, "absent"), Absent: true},
			{Path: filepath.Join(s.dir, "absent"), Absent: true, Follow: true},
		},
		Items:   []Item{s.item("invalidations"), s.item("results/abc")},
		Result:  s.item("results/abc/r1"),
		Lock:    "locks/9",
		Backoff: "refresh/9",
		ID:      7,
		Elapsed: int64(time.Minute),
		Chunks: []Chunk{
			{Stream: 1, Data: []byte("out\x00")},
			{Stream: 2, Data: []byte("err\n")},
			{Stream: 1, Data: []byte("end")},
		},
		ExitCode: 4,
		WhyStale: 3,
	}
	r.Key[0] = 9
	s.table.Observe(r, s.env, []string{"PATH", "X", "UNSET"}, []string{"MEMO_", "AWS_"})
	return r
}

// put writes a record to the table.
func (s *stage) put(r *Record) {
	s.t.Helper()
	if err := s.table.Write(r); err != nil {
		s.t.Fatal(err)
	}
}

// command returns the stage's invocation.
func (s *stage) command(args ...string) *exec.Cmd {
	cmd := exec.Command(s.driver, append([]string{"run"}, args...)...)
	cmd.Dir, cmd.Env = s.dir, s.env
	return cmd
}

// run runs the stage's invocation.
func (s *stage) run(args ...string) (stdout, stderr string, code int) {
	s.t.Helper()
	cmd := s.command(args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		s.t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// wantGo fails the test unless the constructor leaves the invocation to Go.
func (s *stage) wantGo(why string) {
	s.t.Helper()
	if out, errs, code := s.run("cmd"); out != "go\n" || errs != "" || code != 3 {
		s.t.Errorf("%s: stdout %q, stderr %q, code %d; want it left to Go", why, out, errs, code)
	}
}

// wantHit fails the test unless the record of the stage is served.
func (s *stage) wantHit(why string) {
	s.t.Helper()
	if out, errs, code := s.run("cmd"); out != "out\x00end" || errs != "err\n" || code != 4 {
		s.t.Errorf("%s: stdout %q, stderr %q, code %d; want a hit", why, out, errs, code)
	}
}
