package verify

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"solferino/proof"
	"solferino/record"
)

// Extension is how names of bundles end.
const Extension = ".finding"

// A Bundle is a finding with everything that it takes to check it.
type Bundle struct {
	Checkpoint  []byte // signed note with its cosignatures
	Status      []byte // signed note: which versions stand
	Text        []byte // the finding as text
	Entries     []Entry
	Attachments []Attachment
}

// An Entry is an opening with its proof of inclusion.
type Entry struct {
	record.Opening
	Hashes [][32]byte
}

// An Attachment is content that some record of the bundle commits to.
type Attachment struct {
	Salt    record.Salt
	Content []byte
}

// Commit returns the commitment that records name the attachment by.
func (a Attachment) Commit() record.Digest { return record.Commit(a.Salt, a.Content) }

const (
	guideName      = "VERIFY.txt"
	checkpointName = "checkpoint"
	statusName     = "status"
	textName       = "finding.txt"
	entryDir       = "entries"
	attachmentDir  = "attachments"
)

// guide stands in every bundle and says how to check it without our software.
const guide = `This is a finding with everything that it takes to check it.

With Solferino, on any machine, without network:
    solferino verify FILE --institution KEY

By hand, after "tar xf FILE":
  Who said it     ssh-keygen -Y check-novalidate -n record@solferino \
                    -s entries/N/record.json.sig < entries/N/record.json
  What was logged the leaf of entry N is
                    HMAC-SHA256(key = salt, envelope | record | signature),
                    each part behind its length as 8 big-endian bytes
  That it was     entries/N/record.tlog-proof is a C2SP tlog-proof of that leaf
  Who saw the log checkpoint is a C2SP signed note with witnesses' cosignatures
  Attachments     attachments/C has HMAC-SHA256(key = C.salt, content) = C:
                    openssl dgst -sha256 -mac HMAC \
                      -macopt hexkey:$(cat attachments/C.salt) attachments/C
`

// Encode writes the one encoding of the bundle.
func (b Bundle) Encode() []byte {
	files := []file{
		{guideName, []byte(guide)},
		{checkpointName, b.Checkpoint},
		{statusName, b.Status},
		{textName, b.Text},
	}
	for _, e := range b.Entries {
		dir := entryName(e.Index)
		p := proof.Inclusion{Index: e.Index, Hashes: e.Hashes}
		files = append(files,
			file{dir + "/envelope.json", e.Envelope},
			file{dir + "/record.json", e.Record},
			file{dir + "/record.json.sig", e.Signature},
			file{dir + "/record.tlog-proof", proof.EncodeProof(p, b.Checkpoint)},
			file{dir + "/salt", []byte(e.Salt.String() + "\n")})
	}
	for _, a := range b.Attachments {
		name := attachmentDir + "/" + string(a.Commit())
		files = append(files, file{name, a.Content}, file{name + ".salt", []byte(a.Salt.String() + "\n")})
	}
	return writeTar(files)
}

func entryName(index int64) string { return fmt.Sprintf("%s/%010d", entryDir, index) }

// Decode reads a bundle and accepts only what Encode writes for the result, so
// every byte of it counts. The error wraps [ErrContainer].
func Decode(b []byte) (Bundle, error) {
	files, err := readTar(b)
	if err != nil {
		return Bundle{}, err
	}
	var out Bundle
	r := reader{files: map[string][]byte{}}
	for _, f := range files {
		r.files[f.name] = f.content
	}
	out.Checkpoint, out.Status, out.Text = r.take(checkpointName), r.take(statusName), r.take(textName)
	r.take(guideName)
	for _, f := range files {
		switch dir, base := path.Split(f.name); {
		case base == "record.json" && strings.HasPrefix(dir, entryDir+"/"):
			out.Entries = append(out.Entries, r.entry(path.Clean(dir)))
		case dir == attachmentDir+"/" && !strings.HasSuffix(base, ".salt"):
			out.Attachments = append(out.Attachments, Attachment{r.salt(f.name + ".salt"), f.content})
		}
	}
	if r.err != nil {
		return Bundle{}, r.err
	}
	if again := out.Encode(); !bytes.Equal(again, b) {
		return Bundle{}, fmt.Errorf("%w: %s", ErrContainer, r.odd(files, again))
	}
	return out, nil
}

// A reader takes files by name; the first error stays.
type reader struct {
	files map[string][]byte
	err   error
}

func (r *reader) take(name string) []byte {
	content, ok := r.files[name]
	if !ok && r.err == nil {
		r.err = fmt.Errorf("%w: %s is missing", ErrContainer, name)
	}
	return content
}

func (r *reader) salt(name string) record.Salt {
	text := strings.TrimSuffix(string(r.take(name)), "\n")
	s, err := record.ParseSalt(text)
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("%w: %s: %w", ErrContainer, name, err)
	}
	return s
}

func (r *reader) entry(dir string) Entry {
	index, err := strconv.ParseInt(path.Base(dir), 10, 63)
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("%w: %s names no index", ErrContainer, dir)
	}
	e := Entry{Opening: record.Opening{
		Index:    index,
		Envelope: r.take(dir + "/envelope.json"), Record: r.take(dir + "/record.json"),
		Signature: r.take(dir + "/record.json.sig"), Salt: r.salt(dir + "/salt"),
	}}
	text := r.take(dir + "/record.tlog-proof")
	if r.err != nil {
		return e
	}
	p, _, err := proof.DecodeProof(text)
	if err != nil {
		r.err = fmt.Errorf("%w: %s/record.tlog-proof: %w", ErrContainer, dir, err)
	}
	e.Hashes = p.Hashes
	return e
}

// odd names the first file that is not what the bundle would write.
func (r *reader) odd(files []file, again []byte) string {
	want, err := readTar(again)
	if err != nil {
		return err.Error()
	}
	for _, w := range want {
		i := slices.IndexFunc(files, func(f file) bool { return f.name == w.name })
		if i < 0 {
			return w.name + " is missing"
		}
		if !bytes.Equal(files[i].content, w.content) {
			return w.name + " is not what the other files give"
		}
	}
	for _, f := range files {
		if !slices.ContainsFunc(want, func(w file) bool { return w.name == f.name }) {
			return f.name + " does not belong here"
		}
	}
	return "the files are in another order"
}
