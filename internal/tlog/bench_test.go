package tlog

import (
	"context"
	"testing"
)

// A million entries: a proof is to take at most one millisecond.
func BenchmarkInclusion(b *testing.B) {
	const size = 1_000_000
	h := alone(b)
	tree := h.open(b)
	c := h.publish(b, tree, size)
	for i := 0; b.Loop(); i++ {
		index := int64(i) * 7919 % size
		p, err := tree.Inclusion(context.Background(), index, size)
		if err == nil && i%100 == 0 {
			err = p.Verify(leafOf(index, 0), c)
		}
		check(b, err)
	}
}

func BenchmarkConsistency(b *testing.B) {
	const size = 1_000_000
	h := alone(b)
	tree := h.open(b)
	h.publish(b, tree, size)
	for i := 0; b.Loop(); i++ {
		_, err := tree.Consistency(context.Background(), 1+int64(i)*7919%size, size)
		check(b, err)
	}
}

// One new entry on a log of a million, with two witnesses.
func BenchmarkPublishOne(b *testing.B) {
	h := newHouse(b, "group g all v w\nquorum g\n", "v", "w")
	tree := h.open(b)
	size := int64(1_000_000)
	h.publish(b, tree, size)
	for b.Loop() {
		size++
		h.publish(b, tree, size)
	}
}

// All files of a new log, as after a move.
func BenchmarkPublishMillion(b *testing.B) {
	const size = 1_000_000
	for b.Loop() {
		b.StopTimer()
		h := alone(b)
		h.grow(size, 0)
		tree := h.open(b)
		b.StartTimer()
		h.publish(b, tree, size)
	}
	b.ReportMetric(float64(b.N)*size/b.Elapsed().Seconds(), "entries/s")
}

func BenchmarkOpen(b *testing.B) {
	h := alone(b)
	h.publish(b, h.open(b), 1_000_000)
	for b.Loop() {
		h.open(b)
	}
}
