package record

import (
	"encoding/binary"
	"slices"

	"golang.org/x/crypto/ssh"
)

// Of a key revocation list of OpenSSH, the parts that are written here.
// See https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.krl.
const (
	krlMagic       = 0x5353484b524c0a00
	krlFormat      = 1
	krlExplicitKey = 2
)

// RevocationList writes the keys as a key revocation list, which stock
// `ssh-keygen -Q -f LIST KEY` and `ssh-keygen -Y verify -r LIST` read. Version
// grows with every list; unixTime is when it was made, in seconds since 1970.
func RevocationList(keys []ssh.PublicKey, version, unixTime uint64, comment string) []byte {
	blobs := make([][]byte, len(keys))
	for i, k := range keys {
		blobs[i] = k.Marshal()
	}
	slices.SortFunc(blobs, slices.Compare)
	var section []byte
	for _, b := range blobs {
		section = sshString(section, b)
	}
	out := binary.BigEndian.AppendUint64(nil, krlMagic)
	out = binary.BigEndian.AppendUint32(out, krlFormat)
	out = binary.BigEndian.AppendUint64(out, version)
	out = binary.BigEndian.AppendUint64(out, unixTime)
	out = binary.BigEndian.AppendUint64(out, 0) // flags
	out = sshString(out, nil)                   // reserved
	out = sshString(out, []byte(comment))
	if len(blobs) > 0 {
		out = sshString(append(out, krlExplicitKey), section)
	}
	return out
}

// sshString appends s behind its length, RFC 4251 section 5.
func sshString(out, s []byte) []byte {
	return append(binary.BigEndian.AppendUint32(out, uint32(len(s))), s...)
}
