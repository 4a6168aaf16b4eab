package blob

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"

	"solferino/record"
)

const (
	version     = 1        // of the format of the plaintext
	frameSize   = 64 << 10 // content of all frames but the last, in bytes
	frameHead   = 4
	leastBucket = 1 << 10 // size of the smallest plaintext, in bytes
)

var (
	errFrame   = errors.New("the frames are not those of a vault")
	errPadding = errors.New("the padding is not that of a vault")
)

// bucket returns the size that a plaintext of n bytes is padded to: Padmé, which
// keeps as many leading bits of n as n's logarithm has, and rounds the rest up.
func bucket(n int64) int64 {
	if n <= leastBucket {
		return leastBucket
	}
	e := bits.Len64(uint64(n)) - 1
	rest := int64(1)<<(e-bits.Len(uint(e))) - 1
	return (n + rest) &^ rest
}

// A framer writes a plaintext: begin, frames with a head of which all but the
// last have frameSize of content, pad.
type framer struct {
	w    io.Writer
	size int64 // written so far
}

func (f *framer) write(p []byte) error {
	n, err := f.w.Write(p)
	f.size += int64(n)
	return err
}

func (f *framer) begin(salt record.Salt) error {
	return f.write(append([]byte{version}, salt[:]...))
}

// head writes the length of the content of a frame into its first bytes.
func head(frame []byte) {
	binary.BigEndian.PutUint32(frame, uint32(len(frame)-frameHead))
}

func (f *framer) pad() error {
	zeros := make([]byte, min(bucket(f.size)-f.size, frameSize))
	for end := bucket(f.size); f.size < end; {
		if err := f.write(zeros[:min(int64(len(zeros)), end-f.size)]); err != nil {
			return err
		}
	}
	return nil
}

// An unframer reads the content out of a plaintext. It gives io.EOF only when
// the plaintext is exactly as a framer writes it.
type unframer struct {
	r    io.Reader
	left int   // of the present frame
	last bool  // no frame follows
	size int64 // read so far, without padding
}

// begin reads what stands before the frames.
func (u *unframer) begin() (salt record.Salt, err error) {
	var head [1 + len(salt)]byte
	if err := u.full(head[:]); err != nil {
		return salt, err
	}
	if head[0] != version {
		return salt, fmt.Errorf("%w: %d", ErrVersion, head[0])
	}
	return record.Salt(head[1:]), nil
}

// full fills p.
func (u *unframer) full(p []byte) error {
	n, err := io.ReadFull(u.r, p)
	u.size += int64(n)
	return cutShort(err)
}

// Read implements [io.Reader].
func (u *unframer) Read(p []byte) (int, error) {
	for u.left == 0 {
		if u.last {
			return 0, u.unpad()
		}
		if err := u.next(); err != nil {
			return 0, err
		}
	}
	n, err := u.r.Read(p[:min(len(p), u.left)])
	u.left -= n
	u.size += int64(n)
	if u.left == 0 && err == io.EOF {
		err = nil // what follows the frame says io.EOF again
	}
	return n, cutShort(err)
}

// next reads the length of the next frame.
func (u *unframer) next() error {
	var head [frameHead]byte
	if err := u.full(head[:]); err != nil {
		return err
	}
	size := binary.BigEndian.Uint32(head[:])
	if size > frameSize {
		return fmt.Errorf("%w: one has %d bytes", errFrame, size)
	}
	u.left, u.last = int(size), size < frameSize
	return nil
}

// unpad reads the padding, and returns io.EOF if it is as it must be.
func (u *unframer) unpad() error {
	buf, n := make([]byte, frameSize), int64(0)
	for {
		m, err := u.r.Read(buf)
		n += int64(m)
		for _, b := range buf[:m] {
			if b != 0 {
				return errPadding
			}
		}
		if err == io.EOF && n != bucket(u.size)-u.size {
			return fmt.Errorf("%w: it has %d bytes", errPadding, n)
		}
		if err != nil {
			return err
		}
	}
}

// cutShort is err, but for an end where there must be none.
func cutShort(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
