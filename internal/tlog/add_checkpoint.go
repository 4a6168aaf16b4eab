package tlog

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"

	"solferino/proof"
)

// maxQuestion bounds the body of a question to a witness, in bytes, and its
// answer: a checkpoint with the signatures of some fifteen witnesses.
const maxQuestion = 64 << 10

// maxHashes is the number of hashes in a proof about any tree whose size fits
// an int64.
const maxHashes = 63

// encodeQuestion writes the body of add-checkpoint: the witness is asked to go
// from size old to the signed checkpoint.
// See https://c2sp.org/tlog-witness#add-checkpoint.
func encodeQuestion(old int64, p proof.Consistency, signed []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "old %d\n", old)
	for _, h := range p.Hashes {
		b.WriteString(base64.StdEncoding.EncodeToString(h[:]) + "\n")
	}
	b.WriteString("\n")
	b.Write(signed)
	return b.Bytes()
}

// decodeQuestion reads exactly what [encodeQuestion] writes. The note is not
// read yet. The error wraps [proof.ErrMalformed].
func decodeQuestion(body []byte) (old int64, p proof.Consistency, signed []byte, err error) {
	fail := func(what string, args ...any) (int64, proof.Consistency, []byte, error) {
		return 0, proof.Consistency{}, nil, fmt.Errorf("%w: %s", proof.ErrMalformed, fmt.Sprintf(what, args...))
	}
	head, signed, ok := bytes.Cut(body, []byte("\n\n"))
	line := strings.Split(string(head), "\n")
	size, isOld := strings.CutPrefix(line[0], "old ")
	if !ok || !isOld || len(signed) == 0 {
		return fail("want \"old\" and a size, hashes, an empty line and a checkpoint")
	}
	if old, ok = parseSize(size); !ok {
		return fail("old size %.30q", size)
	}
	if len(line)-1 > maxHashes {
		return fail("%d hashes, at most %d", len(line)-1, maxHashes)
	}
	for i, text := range line[1:] {
		h, err := base64.StdEncoding.Strict().DecodeString(text)
		if err != nil || len(h) != hashSize || strings.Contains(text, "\r") {
			return fail("hash %d is %.60q", i, text)
		}
		p.Hashes = append(p.Hashes, [hashSize]byte(h))
	}
	return old, p, signed, nil
}
