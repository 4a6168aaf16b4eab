package watch

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"solferino/internal/tlog"
)

// byName says who showed something, in few words.
func byName(p Peer) string {
	if p.Witness {
		return "witness " + p.Source.URL()
	}
	return "mirror " + p.Source.URL()
}

// watchPeers asks witnesses and mirrors what they have seen, and compares it
// with what the log shows, with what was seen before, and among them.
func (r *round) watchPeers(ctx context.Context) error {
	var all []sight
	add := func(seen sight) {
		if !slices.ContainsFunc(all, func(s sight) bool { return s.Checkpoint == seen.Checkpoint }) {
			all = append(all, seen)
		}
	}
	for _, p := range r.c.Peers {
		seen, err := r.ask(ctx, p)
		if errors.Is(err, tlog.ErrMissing) {
			continue // it has seen nothing of this log
		}
		if err != nil {
			r.trouble(fmt.Errorf("%s: %w", byName(p), err))
			continue
		}
		r.Peers = append(r.Peers, Seen{p.Source.URL(), seen.Size})
		add(seen)
	}
	earlier, err := r.ahead()
	if err != nil {
		return err
	}
	for _, seen := range earlier {
		add(seen)
	}
	if err := r.among(all); err != nil {
		return err
	}
	for _, seen := range all {
		if err := r.against(ctx, seen); err != nil {
			return err
		}
	}
	return nil
}

func (r *round) ask(ctx context.Context, p Peer) (sight, error) {
	name := "checkpoint"
	if p.Witness {
		name = tlog.OriginHash(r.Origin) + "/checkpoint"
	}
	note, err := p.Source.Get(ctx, name, maxNote)
	if err != nil {
		return sight{}, err
	}
	return r.sight(byName(p), note)
}

// among compares sights of one size, where the log does not give the answer.
func (r *round) among(all []sight) error {
	if r.view == nil && r.last.note != nil {
		all = append([]sight{r.last}, all...)
	}
	all = slices.DeleteFunc(slices.Clone(all), func(s sight) bool { return r.view != nil && s.Size <= r.now.Size })
	slices.SortStableFunc(all, func(a, b sight) int { return int(min(max(a.Size-b.Size, -1), 1)) })
	for i := 1; i < len(all); i++ {
		if err := r.sameSize(all[i-1], all[i]); err != nil {
			return err
		}
	}
	return nil
}

// against compares what somebody has seen with what the log shows.
func (r *round) against(ctx context.Context, seen sight) error {
	if r.view == nil {
		return r.wait(seen) // the log is out of reach, or proves nothing
	}
	if seen.Size > r.now.Size {
		return r.leads(ctx, seen)
	}
	doubt, err := r.compare(r.view, seen, r.now)
	if err != nil || doubt {
		return errors.Join(err, r.wait(seen))
	}
	return r.forget(seen)
}

// leads compares a sight of more than the log shows. The log may be about to
// show it, and may hold files that prove it already.
func (r *round) leads(ctx context.Context, seen sight) error {
	if err := r.wait(seen); err != nil {
		return err
	}
	late := r.c.MaxLag > 0 && (seen.at.IsZero() || r.c.Now().Sub(seen.at) > r.c.MaxLag)
	view, err := r.c.Log.View(ctx, seen.Checkpoint)
	if err == nil {
		if doubt, err := r.compare(view, r.now, seen); err != nil || doubt {
			return err
		}
	}
	if !late {
		return nil
	}
	return r.alarm("stale", fmt.Sprintf("the log shows size %d, and %s has seen size %d", r.now.Size, seen.by, seen.Size), evidenceOf(r.now, seen))
}
