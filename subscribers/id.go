package subscribers

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
)

// ID is a subscriber's random name: 128 bits that say nothing about the reader,
// the order of sign-ups or the size of the list.
type ID [16]byte

// NewID draws an ID from crypto/rand, which does not fail: again, one time in four, where
// a token of it might look like a Bitcoin address.
func NewID() ID {
	for {
		var id ID
		rand.Read(id[:])
		if !likeBitcoin(id) {
			return id
		}
	}
}

// likeBitcoin tells whether the tokens of an ID may hold 30 characters in a row of those
// that Bitcoin addresses are written in: SpamAssassin (__BITCOIN_ID, PDS_BTC_ID) gives a
// point for that, and as a mark of blackmail more. One other among these characters, which
// are the ID's alone, leaves 28 on either side at most.
func likeBitcoin(id ID) bool {
	var text [22]byte
	tokenText.Encode(text[:], id[:])
	return !bytes.ContainsAny(text[6:21], "0OIl-_")
}

// String is the ID as 32 lower-case hexadecimal digits.
func (id ID) String() string { return hex.EncodeToString(id[:]) }
