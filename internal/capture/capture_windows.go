package capture

import (
	"os"
	"sync"
	"time"

	"github.com/seed-f39940ff/memo/internal/process"
)

// Run starts the command and captures its output until it has exited and both
// pipes have ended. The error says why the command could not be started.
func (c *Capture) Run(stdin *os.File) (Captured, error) {
	var got Captured
	var read, write [2]*os.File
	for i := range read {
		var err error
		if read[i], write[i], err = os.Pipe(); err != nil {
			return got, err
		}
		defer read[i].Close()
	}
	got.Started = c.Now()
	begun := time.Now()
	command, err := c.Terms.Launch(func() (*process.Child, error) {
		return c.Start([]*os.File{stdin, write[0], write[1]})
	})
	write[0].Close()
	write[1].Close()
	if err != nil {
		return got, err
	}
	ended := c.readBoth(read)
	got.Ending = command.Wait()
	got.Stayed = !process.Within(StayGrace, ended)
	got.TimedOut = command.Stop()
	got.Ended = got.Started.Add(time.Since(begun))
	return got, nil
}

// readBoth reads both pipes to their ends and then closes the channel.
func (c *Capture) readBoth(pipes [2]*os.File) <-chan struct{} {
	var mu sync.Mutex
	var both sync.WaitGroup
	for i, p := range pipes {
		both.Add(1)
		go func() {
			defer both.Done()
			buf := make([]byte, ReadSize)
			for {
				n, err := p.Read(buf)
				mu.Lock()
				c.emit(i, buf[:n])
				mu.Unlock()
				if err != nil {
					return
				}
			}
		}()
	}
	ended := make(chan struct{})
	go func() {
		both.Wait()
		close(ended)
	}()
	return ended
}
