package store

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"solferino/record"
)

// BenchmarkAppend appends entries of 1 kB, each with the row of its case, to a
// store on disk. The yardstick, to be read beside it, is what the disk takes to
// keep as many bytes.
func BenchmarkAppend(b *testing.B) {
	for _, size := range []int{1, 64, 1024} {
		b.Run(fmt.Sprint(size), func(b *testing.B) { benchmarkAppend(b, size) })
	}
}

func BenchmarkYardstick(b *testing.B) {
	for _, size := range []int{1, 64, 1024} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			f, err := os.Create(filepath.Join(b.TempDir(), "yardstick"))
			if err != nil {
				b.Fatal(err)
			}
			defer f.Close()
			content := make([]byte, size*1000)
			for b.Loop() {
				_, err := f.Write(content)
				if err := errors.Join(err, f.Sync()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(size*b.N)/b.Elapsed().Seconds(), "entries/s")
		})
	}
}

func benchmarkAppend(b *testing.B, size int) {
	db, err := Open(b.Context(), filepath.Join(b.TempDir(), "solferino.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	content := bytes.Repeat([]byte("x"), 1000-320)
	batch, rows := make([]Entry, size), make([]Row, size)
	next := 0
	for b.Loop() {
		for i := range batch {
			batch[i] = sampleEntry(next, content)
			rows[i] = CaseRow{Case: batch[i].Subject, Opened: batch[i].At, Stage: "open", Head: batch[i].Leaf}
			next++
		}
		if err := db.Append(b.Context(), batch, rows); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(next)/b.Elapsed().Seconds(), "entries/s")
}

// sampleEntry returns entry n of a log of a thousand cases.
func sampleEntry(n int, content []byte) Entry {
	var id [16]byte
	binary.BigEndian.PutUint64(id[:], uint64(n)*0x9e3779b97f4a7c15) // spread as random ids are
	binary.BigEndian.PutUint64(id[8:], uint64(n)+1)
	return Entry{
		Opening: record.Opening{
			Index:     int64(n),
			Envelope:  []byte(`{"subject":"case/2026-001","position":0,"prev":""}`),
			Record:    content,
			Signature: bytes.Repeat([]byte("s"), 320),
			Salt:      record.Salt(record.Sum(id[:8]).Bytes()),
		},
		ID:       record.ID(hex.EncodeToString(id[:])),
		Subject:  record.Subject(fmt.Sprintf("case/2026-%04d", n%1000)),
		Position: n / 1000,
		Kind:     "evidence.received/1",
		Actor:    "person/ana",
		At:       time.Unix(1795000000+int64(n), 0).UTC(),
		Leaf:     record.Sum(id[:]),
	}
}
