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

// scriptTimeout is how long a shell command may take that memo asks something.
const scriptTimeout = 10 * time.Second

// A script is a shell command that memo asks something: a version, a lifetime.
type script struct {
	text    string
	dir     string
	environ []string
	stdin   io.Reader // nil: the null device
	most    int       // bytes of output
}

// ask runs the script and returns what it prints until it exits. If its time
// is over, nothing of its process tree is left.
func (s *script) ask() ([]byte, error) {
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
