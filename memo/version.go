package memo

import (
	"context"
	"fmt"
	"os/exec"
	"time"

	"github.com/zeebo/blake3"

	"github.com/seed-f39940ff/memo/fingerprint"
)

// versionTimeout is how long a version command may take.
const versionTimeout = 10 * time.Second

// versionMax bounds the output of a version command.
const versionMax = 1 << 20

// askVersion runs a version command in a directory and returns a digest of
// what it prints.
func (c *call) askVersion(script, dir string) (digest fingerprint.Digest, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), versionTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", script)
	cmd.Dir, cmd.Env = dir, c.environ()
	cmd.WaitDelay = stayGrace
	out := limited{most: versionMax}
	cmd.Stdout = &out
	err = cmd.Run()
	switch {
	case ctx.Err() != nil:
		return digest, fmt.Errorf("version command %q took over %v", script, versionTimeout)
	case out.over:
		return digest, fmt.Errorf("version command %q printed over %d bytes", script, versionMax)
	case err != nil:
		return digest, fmt.Errorf("version command %q: %w", script, err)
	}
	return fingerprint.Digest(blake3.Sum256(out.Bytes())), nil
}
