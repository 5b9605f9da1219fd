package memo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"

	"github.com/seed-f39940ff/memo/internal/capture"
	"github.com/seed-f39940ff/memo/internal/process"
)

// scriptTimeout limits the run of a script.
const scriptTimeout = 10 * time.Second

// A script is a shell command whose output memo uses: a version or a lifetime.
type script struct {
	text    string
	dir     string
	environ []string
	stdin   io.Reader // nil: the null device
	most    int       // limit on its output, in bytes
}

// output runs the script and returns its stdout. At the time limit it kills the
// script's process tree.
func (s *script) output() ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), scriptTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", s.text)
	cmd.Dir, cmd.Env, cmd.Stdin = s.dir, s.environ, s.stdin
	out := capture.Limited{Most: s.most}
	cmd.Stdout = &out
	cmd.WaitDelay = capture.StayGrace
	cmd.Cancel = func() error {
		process.KillTree(cmd.Process.Pid)
		return cmd.Process.Kill()
	}
	err := cmd.Run()
	switch {
	case out.Over():
		return nil, fmt.Errorf("printed over %d bytes", s.most)
	case err == nil, errors.Is(err, exec.ErrWaitDelay): // something in the background keeps the pipe
		return out.Bytes(), nil
	case ctx.Err() != nil:
		return nil, fmt.Errorf("took over %v", scriptTimeout)
	}
	return nil, err
}
