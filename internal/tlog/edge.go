package tlog

import (
	"encoding/binary"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"solferino/proof"
)

// An edge is the right side of a tree: what has to be known to append to it.
// The zero edge is that of the empty tree.
type edge struct {
	size   int64
	bundle []byte   // entries of the last bundle, while it is partial
	levels [][]byte // for each level, the hashes of its last tile, while it is partial
}

// A sink takes one finished file. It may keep the data.
type sink func(name string, data []byte) error

// add appends one leaf, and gives each file that becomes full to the sink.
func (e *edge) add(leaf [hashSize]byte, to sink) error {
	if e.bundle == nil {
		e.bundle = make([]byte, 0, tileWidth*(2+hashSize))
	}
	e.bundle = binary.BigEndian.AppendUint16(e.bundle, hashSize)
	e.bundle = append(e.bundle, leaf[:]...)
	e.size++
	if e.size%tileWidth == 0 {
		if err := to(bundlePath(e.size/tileWidth-1, tileWidth), e.bundle); err != nil {
			return err
		}
		e.bundle = nil
	}
	return e.addHash(tlog.RecordHash(leaf[:]), to)
}

func (e *edge) addHash(h tlog.Hash, to sink) error {
	for level := 0; ; level++ {
		if level == len(e.levels) {
			e.levels = append(e.levels, nil)
		}
		e.levels[level] = append(e.levels[level], h[:]...)
		full := e.levels[level]
		if len(full) < tileWidth*hashSize {
			return nil
		}
		if err := to(tilePath(level, e.count(level+1)-1, tileWidth), full); err != nil {
			return err
		}
		h, e.levels[level] = rootOfTile(full), nil
	}
}

// count returns how many hashes the tree has at a level of tiles.
func (e *edge) count(level int) int64 { return e.size >> (tileHeight * level) }

// flush gives the partial files to the sink that a tree of size since did not
// have.
func (e *edge) flush(since int64, to sink) error {
	if w := int(e.size % tileWidth); w > 0 && e.size > since {
		if err := to(bundlePath(e.size/tileWidth, w), e.bundle); err != nil {
			return err
		}
	}
	for level, data := range e.levels {
		if len(data) == 0 || since>>(tileHeight*level) == e.count(level) {
			continue
		}
		if err := to(tilePath(level, e.count(level+1), len(data)/hashSize), data); err != nil {
			return err
		}
	}
	return nil
}

// root returns the root of the tree. See RFC 6962, section 2.1: the partial
// tiles hold its complete subtrees, the largest on the left and high up.
func (e *edge) root() [hashSize]byte {
	var right *tlog.Hash
	for _, data := range e.levels {
		for len(data) > 0 {
			n := len(data) / hashSize
			cut := len(data) - (n&-n)*hashSize // the smallest power of two in n
			h := rootOfTile(data[cut:])
			if right != nil {
				h = tlog.NodeHash(h, *right)
			}
			right, data = &h, data[:cut]
		}
	}
	if right == nil {
		return proof.Empty("").Root
	}
	return *right
}

// rootOfTile returns the root above 2^n hashes.
func rootOfTile(data []byte) tlog.Hash {
	if len(data) == hashSize {
		return tlog.Hash(data)
	}
	half := len(data) / 2
	return tlog.NodeHash(rootOfTile(data[:half]), rootOfTile(data[half:]))
}

// checkBundle reports whether the entries of a bundle hash to the tile above.
func checkBundle(bundle, tile []byte) error {
	const entry = 2 + hashSize
	if len(bundle)/entry != len(tile)/hashSize || len(bundle)%entry != 0 {
		return fmt.Errorf("%w: %d bytes below a tile of %d hashes", ErrDamaged, len(bundle), len(tile)/hashSize)
	}
	for i := 0; i*entry < len(bundle); i++ {
		e := bundle[i*entry : (i+1)*entry]
		if binary.BigEndian.Uint16(e) != hashSize || tlog.RecordHash(e[2:]) != tlog.Hash(tile[i*hashSize:(i+1)*hashSize]) {
			return fmt.Errorf("%w: entry %d of it does not hash to the tile above", ErrDamaged, i)
		}
	}
	return nil
}
