package memo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"
)

// versionTimeout is how long a version command may take.
const versionTimeout = 10 * time.Second

// versionMax bounds the output of a version command.
const versionMax = 1 << 20

// version returns what a version command prints; it is asked once a call, and
// once more after the run.
func (c *call) version(script, dir string) ([]byte, error) {
	asked := dir + "\x00" + script
	if out, ok := c.versions[asked]; ok {
		return out, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), versionTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", script)
	cmd.Dir, cmd.Env = dir, c.environ()
	cmd.WaitDelay = stayGrace
	out := limited{most: versionMax}
	cmd.Stdout = &out
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("version command %q took over %v", script, versionTimeout)
	case err != nil:
		return nil, fmt.Errorf("version command %q: %w", script, err)
	case out.over:
		return nil, fmt.Errorf("version command %q printed over %d bytes", script, versionMax)
	}
	if c.versions == nil {
		c.versions = map[string][]byte{}
	}
	c.versions[asked] = out.Bytes()
	return out.Bytes(), nil
}

// limited keeps what is written to it up to a bound.
type limited struct {
	bytes.Buffer
	most int
	over bool
}

func (l *limited) Write(p []byte) (int, error) {
	if l.over || l.Len()+len(p) > l.most {
		l.over = true
		return 0, errors.New("too much output")
	}
	return l.Buffer.Write(p)
}
