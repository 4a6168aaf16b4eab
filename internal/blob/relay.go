package blob

import (
	"io"
	"slices"
	"sync"
)

const (
	diskPiece  = 1 << 20 // what the disk takes at a time: whole blocks, few calls
	smallPiece = 4 << 10 // what a small content makes do with
	queue      = 4       // pieces of one relay
)

// A relay hands on pieces of what it gets, from one writer to the next, each in
// a goroutine of its own, so that all work at the same time.
type relay struct {
	size, skip int         // bytes of a piece; of them at its beginning not written
	first      chan []byte // to the first writer
	free       chan []byte // from the last
	made       int         // pieces
	piece      []byte      // being filled by Write

	writers sync.WaitGroup
	fail    sync.Once     // owns err until broken is closed
	broken  chan struct{} // closed when err is set
	err     error
}

// behind starts a relay. Whoever has one uses either Write or take and pass, and
// calls end once.
func behind(size, skip int, writers ...io.Writer) *relay {
	r := &relay{size: size, skip: skip, free: make(chan []byte, queue), broken: make(chan struct{})}
	to := r.free
	for _, w := range slices.Backward(writers) {
		from, next := make(chan []byte, queue), to
		r.writers.Go(func() { r.hand(w, from, next) })
		to = from
	}
	r.first = to
	return r
}

// hand writes pieces and hands them on. After a failure it only hands them on.
func (r *relay) hand(w io.Writer, from <-chan []byte, to chan []byte) {
	for piece := range from {
		if r.failed() == nil {
			if _, err := w.Write(piece[r.skip:]); err != nil {
				r.fail.Do(func() { r.err = err; close(r.broken) })
			}
		}
		to <- piece
	}
	if to != r.free {
		close(to)
	}
}

func (r *relay) failed() error {
	select {
	case <-r.broken:
		return r.err
	default:
		return nil
	}
}

// take returns an empty piece to fill.
func (r *relay) take() ([]byte, error) {
	select {
	case piece := <-r.free:
		return piece[:0], r.failed()
	default:
	}
	if r.made < queue {
		r.made++
		return nil, r.failed()
	}
	return (<-r.free)[:0], r.failed()
}

// pass gives a piece, and with it what it holds, to the writers. It may still be
// read.
func (r *relay) pass(piece []byte) { r.first <- piece }

// Write implements [io.Writer]. It may report the failure of an earlier piece.
func (r *relay) Write(p []byte) (n int, err error) {
	for n < len(p) {
		if r.piece == nil {
			if r.piece, err = r.take(); err != nil {
				return n, err
			}
		}
		m := min(len(p)-n, r.size-len(r.piece))
		r.piece = append(roomy(r.piece, m, r.size), p[n:n+m]...)
		n += m
		if len(r.piece) == r.size {
			r.pass(r.piece)
			r.piece = nil
		}
	}
	return n, nil
}

// roomy returns piece with room for m bytes more, and for size if it takes more
// than a small piece.
func roomy(piece []byte, m, size int) []byte {
	need := len(piece) + m
	switch {
	case need <= cap(piece):
		return piece
	case need <= smallPiece:
		return append(make([]byte, 0, smallPiece), piece...)
	}
	return append(blocks(size)[:0], piece...)
}

// end waits until all has been written.
func (r *relay) end() error {
	if len(r.piece) > 0 {
		r.pass(r.piece)
	}
	close(r.first)
	r.writers.Wait()
	return r.err
}
