package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// A program is a process to be measured.
type program struct {
	site  *site
	cache string
	argv  []string
	code  int // expected exit code
	// piped reads the output through a pipe instead of having it thrown away.
	piped bool
	// first stops the clock at the first byte of output, not at the end.
	first bool
}

// time starts the program and returns how long it took until it had ended
// and, where it is piped, its output had been read.
func (p program) time(extra ...string) (time.Duration, error) {
	argv := append(append([]string(nil), p.argv...), extra...)
	path, err := exec.LookPath(argv[0])
	if err != nil {
		return 0, err
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return 0, err
	}
	defer null.Close()
	stdout, reader := null, (*os.File)(nil)
	if p.piped || p.first {
		if reader, stdout, err = os.Pipe(); err != nil {
			return 0, err
		}
		defer reader.Close()
	}
	attr := &os.ProcAttr{Dir: p.site.dir, Env: p.site.environ(p.cache), Files: []*os.File{null, stdout, os.Stderr}}

	began := time.Now()
	process, err := os.StartProcess(path, argv, attr)
	if reader != nil {
		stdout.Close()
	}
	if err != nil {
		return 0, err
	}
	took := time.Duration(0)
	if reader != nil {
		took = p.drain(reader, began)
	}
	state, err := process.Wait()
	if took == 0 {
		took = time.Since(began)
	}
	if err == nil && state.ExitCode() != p.code {
		err = fmt.Errorf("%q: %v, want exit status %d", argv, state, p.code)
	}
	return took, err
}

// drain reads all output. It returns when the first byte came if that is what
// is measured, else 0.
func (p program) drain(r io.Reader, began time.Time) time.Duration {
	var took time.Duration
	buf := make([]byte, 64<<10)
	for {
		n, err := r.Read(buf)
		if p.first && took == 0 && n > 0 {
			took = time.Since(began)
		}
		if err != nil {
			return took
		}
	}
}
