package verify

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A file is one member of a bundle.
type file struct {
	name    string
	content []byte
}

// block is the unit of a tar archive, in bytes.
const block = 512

// ErrContainer means that a file is not a bundle in its one encoding.
var ErrContainer = errors.New("not a bundle in its one encoding")

// header writes the one ustar header that a member of this name and size has:
// a regular file, mode 0644, owned by nobody, of time 0. The format is that of
// POSIX.1-2017, pax, "ustar Interchange Format".
func header(name string, size int) []byte {
	h := make([]byte, block)
	copy(h[0:100], name)
	copy(h[100:], "0000644\x00"+"0000000\x00"+"0000000\x00")
	copy(h[124:], fmt.Sprintf("%011o\x00", size))
	copy(h[136:], "00000000000\x00"+"        "+"0")
	copy(h[257:], "ustar\x0000")
	sum := 0
	for _, b := range h {
		sum += int(b)
	}
	copy(h[148:], fmt.Sprintf("%06o\x00 ", sum))
	return h
}

// writeTar writes the files, sorted by name, and the two blocks that end an
// archive.
func writeTar(files []file) []byte {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b file) int { return strings.Compare(a.name, b.name) })
	var out bytes.Buffer
	for _, f := range files {
		out.Write(header(f.name, len(f.content)))
		out.Write(f.content)
		out.Write(make([]byte, padding(len(f.content))))
	}
	out.Write(make([]byte, 2*block))
	return out.Bytes()
}

func padding(size int) int { return (block - size%block) % block }

// readTar reads what writeTar writes, and nothing else.
func readTar(b []byte) ([]file, error) {
	var files []file
	for at := 0; ; {
		if at+block > len(b) {
			return nil, fmt.Errorf("%w: cut off at byte %d", ErrContainer, len(b))
		}
		h := b[at : at+block]
		if bytes.Equal(h, make([]byte, block)) {
			return files, endOfTar(b, at)
		}
		f, next, err := member(b, at, h)
		if err != nil {
			return nil, err
		}
		if n := len(files); n > 0 && files[n-1].name >= f.name {
			return nil, fmt.Errorf("%w: %q is out of order or stands twice", ErrContainer, f.name)
		}
		files, at = append(files, f), next
	}
}

func endOfTar(b []byte, at int) error {
	if len(b) != at+2*block || !bytes.Equal(b[at:], make([]byte, 2*block)) {
		return fmt.Errorf("%w: bytes behind the end, at byte %d", ErrContainer, at)
	}
	return nil
}

func member(b []byte, at int, h []byte) (f file, next int, err error) {
	name, _, _ := bytes.Cut(h[:100], []byte{0})
	size, err := strconv.ParseUint(string(h[124:135]), 8, 31)
	if err != nil {
		return f, 0, fmt.Errorf("%w: size of the member at byte %d", ErrContainer, at)
	}
	f.name = string(name)
	if !bytes.Equal(h, header(f.name, int(size))) {
		return f, 0, fmt.Errorf("%w: header of %q at byte %d", ErrContainer, f.name, at)
	}
	start := at + block
	end := start + int(size)
	next = end + padding(int(size))
	if next > len(b) {
		return f, 0, fmt.Errorf("%w: %q is cut off", ErrContainer, f.name)
	}
	if !bytes.Equal(b[end:next], make([]byte, next-end)) {
		return f, 0, fmt.Errorf("%w: padding of %q at byte %d", ErrContainer, f.name, end)
	}
	f.content = b[start:end]
	return f, next, nil
}
