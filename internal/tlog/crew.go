package tlog

import "sync"

// A crew does up to eight jobs on files at a time: the disk is quicker when it
// may sync several files together.
type crew struct {
	slots chan struct{}
	wait  sync.WaitGroup
	mu    sync.Mutex // owns err
	err   error      // of the first job that failed
}

func newCrew() *crew { return &crew{slots: make(chan struct{}, 8)} }

// do has the job done in its own goroutine, once there is a place. It does no
// more when one has failed, and returns that failure.
func (c *crew) do(job func() error) error {
	c.slots <- struct{}{}
	if err := c.failure(); err != nil {
		<-c.slots
		return err
	}
	c.wait.Go(func() {
		defer func() { <-c.slots }()
		if err := job(); err != nil {
			c.fail(err)
		}
	})
	return nil
}

// end waits for all jobs and returns the first failure.
func (c *crew) end() error {
	c.wait.Wait()
	return c.failure()
}

func (c *crew) failure() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

func (c *crew) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		c.err = err
	}
}
