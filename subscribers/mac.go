package subscribers

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"sync"
)

// macKey is a key of HMAC-SHA256. The zero macKey is the empty key, which everyone
// knows.
//
// It keeps hashes that have taken the key in already: that is most of the work for
// what we hash, some 100 octets, and a message takes three of them.
type macKey struct {
	key   []byte
	ready *sync.Pool // of *keyedHash
}

// keyedHash is an HMAC with scratch beside it, so that one costs no allocation.
type keyedHash struct {
	hash.Hash
	size [4]byte
}

func newMACKey(key []byte) macKey {
	return macKey{key, &sync.Pool{New: func() any { return &keyedHash{Hash: hmac.New(sha256.New, key)} }}}
}

// of is HMAC-SHA256 over parts, each led by its length, so that no two lists of
// parts run together to the same bytes.
func (k macKey) of(parts ...[]byte) []byte {
	if k.ready == nil {
		k = newMACKey(nil)
	}
	h := k.ready.Get().(*keyedHash)
	defer k.ready.Put(h)
	h.Reset()
	for _, p := range parts {
		binary.BigEndian.PutUint32(h.size[:], uint32(len(p)))
		h.Write(h.size[:])
		h.Write(p)
	}
	return h.Sum(nil)
}
