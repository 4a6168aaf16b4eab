package blob

import "io"

// stageSize is the most that a stage takes at a time, in bytes.
const stageSize = 64 << 10

// A stage passes on what is written to it in a goroutine of its own, so that
// the stages of a pipeline work at the same time. It holds four pieces.
type stage struct {
	full, free chan []byte
	broken     chan struct{} // closed when err is set
	done       chan struct{}
	err        error
}

// behind returns a stage that writes to w. Whoever has one calls end once.
func behind(w io.Writer) *stage {
	s := &stage{
		full:   make(chan []byte, 4),
		free:   make(chan []byte, 4),
		broken: make(chan struct{}),
		done:   make(chan struct{}),
	}
	for range cap(s.free) {
		s.free <- make([]byte, stageSize)
	}
	go s.pass(w)
	return s
}

func (s *stage) pass(w io.Writer) {
	defer close(s.done)
	for piece := range s.full {
		if s.err == nil {
			if _, s.err = w.Write(piece); s.err != nil {
				close(s.broken)
			}
		}
		s.free <- piece[:stageSize]
	}
}

// Write implements [io.Writer]. It may report the failure of an earlier piece.
func (s *stage) Write(p []byte) (n int, err error) {
	for n < len(p) {
		select {
		case <-s.broken:
			return n, s.err
		case piece := <-s.free:
			m := copy(piece, p[n:])
			s.full <- piece[:m]
			n += m
		}
	}
	return n, nil
}

// end waits until all has been passed on.
func (s *stage) end() error {
	close(s.full)
	<-s.done
	return s.err
}
