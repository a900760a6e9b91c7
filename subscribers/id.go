package subscribers

import (
	"crypto/rand"
	"encoding/hex"
)

// ID is a subscriber's random name: 128 bits that say nothing about the reader,
// the order of sign-ups or the size of the list.
type ID [16]byte

// NewID draws an ID from crypto/rand, which does not fail.
func NewID() ID {
	var id ID
	rand.Read(id[:])
	return id
}

// String is the ID as 32 lower-case hexadecimal digits.
func (id ID) String() string { return hex.EncodeToString(id[:]) }
