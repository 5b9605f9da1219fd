package process

import "os"

// Start starts the program at path with the words of a command; files are its
// standard streams.
func Start(path string, words, environ []string, files []*os.File) (*Child, error) {
	p, err := os.StartProcess(path, words, &os.ProcAttr{Env: environ, Files: files})
	if err != nil {
		return nil, err
	}
	return &Child{p.Pid, p}, nil
}

// A Child is a command that was started.
type Child struct {
	pid     int
	process *os.Process
}

// wait waits for the command to exit.
func (c *Child) wait(*Signals) Ending {
	state, err := c.process.Wait()
	if err != nil {
		return Ending{Code: exitUnknown, Unknown: err}
	}
	return Ending{Code: state.ExitCode()}
}
