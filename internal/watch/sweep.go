package watch

import (
	"context"
	"errors"
	"slices"
	"sync"

	"solferino/internal/tlog"
)

// askers is how many files are asked for at once.
const askers = 8

// A sweep says which entries to ask for: an entry that is sealed today may be
// published tomorrow, so those that were asked for are asked for again in turn.
type sweep struct {
	each int   // how many of the old in one round; 0 for all
	next int64 // where the next round begins
}

// pick returns the entries to ask for, ascending: all from asked up to size,
// some from before that, and no known one.
func (s *sweep) pick(asked, size int64, known func(int64) bool) []int64 {
	asked = min(asked, size)
	var out []int64
	at := s.next
	for range asked {
		if s.each > 0 && len(out) == s.each {
			break
		}
		if at >= asked {
			at = 0
		}
		if !known(at) {
			out = append(out, at)
		}
		at++
	}
	s.next = at
	for at := asked; at < size; at++ {
		if !known(at) {
			out = append(out, at)
		}
	}
	slices.Sort(out)
	return out
}

// fetchOpenings asks a source for the openings of entries, several at once, and
// gives each that is there to found, one at a time. It returns how many are
// sealed.
func fetchOpenings(ctx context.Context, source *tlog.Source, indexes []int64, found func(index int64, file []byte) error) (sealed int, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var mu sync.Mutex // owns sealed, err and the calls of found
	one := func(index int64) {
		file, failed := source.Get(ctx, openingPath(index), maxOpening)
		mu.Lock()
		defer mu.Unlock()
		switch {
		case err != nil:
			return
		case errors.Is(failed, tlog.ErrMissing):
			sealed++
			return
		case failed == nil:
			failed = found(index, file)
		}
		if failed != nil {
			err = failed
			cancel()
		}
	}
	work := make(chan int64)
	var crew sync.WaitGroup
	for range min(askers, len(indexes)) {
		crew.Go(func() {
			for index := range work {
				one(index)
			}
		})
	}
	for _, index := range indexes {
		work <- index
	}
	close(work)
	crew.Wait()
	return sealed, err
}
